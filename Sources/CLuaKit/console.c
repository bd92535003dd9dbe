/* What the console has beyond rules: metatables by private copies, coroutines without close, load of
   texts, raw access. */
#include <string.h>

#include "internal.h"

/* ---- Metatables ------------------------------------------------------------------------------ */

/* Not here: __gc runs with hooks off, weak metatables are freed under an allocation failure, and
   __concat reads freed memory (Lua 5.4.4 as Debian 12 ships it). */
static const char *const events[] = {
    "__index", "__newindex", "__call", "__tostring", "__len",  "__eq",  "__lt",  "__le",
    "__add",   "__sub",      "__mul",  "__div",      "__mod",  "__pow", "__unm", "__idiv",
    "__band",  "__bor",      "__bxor", "__shl",      "__shr",  "__bnot", "__close", "__name",
    "__pairs", NULL};
static const char *const refused[] = {"__gc", "__mode", "__concat", NULL};

/* … → … copy: the private copy of the metatable at index 2, brought up to date. A script that adds to
   its metatable later reaches what it set with the next setmetatable only. */
static void shadow_L(lua_State *L) {
  for (const char *const *name = refused; *name; name++) {
    lua_pushstring(L, *name);
    if (lua_rawget(L, 2) != LUA_TNIL) luaL_error(L, "setmetatable: '%s' is not available", *name);
    lua_pop(L, 1);
  }
  /* A table that calls itself makes Lua's stack grow by one and move as a whole, again and again. */
  lua_pushliteral(L, "__call");
  int call = lua_rawget(L, 2);
  if (call != LUA_TNIL && call != LUA_TFUNCTION)
    luaL_error(L, "setmetatable: '__call' must be a function, got a %s", luaL_typename(L, -1));
  lua_pop(L, 1);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &lk_key_shadows); /* … shadows */
  lua_pushvalue(L, 2);
  if (lua_rawget(L, -2) != LUA_TTABLE) {
    lua_pop(L, 1);
    lua_createtable(L, 0, 8);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, -2);
    lua_rawset(L, -4); /* … shadows copy */
  }
  lua_replace(L, -2); /* … copy */
  for (const char *const *name = events; *name; name++) {
    lua_pushstring(L, *name);
    lua_pushvalue(L, -1);
    lua_rawget(L, 2);
    lua_rawset(L, -3);
  }
  lua_pushliteral(L, "__metatable");
  lua_pushvalue(L, -1);
  if (lua_rawget(L, 2) == LUA_TNIL) {
    lua_pop(L, 1);
    lua_pushvalue(L, 2);
  }
  lua_rawset(L, -3);
}

static int base_setmetatable(lua_State *L) {
  int type = lua_type(L, 2);
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
  if (lua_getmetatable(L, 1)) { /* one that is not a private copy is the host's */
    lua_rawgetp(L, LUA_REGISTRYINDEX, &lk_key_shadows);
    lua_pushliteral(L, "__metatable");
    lua_rawget(L, -3);
    int own = 0;
    if (lua_type(L, -1) == LUA_TTABLE) {
      lua_rawget(L, -2);
      own = lua_rawequal(L, -1, -3);
    }
    if (!own) return luaL_error(L, "setmetatable: cannot change a protected metatable");
  }
  lua_settop(L, 2);
  if (type == LUA_TTABLE) shadow_L(L);
  lua_setmetatable(L, 1);
  lua_settop(L, 1);
  return 1;
}

static int base_getmetatable(lua_State *L) {
  luaL_checkany(L, 1);
  if (!lua_getmetatable(L, 1)) lua_pushnil(L);
  else luaL_getmetafield(L, 1, "__metatable");
  return 1;
}

#define LOADED_LIMIT (1 << 20)

/* ---- load, collectgarbage -------------------------------------------------------------------- */

/* Upvalue: the environment that `load` was found in. The mode is always "t". */
static int base_load(lua_State *L) {
  size_t length;
  if (lua_type(L, 1) != LUA_TSTRING)
    return luaL_error(L, "load: expected a text, got a %s", luaL_typename(L, 1));
  const char *source = lua_tolstring(L, 1, &length);
  const char *name = luaL_optstring(L, 2, "=load");
  size_t most = lk_of(L)->limits.source;
  if (most == 0 || most > LOADED_LIMIT) most = LOADED_LIMIT;
  if (length > most)
    return luaL_error(
        L, "load: expected at most %d bytes, got %I", (int)most, (LUAI_UACINT)length);
  lk_charge_L(L, 100);
  int code = lk_load_L(L, NULL, source, length, name);
  if (code == LUA_ERRMEM) return lk_kill_L(L, LK_MEMORY);
  if (code != LUA_OK) {
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
  }
  lua_pushvalue(L, lua_isnone(L, 4) ? lua_upvalueindex(1) : 4);
  if (lua_setupvalue(L, -2, 1) == NULL) lua_pop(L, 1);
  return 1;
}

static int base_collectgarbage(lua_State *L) {
  const char *what = luaL_optstring(L, 1, "collect");
  if (strcmp(what, "count") != 0)
    return luaL_error(L, "collectgarbage: expected \"count\", got \"%s\"", what);
  lua_pushnumber(L, (lua_Number)lk_of(L)->used / 1024);
  return 1;
}

/* ---- Coroutines ------------------------------------------------------------------------------ */

static lua_State *thread_L(lua_State *L) {
  lua_State *thread = lua_tothread(L, 1);
  luaL_argexpected(L, thread, 1, "coroutine");
  return thread;
}

/* Each new thread begins its count anew: an interval is charged, or many short ones were free. */
static int co_create(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lk_charge_L(L, LK_HOOK_INTERVAL);
  lua_State *thread = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, thread, 1);
  return 1;
}

/* The number of results on L's stack, or -1 with the error there. */
static int resume_L(lua_State *L, lua_State *thread, int count) {
  lk_vm *vm = lk_of(L);
  int results;
  if (!lua_checkstack(thread, count)) {
    lua_pushliteral(L, "too many arguments to resume");
    return -1;
  }
  lk_check_stack_L(L);
  lua_xmove(L, thread, count);
  lk_charge_L(L, 20);
  vm->current = thread;
  int status = lua_resume(thread, L, count, &results);
  vm->current = L;
  if (status == LUA_ERRMEM && vm->killed == LK_NONE) vm->killed = LK_MEMORY;
  lk_check_L(L);
  if (status != LUA_OK && status != LUA_YIELD) {
    lua_xmove(thread, L, 1);
    return -1;
  }
  if (!lua_checkstack(L, results + 1)) {
    lua_pop(thread, results);
    lua_pushliteral(L, "too many results to resume");
    return -1;
  }
  lua_xmove(thread, L, results);
  return results;
}

static int co_resume(lua_State *L) {
  lua_State *thread = thread_L(L);
  int results = resume_L(L, thread, lua_gettop(L) - 1);
  lua_pushboolean(L, results >= 0);
  lua_insert(L, results >= 0 ? -(results + 1) : -2);
  return results >= 0 ? results + 1 : 2;
}

static int wrapped(lua_State *L) {
  int results = resume_L(L, lua_tothread(L, lua_upvalueindex(1)), lua_gettop(L));
  if (results >= 0) return results;
  if (lua_type(L, -1) == LUA_TSTRING) {
    luaL_where(L, 1);
    lua_insert(L, -2);
    lua_concat(L, 2);
  }
  return lua_error(L);
}

static int co_wrap(lua_State *L) {
  co_create(L);
  lua_pushcclosure(L, wrapped, 1);
  return 1;
}

static int co_yield(lua_State *L) { return lua_yield(L, lua_gettop(L)); }

static int co_status(lua_State *L) {
  lua_State *thread = thread_L(L);
  lua_Debug record;
  const char *status = "dead";
  if (thread == L) status = "running";
  else if (lua_status(thread) == LUA_YIELD) status = "suspended";
  else if (lua_status(thread) == LUA_OK) {
    if (lua_getstack(thread, 0, &record)) status = "normal";
    else if (lua_gettop(thread) > 0) status = "suspended";
  }
  lua_pushstring(L, status);
  return 1;
}

static int co_isyieldable(lua_State *L) {
  lua_State *thread = lua_isnone(L, 1) ? L : thread_L(L);
  lua_pushboolean(L, lua_isyieldable(thread));
  return 1;
}

static int co_running(lua_State *L) {
  lua_pushboolean(L, lua_pushthread(L));
  return 2;
}

/* ---- string.pack ----------------------------------------------------------------------------- */

#define FORMAT_LIMIT (1 << 16)

/* Upvalue: a function of Lua's that goes through its format once. */
static int with_short_format(lua_State *L) {
  size_t length;
  luaL_checklstring(L, 1, &length);
  luaL_argcheck(L, length <= FORMAT_LIMIT, 1, "format too long");
  lk_charge_L(L, length);
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* ---- Opening --------------------------------------------------------------------------------- */

/* library → library */
void lk_open_console_L(lua_State *L) {
  static const luaL_Reg own[] = {
      {"setmetatable", base_setmetatable},
      {"getmetatable", base_getmetatable},
      {"collectgarbage", base_collectgarbage},
      {NULL, NULL}};
  static const luaL_Reg coroutines[] = {
      {"create", co_create}, {"isyieldable", co_isyieldable}, {"resume", co_resume},
      {"running", co_running}, {"status", co_status},         {"wrap", co_wrap},
      {"yield", co_yield},     {NULL, NULL}};
  static const char *const raw[] = {"next", "rawequal", "rawget", "rawlen", "rawset", NULL};
  static const char *const packing[] = {"pack", "packsize", "unpack", NULL};
  luaL_setfuncs(L, own, 0);
  luaL_newlib(L, coroutines);
  lua_setfield(L, -2, "coroutine");
  lk_take_L(L, luaopen_base, raw);
  lua_newtable(L); /* luaopen_base filled the registry's globals */
  lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
  lua_getfield(L, -1, "string");
  lk_take_L(L, luaopen_string, packing);
  for (const char *const *pack = packing; *pack; pack++) {
    lua_getfield(L, -1, *pack);
    lua_pushcclosure(L, with_short_format, 1);
    lua_setfield(L, -2, *pack);
  }
  lua_pop(L, 1);
  /* Metatable of a script → its private copy, as long as something has it. With weak keys alone one step
     of the collector is quadratic in a chain of metatables. */
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "kv");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &lk_key_shadows);
}

/* env own → env own: what needs to know its environment. */
void lk_console_environment_L(lua_State *L) {
  lua_pushvalue(L, -2);
  lua_pushcclosure(L, base_load, 1);
  lua_setfield(L, -2, "load");
}
