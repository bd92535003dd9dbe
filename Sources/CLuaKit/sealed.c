/* Tables of the host's whose keys are known, and those that a script reads and cannot change: what a field
   of an object gave.

   Reading a key that a record has not asks the host, which answers or raises. A record of a script's own is
   a plain table with a metatable for its name. A sealed table is an empty one over the real table, which stands in it under a key that no script can
   name. Its metatable is the host's: reading, `#`, pairs, ipairs, concat and unpack see the real one. */
#include "internal.h"

const char lk_key_sealed, lk_key_sealed_name, lk_key_sealed_meta, lk_key_sealed_record_meta,
    lk_key_records;

/* The real table on the stack, and 1; nothing, and 0, where the value at `index` is not sealed. */
int lk_sealed_L(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TTABLE) return 0;
  if (lua_rawgetp(L, index, &lk_key_sealed) == LUA_TTABLE) return 1;
  lua_pop(L, 1);
  return 0;
}

/* Puts the real table in the place of a sealed one, for a function that only reads. */
void lk_unseal_L(lua_State *L, int index) {
  index = lua_absindex(L, index);
  if (lk_sealed_L(L, index)) lua_replace(L, index);
}

/* Raises where a function is about to change a sealed table. */
void lk_check_unsealed_L(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TTABLE) return;
  index = lua_absindex(L, index);
  if (lua_rawgetp(L, index, &lk_key_sealed_name) == LUA_TSTRING)
    luaL_error(
        L, "%s is read-only; copy its elements into a table of your own", lua_tostring(L, -1));
  lua_pop(L, 1);
}

static int sealed_index(lua_State *L) {
  if (!lk_sealed_L(L, 1)) return 0;
  lua_pushvalue(L, 2);
  lua_rawget(L, -2);
  return 1;
}

/* name key record */
static int ask_for_member(lua_State *L) {
  uint32_t operation = lk_of(L)->missing_member;
  if (operation != LK_NO_OPERATION) return lk_host_L(L, operation, 1);
  if (lua_type(L, 2) != LUA_TSTRING) return 0;
  return luaL_error(L, "%s.%s: no such field", lua_tostring(L, 1), lua_tostring(L, 2));
}

static int sealed_record_index(lua_State *L) {
  if (!lk_sealed_L(L, 1)) return 0;
  lua_pushvalue(L, 2);
  if (lua_rawget(L, -2) != LUA_TNIL) return 1;
  lua_pop(L, 1); /* self key real */
  lua_rawgetp(L, 1, &lk_key_sealed_name);
  lua_replace(L, 1); /* name key real */
  return ask_for_member(L);
}

/* Upvalue: the record's name. */
static int record_index(lua_State *L) {
  lua_settop(L, 2);
  lua_insert(L, 1); /* key self */
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1); /* name key self */
  return ask_for_member(L);
}

/* name table → record; its metatable is made once for each name */
void lk_record_L(lua_State *L) {
  luaL_checkstack(L, 5, "table: nested too deeply");
  lua_insert(L, -2); /* table name */
  lua_rawgetp(L, LUA_REGISTRYINDEX, &lk_key_records);
  lua_pushvalue(L, -2);
  if (lua_rawget(L, -2) != LUA_TTABLE) { /* table name metatables nil */
    lua_pop(L, 1);
    lua_createtable(L, 0, 3);
    lua_pushvalue(L, -3);
    lua_pushcclosure(L, record_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pushboolean(L, 1);
    lua_rawsetp(L, -2, &lk_key_records);
    lua_pushvalue(L, -3);
    lua_pushvalue(L, -2);
    lua_rawset(L, -4);
  } /* table name metatables metatable */
  lua_setmetatable(L, -4);
  lua_pop(L, 2);
}

int lk_is_record_L(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TTABLE || !lua_getmetatable(L, index)) return 0;
  int is_record = lua_rawgetp(L, -1, &lk_key_records) == LUA_TBOOLEAN;
  lua_pop(L, 2);
  return is_record;
}

int lk_refuse_write_L(lua_State *L) {
  uint32_t operation = lk_of(L)->written_member;
  lua_settop(L, 2);
  if (operation != LK_NO_OPERATION) return lk_host_L(L, operation, 1);
  if (lua_type(L, 2) == LUA_TSTRING)
    return luaL_error(L, "%s.%s is read-only", lua_tostring(L, 1), lua_tostring(L, 2));
  return luaL_error(L, "%s is read-only", lua_tostring(L, 1));
}

static int sealed_newindex(lua_State *L) {
  lua_rawgetp(L, 1, &lk_key_sealed_name);
  lua_replace(L, 1);
  return lk_refuse_write_L(L);
}

static int sealed_len(lua_State *L) {
  lua_pushinteger(L, lk_sealed_L(L, 1) ? (lua_Integer)lua_rawlen(L, -1) : 0);
  return 1;
}

/* name table → sealed */
void lk_seal_L(lua_State *L, int is_record) {
  lua_createtable(L, 0, 2);
  lua_insert(L, -3); /* sealed name table */
  lua_rawsetp(L, -3, &lk_key_sealed);
  lua_rawsetp(L, -2, &lk_key_sealed_name);
  lua_rawgetp(L, LUA_REGISTRYINDEX, is_record ? &lk_key_sealed_record_meta : &lk_key_sealed_meta);
  lua_setmetatable(L, -2);
}

static void make_metatable_L(lua_State *L, lua_CFunction index, const char *key) {
  lua_createtable(L, 0, 4);
  lua_pushcfunction(L, index);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, sealed_newindex);
  lua_setfield(L, -2, "__newindex");
  lua_pushcfunction(L, sealed_len);
  lua_setfield(L, -2, "__len");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

/* Upvalue: a raw function of Lua's, which then sees the real table. */
static int reading_raw(lua_State *L) {
  lk_unseal_L(L, 1);
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static int writing_raw(lua_State *L) {
  lk_check_unsealed_L(L, 1);
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static void wrap_L(lua_State *L, const char *name, lua_CFunction with) {
  lua_getfield(L, -1, name);
  lua_pushcclosure(L, with, 1);
  lua_setfield(L, -2, name);
}

/* library → library */
void lk_open_sealed_L(lua_State *L) {
  make_metatable_L(L, sealed_index, &lk_key_sealed_meta);
  make_metatable_L(L, sealed_record_index, &lk_key_sealed_record_meta);
  lua_newtable(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &lk_key_records);
  if (!lk_of(L)->console) return;
  wrap_L(L, "next", reading_raw);
  wrap_L(L, "rawget", reading_raw);
  wrap_L(L, "rawlen", reading_raw);
  wrap_L(L, "rawset", writing_raw);
}
