/* The base library of scripts: Lua's own where that is safe, ours where it is not. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* pcall and xpcall never swallow a kill, and running out of memory is one. */
static int finish_call(lua_State *L, int code, lua_KContext context) {
  lk_vm *vm = lk_of(L);
  if (code == LUA_ERRMEM && vm->killed == LK_NONE) vm->killed = LK_MEMORY;
  lk_check_L(L);
  int failed = code != LUA_OK && code != LUA_YIELD;
  if (failed) {
    lua_pushboolean(L, 0);
    lua_pushvalue(L, -2);
    return 2;
  }
  return lua_gettop(L) - (int)context;
}

static int base_pcall(lua_State *L) {
  luaL_checkany(L, 1);
  lk_check_stack_L(L);
  lua_pushboolean(L, 1);
  lua_insert(L, 1); /* true function arguments… */
  int code = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish_call);
  return finish_call(L, code, 0);
}

/* An error raised by a hook runs the message handler with hooks off: it must not run after a kill. */
static int guarded_handler(lua_State *L) {
  if (lk_of(L)->killed != LK_NONE) return 1;
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, 1);
  return 1;
}

static int base_xpcall(lua_State *L) {
  int count = lua_gettop(L);
  luaL_checktype(L, 2, LUA_TFUNCTION); /* function handler arguments… */
  lk_check_stack_L(L);
  lua_pushvalue(L, 2);
  lua_pushcclosure(L, guarded_handler, 1);
  lua_replace(L, 2);
  lua_pushboolean(L, 1);
  lua_pushvalue(L, 1);
  lua_rotate(L, 3, 2); /* function handler true function arguments… */
  int code = lua_pcallk(L, count - 2, LUA_MULTRET, 2, 2, finish_call);
  return finish_call(L, code, 2);
}

static int base_tostring(lua_State *L) {
  luaL_checkany(L, 1);
  lk_push_text_L(L, 1);
  return 1;
}

static int base_print(lua_State *L) {
  lk_vm *vm = lk_of(L);
  int count = lua_gettop(L);
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  for (int index = 1; index <= count; index++) {
    if (index > 1) luaL_addchar(&buffer, '\t');
    lk_push_text_L(L, index);
    luaL_addvalue(&buffer);
  }
  luaL_addchar(&buffer, '\n');
  luaL_pushresult(&buffer);
  if (!lk_spend_output(vm, lua_rawlen(L, -1))) return lk_kill_L(L, LK_OUTPUT);
  lua_insert(L, 1);
  lua_settop(L, 1);
  return lk_host_L(L, vm->print, 1);
}

/* ---- math.random ----------------------------------------------------------------------------- */

/* xorshift128+ (Vigna 2014), seeded by the host. */
static uint64_t next_random(lk_vm *vm) {
  uint64_t x = vm->random[0], y = vm->random[1];
  vm->random[0] = y;
  x ^= x << 23;
  vm->random[1] = x ^ y ^ (x >> 17) ^ (y >> 26);
  return vm->random[1] + y;
}

static int math_random(lua_State *L) {
  lk_vm *vm = lk_of(L);
  lua_Integer low = 1, high;
  switch (lua_gettop(L)) {
    case 0: lua_pushnumber(L, (lua_Number)(next_random(vm) >> 11) * 0x1.0p-53); return 1;
    case 1: high = luaL_checkinteger(L, 1); break;
    case 2:
      low = luaL_checkinteger(L, 1);
      high = luaL_checkinteger(L, 2);
      break;
    default: return luaL_error(L, "wrong number of arguments");
  }
  luaL_argcheck(L, low <= high, lua_gettop(L), "interval is empty");
  uint64_t span = (uint64_t)high - (uint64_t)low;
  uint64_t value = next_random(vm);
  if (span != UINT64_MAX) {
    uint64_t limit = UINT64_MAX - (UINT64_MAX % (span + 1) + 1) % (span + 1);
    while (value > limit) value = next_random(vm);
    value %= span + 1;
  }
  lua_pushinteger(L, (lua_Integer)((uint64_t)low + value));
  return 1;
}

/* ---- Environments ---------------------------------------------------------------------------- */

static int missing_global(lua_State *L) {
  /* environment name */
  return lk_host_L(L, lk_of(L)->missing_global, 2);
}

static int sealed_global(lua_State *L) {
  if (lua_type(L, 2) != LUA_TSTRING)
    return luaL_error(L, "globals cannot be set here; use a local");
  return luaL_error(
      L, "global '%s' cannot be set here; use 'local %s'", lua_tostring(L, 2),
      lua_tostring(L, 2));
}

/* A fresh environment: an empty table over copies of the library's tables, so that what one script
   does to them reaches no other. */
void lk_environment_L(lua_State *L, int sealed) {
  lua_newtable(L);                                    /* env */
  lua_newtable(L);                                    /* env own */
  lua_rawgetp(L, LUA_REGISTRYINDEX, &lk_key_library); /* env own library */
  lua_pushnil(L);
  while (lua_next(L, -2)) { /* env own library name value */
    if (lua_type(L, -1) == LUA_TTABLE) {
      lua_newtable(L); /* … name table copy */
      lua_pushnil(L);
      while (lua_next(L, -3)) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -4);
      }
      lua_replace(L, -2);
    }
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, -5);
  }
  lua_pop(L, 1); /* env own */
  lua_pushvalue(L, -2);
  lua_setfield(L, -2, "_G");
  if (lk_of(L)->console) lk_console_environment_L(L);
  lua_createtable(L, 0, 2); /* env own meta: a name that neither has */
  lua_pushcfunction(L, missing_global);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
  lua_createtable(L, 0, 3); /* env own meta */
  lua_insert(L, -2);
  lua_setfield(L, -2, "__index"); /* env meta */
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  if (sealed) {
    lua_pushcfunction(L, sealed_global);
    lua_setfield(L, -2, "__newindex");
  }
  lua_setmetatable(L, -2);
}

/* Copies the named functions from the table on the top to a new one, which replaces it. */
static void prune_L(lua_State *L, const char *const *names) {
  lua_newtable(L);
  for (; *names; names++) {
    lua_getfield(L, -2, *names);
    lua_setfield(L, -2, *names);
  }
  lua_replace(L, -2);
}

static const char *const base_names[] = {
    "assert", "error", "rawequal", "select", "tonumber", "type", NULL};
static const char *const string_names[] = {
    "byte", "char", "len", "lower", "reverse", "sub", "upper", NULL};
static const char *const math_names[] = {
    "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge", "log",
    "max", "maxinteger", "min", "mininteger", "modf", "pi", "rad", "sin", "sqrt", "tan",
    "tointeger", "type", "ult", NULL};
static const char *const utf8_names[] = {
    "char", "charpattern", "codepoint", "codes", "len", "offset", NULL};

/* Copies the named functions of one of Lua's libraries into the table on the top. */
void lk_take_L(lua_State *L, lua_CFunction opener, const char *const *names) {
  lua_pushcfunction(L, opener);
  lua_pushliteral(L, "_G");
  lua_call(L, 1, 1); /* table library */
  for (; *names; names++) {
    lua_getfield(L, -1, *names);
    lua_setfield(L, -3, *names);
  }
  lua_pop(L, 1);
}

static void open_L(lua_State *L, lua_CFunction opener, const char *name, const char *const *names) {
  lua_pushcfunction(L, opener);
  lua_pushstring(L, name);
  lua_call(L, 1, 1);
  prune_L(L, names);
}

void lk_open_base_L(lua_State *L) {
  /* library */
  static const luaL_Reg own[] = {
      {"pcall", base_pcall}, {"xpcall", base_xpcall}, {"tostring", base_tostring},
      {"print", base_print}, {"pairs", lk_pairs_L},   {"ipairs", lk_ipairs_L},
      {NULL, NULL}};
  open_L(L, luaopen_base, "_G", base_names);
  for (const char *const *name = base_names; *name; name++) {
    if (strcmp(*name, "rawequal") == 0) continue;
    lua_getfield(L, -1, *name);
    lua_setfield(L, -3, *name);
  }
  lua_pop(L, 1);
  luaL_setfuncs(L, own, 0);
  /* luaopen_base filled the registry's globals table, which no script sees; empty it all the same. */
  lua_newtable(L);
  lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
  open_L(L, luaopen_string, "string", string_names);
  lk_open_pattern_L(L);
  lua_setfield(L, -2, "string");
  open_L(L, luaopen_math, "math", math_names);
  lua_pushcfunction(L, math_random);
  lua_setfield(L, -2, "random");
  lua_setfield(L, -2, "math");
  open_L(L, luaopen_utf8, "utf8", utf8_names);
  lua_setfield(L, -2, "utf8");
}
