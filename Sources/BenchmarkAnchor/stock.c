/* Stock Lua with one class of userdata, its fields and methods in C: cartio-anchor lua FILE runs each
   chunk of the file, which a line of dashes ends, and prints how many nanoseconds it took. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "anchor.h"

typedef struct thing {
  lua_Integer size;
} thing;

static int thing_index(lua_State *L) {
  thing *self = luaL_checkudata(L, 1, "thing");
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNUMBER) {
    switch (lua_tointeger(L, -1)) {
      case 1: lua_pushinteger(L, self->size); return 1;
      default: return luaL_error(L, "no such field");
    }
  }
  lua_settop(L, 2);
  lua_rawget(L, lua_upvalueindex(2));
  return 1;
}

static int thing_grow(lua_State *L) {
  thing *self = luaL_checkudata(L, 1, "thing");
  lua_pushinteger(L, self->size + luaL_checkinteger(L, 2));
  return 1;
}

static int make_thing(lua_State *L) {
  thing *self = lua_newuserdatauv(L, sizeof *self, 0);
  self->size = 42;
  luaL_setmetatable(L, "thing");
  return 1;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

int run_lua(const char *path) {
  FILE *file = fopen(path, "r");
  static char text[1 << 16];
  if (!file) return 1;
  text[fread(text, 1, sizeof text - 1, file)] = 0;
  fclose(file);
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  luaL_newmetatable(L, "thing");
  lua_newtable(L);
  lua_pushinteger(L, 1);
  lua_setfield(L, -2, "size");
  lua_newtable(L);
  lua_pushcfunction(L, thing_grow);
  lua_setfield(L, -2, "grow");
  lua_pushcclosure(L, thing_index, 2);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  lua_register(L, "thing", make_thing);
  for (char *chunk = text, *end; (end = strstr(chunk, "\n----\n")); chunk = end + 6) {
    *end = 0;
    double best = 0;
    for (int round = 0; round < 5; round++) {
      if (luaL_loadstring(L, chunk)) return 1;
      double start = now();
      if (lua_pcall(L, 0, 0, 0)) {
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
        return 1;
      }
      double took = now() - start;
      if (round == 0 || took < best) best = took;
    }
    printf("%.0f\n", best);
  }
  lua_close(L);
  return 0;
}
