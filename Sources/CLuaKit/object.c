/* Host objects: full userdata of plain data, with their class's metatable. */
#include <string.h>

#include "internal.h"

/* The payload begins with this mark, so that no other userdata is taken for an object. */
typedef struct payload {
  const void *mark;
  lk_object object;
} payload;

static const char mark;

lk_object *lk_object_at(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA || lua_rawlen(L, index) != sizeof(payload)) return NULL;
  payload *block = lua_touserdata(L, index);
  return block->mark == &mark ? &block->object : NULL;
}

void lk_push_object_L(lua_State *L, lk_object value) {
  payload *block = lua_newuserdatauv(L, sizeof *block, 0);
  block->mark = &mark;
  block->object = value;
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
    case LUA_TUSERDATA:
      index = lua_absindex(L, index);
      if (luaL_getmetafield(L, index, "__tostring") != LUA_TNIL) {
        lua_pushvalue(L, index);
        lua_call(L, 1, 1);
        if (lua_type(L, -1) == LUA_TSTRING) return;
        lua_pop(L, 1);
      }
      if (luaL_getmetafield(L, index, "__name") == LUA_TSTRING) return;
      lua_pushliteral(L, "object");
      return;
    default: lua_pushstring(L, luaL_typename(L, index));
  }
}
