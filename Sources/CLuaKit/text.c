/* string.rep and string.format with their traps shut, and the metatable of texts. */
#include <string.h>

#include "internal.h"

static int string_rep(lua_State *L) {
  size_t length, separator_length;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_Integer count = luaL_checkinteger(L, 2);
  const char *separator = luaL_optlstring(L, 3, "", &separator_length);
  if (count <= 0 || length + separator_length == 0) {
    lua_pushliteral(L, "");
    return 1;
  }
  lk_vm *vm = lk_of(L);
  size_t most = vm->limits.block ? vm->limits.block : (size_t)1 << 30;
  if ((lua_Unsigned)count > most / (length + separator_length))
    return luaL_error(L, "resulting string too large");
  size_t total = (size_t)count * length + (size_t)(count - 1) * separator_length;
  lk_charge_L(L, total / 64);
  luaL_Buffer buffer;
  char *out = luaL_buffinitsize(L, &buffer, total);
  while (count-- > 0) {
    memcpy(out, text, length);
    out += length;
    if (count > 0 && separator_length) {
      memcpy(out, separator, separator_length);
      out += separator_length;
    }
  }
  luaL_pushresultsize(&buffer, total);
  return 1;
}

/* Upvalue: a function of Lua's that goes through its text once. */
static int charged(lua_State *L) {
  if (lua_type(L, 1) == LUA_TSTRING) lk_charge_L(L, lua_rawlen(L, 1) / 64);
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* Upvalue: Lua's own format. An object stands for its text; %p would show an address. */
static int string_format(lua_State *L) {
  size_t length;
  const char *format = luaL_checklstring(L, 1, &length), *end = format + length;
  /* A NUL may stand in a format, and what follows it counts. */
  for (const char *mark = format; (mark = memchr(mark, '%', (size_t)(end - mark))) != NULL;) {
    mark++;
    while (mark < end && *mark && strchr("-+ #0123456789.", *mark)) mark++;
    if (mark < end && *mark == 'p') return luaL_error(L, "format: '%%p' is not available");
    if (mark < end) mark++;
  }
  int count = lua_gettop(L);
  for (int index = 2; index <= count; index++) {
    int type = lua_type(L, index);
    if (type == LUA_TUSERDATA || type == LUA_TTABLE || type == LUA_TFUNCTION) {
      lk_push_text_L(L, index);
      lua_replace(L, index);
    }
  }
  /* In this very frame, so that its errors name the function. */
  int results = lua_tocfunction(L, lua_upvalueindex(1))(L);
  lk_charge_L(L, lua_rawlen(L, -1) / 64);
  return results;
}

/* A decimal in a text: what Lua makes of it is a float. */
static int is_decimal(lua_State *L, int index) {
  size_t length;
  if (lua_type(L, index) != LUA_TSTRING) return 0;
  const char *text = lua_tolstring(L, index, &length);
  return memchr(text, '.', length) != NULL && lua_isnumber(L, index);
}

static int is_text_number(lua_State *L, int index) {
  return lua_type(L, index) == LUA_TSTRING && lua_isnumber(L, index);
}

static int is_float(lua_State *L, int index) {
  return lua_type(L, index) == LUA_TNUMBER && !lua_isinteger(L, index);
}

/* Upvalues: Lua's own metamethod of texts, and the sign. A price is a text so that nothing is lost of it:
   arithmetic would make it a float without a word. */
static int text_arithmetic(lua_State *L) {
  for (int index = 1; index <= 2; index++) {
    if (is_decimal(L, index) || (is_text_number(L, index) && is_float(L, 3 - index)))
      return luaL_error(
          L,
          "'%s' on the text \"%s\" makes a float, which is not exact; use money(text), with "
          ":percent(n) or :ratio(n, d), a line's unit_price, or tonumber(text)",
          lua_tostring(L, lua_upvalueindex(2)), lua_tostring(L, index));
  }
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* meta → meta */
static void guard_arithmetic_L(lua_State *L) {
  static const char *const signs[][2] = {{"__add", "+"}, {"__sub", "-"}, {"__mul", "*"},
                                         {"__div", "/"}, {"__mod", "%"}, {"__pow", "^"},
                                         {"__idiv", "//"}};
  for (size_t index = 0; index < sizeof signs / sizeof *signs; index++) {
    if (lua_getfield(L, -1, signs[index][0]) != LUA_TFUNCTION) {
      lua_pop(L, 1);
      continue;
    }
    lua_pushstring(L, signs[index][1]);
    lua_pushcclosure(L, text_arithmetic, 2);
    lua_setfield(L, -2, signs[index][0]);
  }
}

/* library table: charges the named functions of a table by their text. */
static void charge_L(lua_State *L, const char *const *names) {
  for (; *names; names++) {
    lua_getfield(L, -1, *names);
    lua_pushcclosure(L, charged, 1);
    lua_setfield(L, -2, *names);
  }
}

void lk_open_text_L(lua_State *L) {
  /* library; Lua's format must be fetched before the string table was pruned */
  lua_pushcfunction(L, luaopen_string);
  lua_call(L, 0, 1);                 /* library full */
  lua_getfield(L, -2, "string");     /* library full pruned */
  lua_getfield(L, -2, "format");
  lua_pushcclosure(L, string_format, 1);
  lua_setfield(L, -2, "format");
  lua_pushcfunction(L, string_rep);
  lua_setfield(L, -2, "rep");
  static const char *const whole[] = {"lower", "reverse", "upper", NULL};
  static const char *const walking[] = {"codepoint", "len", "offset", NULL};
  charge_L(L, whole);
  lua_getfield(L, -3, "utf8");
  charge_L(L, walking);
  lua_pop(L, 1);
  /* ("x"):rep goes through the metatable: it gets a copy of the pruned table, never shown. */
  lua_pushliteral(L, "");
  if (!lua_getmetatable(L, -1)) return; /* library full pruned "" meta */
  guard_arithmetic_L(L);
  lua_newtable(L);
  lua_pushnil(L);
  while (lua_next(L, -5)) { /* … meta copy name function */
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, -4);
  }
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 4);
}
