/* Lua as its makers ship it, to compare ours with. */
#include <lauxlib.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

#include "testing.h"

struct ct_lua {
  lua_State *state;
};

ct_lua *ct_lua_open(void) {
  lua_State *L = luaL_newstate();
  if (L == NULL) return NULL;
  luaL_openlibs(L);
  ct_lua *lua = malloc(sizeof *lua);
  if (lua) lua->state = L;
  else lua_close(L);
  return lua;
}

const char *ct_lua_run(ct_lua *lua, const char *source, long long argument, size_t *length) {
  lua_State *L = lua->state;
  lua_settop(L, 0);
  if (luaL_loadstring(L, source) == LUA_OK) {
    lua_pushinteger(L, argument);
    lua_pcall(L, 1, 1, 0);
  }
  const char *text = lua_tolstring(L, -1, length);
  if (text == NULL) *length = 0;
  return text ? text : "";
}

void ct_lua_close(ct_lua *lua) {
  lua_close(lua->state);
  free(lua);
}
