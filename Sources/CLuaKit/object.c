/* Host objects: full userdata of plain data, with their class's metatable. */
#include <string.h>

#include "internal.h"

const char lk_object_mark;

lk_object *lk_usable_object_L(lua_State *L, int index) {
  lk_payload *block = lk_payload_at(L, index);
  if (block == NULL) return NULL;
  if (block->pass && block->pass != lk_of(L)->pass) {
    const char *name = luaL_getmetafield(L, index, "__name") ? lua_tostring(L, -1) : "object";
    luaL_error(L, "%s: is no longer available; the pass that it belongs to has ended", name);
  }
  return &block->object;
}

/* The user value is a table of what the fields gave, valid while the stamp is the VM's. */
int lk_cached_L(lua_State *L) {
  lk_payload *block = lua_touserdata(L, 1);
  const lk_vm *vm = lk_of(L);
  if (block->stamp != vm->stamp || (block->pass && block->pass != vm->pass)) return 0;
  if (lua_getiuservalue(L, 1, 1) != LUA_TTABLE) {
    lua_pop(L, 1);
    return 0;
  }
  lua_pushvalue(L, 2);
  if (lua_rawget(L, -2) != LUA_TNIL) return 1;
  lua_pop(L, 2);
  return 0;
}

void lk_remember_L(lua_State *L, int key) {
  int type = lua_type(L, -1);
  if (type == LUA_TNIL || type == LUA_TTABLE) return; /* a table could be changed by the script */
  lk_payload *block = lua_touserdata(L, 1);
  const lk_vm *vm = lk_of(L);
  if (lua_getiuservalue(L, 1, 1) != LUA_TTABLE || block->stamp != vm->stamp) {
    lua_newtable(L);
    lua_replace(L, -2);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, 1, 1);
    block->stamp = vm->stamp;
  }
  lua_pushvalue(L, key);
  lua_pushvalue(L, -3);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

void lk_push_object_L(lua_State *L, lk_object value) {
  lk_payload *block = lua_newuserdatauv(L, sizeof *block, 1);
  block->mark = &lk_object_mark;
  block->object = value;
  block->pass = lk_of(L)->pass;
  block->stamp = lk_of(L)->stamp - 1;
  if (value.class_id < LK_CLASSES && lk_of(L)->metatables[value.class_id] != 0) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, lk_of(L)->metatables[value.class_id]);
    lua_setmetatable(L, -2);
  }
}

void lk_push_text_L(lua_State *L, int index) {
  switch (lua_type(L, index)) {
    case LUA_TSTRING: lua_pushvalue(L, index); return;
    case LUA_TNUMBER:
      lua_pushvalue(L, index);
      lua_tolstring(L, -1, NULL);
      return;
    case LUA_TBOOLEAN: lua_pushstring(L, lua_toboolean(L, index) ? "true" : "false"); return;
    case LUA_TTABLE:
    case LUA_TUSERDATA:
      index = lua_absindex(L, index);
      if (luaL_getmetafield(L, index, "__tostring") != LUA_TNIL) {
        lk_check_stack_L(L);
        lua_pushvalue(L, index);
        lua_call(L, 1, 1);
        if (lua_type(L, -1) == LUA_TSTRING) return;
        luaL_error(L, "'__tostring' must return a string");
      }
      switch (luaL_getmetafield(L, index, "__name")) {
        case LUA_TSTRING: return;
        case LUA_TNIL: break; /* nothing was pushed */
        default: lua_pop(L, 1);
      }
      lua_pushstring(L, lua_type(L, index) == LUA_TTABLE ? "table" : "object");
      return;
    default: lua_pushstring(L, luaL_typename(L, index));
  }
}
