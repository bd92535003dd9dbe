/* Host objects: full userdata of plain data, with their class's metatable. */
#include <string.h>

#include "internal.h"

/* The payload begins with this mark, so that no other userdata is taken for an object. */
typedef struct payload {
  const void *mark;
  lk_object object;
  uint32_t pass;  /* that it belongs to, or 0 */
  uint32_t stamp; /* of what is remembered */
} payload;

static const char mark;

lk_object *lk_object_at(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA || lua_rawlen(L, index) != sizeof(payload)) return NULL;
  payload *block = lua_touserdata(L, index);
  return block->mark == &mark ? &block->object : NULL;
}

lk_object *lk_usable_object_L(lua_State *L, int index) {
  lk_object *object = lk_object_at(L, index);
  if (object == NULL) return NULL;
  const payload *block = lua_touserdata(L, index);
  if (block->pass && block->pass != lk_of(L)->pass) {
    const char *name = luaL_getmetafield(L, index, "__name") ? lua_tostring(L, -1) : "object";
    luaL_error(L, "%s: is no longer available; the pass that it belongs to has ended", name);
  }
  return object;
}

/* The user value is a table of what the fields gave, valid while the stamp is the VM's. */
int lk_cached_L(lua_State *L) {
  payload *block = lua_touserdata(L, 1);
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
  payload *block = lua_touserdata(L, 1);
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
  payload *block = lua_newuserdatauv(L, sizeof *block, 1);
  block->mark = &mark;
  block->object = value;
  block->pass = lk_of(L)->pass;
  block->stamp = lk_of(L)->stamp - 1;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &lk_key_classes); /* object classes */
  if (lua_rawgeti(L, -1, value.class_id) == LUA_TTABLE) {
    lua_rawgeti(L, -1, 4);
    lua_setmetatable(L, -4);
  }
  lua_pop(L, 2);
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
