/* Any text as a chunk, in both profiles: from the bytes themselves, or from tokens that they choose. */
#include "fuzz.h"

static const char *const tokens[] = {
    "local ", "a", "b", "c", "x", " = ", "== ", "~= ", "< ", "<= ", "+ ", "- ", "* ", "/ ", "// ",
    "% ", "^ ", ".. ", "# ", "not ", "and ", "or ", "& ", "| ", "~ ", "<< ", ">> ", "( ", ") ",
    "{ ", "} ", "[ ", "] ", "; ", ", ", ": ", ". ", "... ", "function(...) ", "function(a, b) ",
    "function(a) ", "end ", "if ", "then ", "else ", "elseif ", "while ", "do ", "repeat ",
    "until ", "for i = 1, 3 do ", "for i = 1, 1e9 do ", "for k, v in pairs(", "for _, v in ipairs(",
    ") do ", "in ", "break ", "goto l ", "::l:: ", "return ", "nil ", "true ", "false ", "0 ",
    "1 ", "-1 ", "2 ", "0.5 ", "1e308 ", "1 << 62 ", "math.maxinteger ", "math.mininteger ",
    "'' ", "'a' ", "'%' ", "'(a*)b' ", "'%b()' ", "'\\0' ", "'abcabc' ", "[[x]] ", "\n",
    "print(", "pcall(", "xpcall(", "error(", "assert(", "select(", "tostring(", "tonumber(",
    "type(", "pairs(", "ipairs(", "echo(", "call(", "host.fail(", "string.rep(", "string.find(",
    "string.gsub(", "string.gmatch(", "string.format(", "('x'):rep(", "table.sort(",
    "table.concat(", "table.insert(", "table.remove(", "table.move(", "table.unpack(",
    "table.pack(", "utf8.char(", "utf8.codes(", "math.random(", "string.byte(", "string.char(",
    "setmetatable(", "getmetatable(", "{__index = function(t, k) return k end} ",
    "{__index = a} ", "{__close = function() end} ", "{__lt = function() return true end} ",
    "{__tostring = function() return 'a' end} ", "{__call = function() end} ", "rawset(", "rawget(",
    "next(", "load(", "coroutine.create(", "coroutine.wrap(", "coroutine.resume(",
    "coroutine.yield(", "coroutine.status(", "collectgarbage('count') ", "string.pack(",
    "string.unpack(", "<close> ", "<const> ", "_ENV ", "_G ", "call() ", "call().size ",
    "call():grow(", "call()[1] ", "#call() ", "a.b ", "a[b] ", "a() ", "b() ", "c() ", ") ", ") ",
    "end ", "end ", "end) ", "%d %s %q ", "'%5.2f' ", "'%s' ", "'<i4' ", "'z' "};

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
  static char text[1 << 16];
  size_t length = 0;
  if (size < 2) return 0;
  lk_vm *vm = fuzz_open(data[0] & 1 ? LK_CONSOLE : LK_RULE);
  int environment;
  REQUIRE(lk_environment(vm, data[0] & 2 ? 1 : 0, &environment) == LK_OK, "an environment");
  if (data[0] & 4) {
    for (size_t index = 1; index < size; index++) {
      const char *token = tokens[data[index] % (sizeof tokens / sizeof *tokens)];
      size_t more = strlen(token);
      if (length + more >= sizeof text) break;
      memcpy(text + length, token, more);
      length += more;
    }
  } else {
    length = size - 1 < sizeof text ? size - 1 : sizeof text;
    memcpy(text, data + 1, length);
  }
  if (data[0] & 8) lk_fail_allocation(vm, data[0] >> 4);
  fuzz_run(vm, text, length, environment);
  lk_fail_allocation(vm, -1);
  REQUIRE(lk_instructions(vm) < 400000, "the budget holds");
  fuzz_close(vm);
  return 0;
}
