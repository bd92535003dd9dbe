/* The matcher beside Lua's own: the same results, the same errors. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "fuzz.h"

static const char chunk[] =
    "local data = ...\n"
    "local kind, a, b = data:byte(1, 3)\n"
    "local p = data:sub(4, 3 + a % 20)\n"
    "local s = data:sub(4 + a % 20, 3 + a % 20 + b % 24)\n"
    "local r = data:sub(4 + a % 20 + b % 24)\n"
    "local function show(ok, ...)\n"
    "  local t = {tostring(ok)}\n"
    "  for i = 1, select('#', ...) do\n"
    "    local v = select(i, ...)\n"
    "    t[#t + 1] = type(v) == 'string' and ('%q'):format(v) or tostring(v)\n"
    "  end\n"
    "  return table.concat(t, ' ')\n"
    "end\n"
    "if kind % 5 == 0 then return show(pcall(string.find, s, p, kind % 7 - 3)) end\n"
    "if kind % 5 == 1 then return show(pcall(string.match, s, p)) end\n"
    "if kind % 5 == 2 then return show(pcall(string.gsub, s, p, r, kind % 3 == 0 and 2 or nil)) end\n"
    "if kind % 5 == 3 then return show(pcall(string.gsub, s, p, function(x) return x end)) end\n"
    "return (show(pcall(function()\n"
    "  local t = {}\n"
    "  for x, y in s:gmatch(p) do t[#t + 1] = tostring(x) .. tostring(y) end\n"
    "  return table.concat(t, ';')\n"
    "end)):gsub('fuzz\"?%]?:%d+: ', ''))\n";

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
  static lua_State *stock;
  static lk_vm *vm;
  static int ours;
  if (!stock) {
    stock = luaL_newstate();
    luaL_openlibs(stock);
    REQUIRE(luaL_loadbuffer(stock, chunk, sizeof chunk - 1, "=fuzz") == LUA_OK, "the chunk");
    vm = fuzz_open(LK_RULE);
    int environment;
    lk_environment(vm, 0, &environment);
    REQUIRE(lk_compile(vm, chunk, sizeof chunk - 1, "=fuzz", environment, &ours) == LK_OK, "ours");
  }
  if (size < 4 || size > 100) return 0;
  lk_value argument = {
      .kind = LK_STRING, .as.string = {.bytes = (const char *)data, .length = size}};
  lk_arm(vm, (lk_budget){.output = 4096});
  REQUIRE(lk_call(vm, ours, &argument, 1, LK_COPY) == LK_OK, "ours runs");
  uint32_t count;
  const lk_value *result = lk_results(vm, &count);
  lua_settop(stock, 1);
  lua_pushvalue(stock, 1);
  lua_pushlstring(stock, (const char *)data, size);
  REQUIRE(lua_pcall(stock, 1, 1, 0) == LUA_OK, "Lua's runs");
  size_t length;
  const char *text = lua_tolstring(stock, -1, &length);
  if (count != 1 || result->as.string.length != length ||
      memcmp(result->as.string.bytes, text, length) != 0)
    fprintf(
        stderr, "ours:  %.*s\nLua's: %.*s\n", (int)result->as.string.length,
        result->as.string.bytes, (int)length, text);
  REQUIRE(
      count == 1 && result->as.string.length == length &&
          memcmp(result->as.string.bytes, text, length) == 0,
      "the matchers agree");
  return 0;
}
