/* A pass of rules over all open carts as a plain C program would do it: each cart a Lua table with its
   lines, each rule's function called with it, each hit written as an event with its reason apart, a
   link of the hash chain, and the table of decisions. No limits, no shadow, no second look.

     cartio-anchor rules DATABASE FILE.lua LISTS */
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <string.h>

#include "anchor.h"

#define MOST_RULES 64

typedef struct rule {
  char name[64], reason[128];
  int function, parameters, hits;
} rule;

static rule rules[MOST_RULES];
static int rule_count;
static const char *lists;
/* ---- What a file of rules says ---------------------------------------------------------------- */

static int define(lua_State *L) {
  rule *own = &rules[rule_count++];
  snprintf(own->name, sizeof own->name, "%s", lua_tostring(L, lua_upvalueindex(1)));
  lua_getfield(L, 1, "reason");
  snprintf(own->reason, sizeof own->reason, "%s", luaL_optstring(L, -1, ""));
  lua_getfield(L, 1, "when");
  own->function = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_getfield(L, 1, "params");
  if (lua_isnil(L, -1)) lua_newtable(L);
  own->parameters = luaL_ref(L, LUA_REGISTRYINDEX);
  return 0;
}

static int begin_rule(lua_State *L) {
  lua_settop(L, 1);
  lua_pushcclosure(L, define, 1);
  return 1;
}

static int list_has(lua_State *L) {
  lua_getfield(L, 1, "keys");
  lua_pushvalue(L, 2);
  lua_rawget(L, -2);
  lua_pushboolean(L, !lua_isnil(L, -1));
  return 1;
}

static int read_list(lua_State *L) {
  char path[500], line[300];
  snprintf(path, sizeof path, "%s/%s", lists, luaL_checkstring(L, 1));
  FILE *file = fopen(path, "r");
  if (file == NULL) return luaL_error(L, "no list %s", path);
  lua_newtable(L);
  lua_newtable(L);
  while (fgets(line, sizeof line, file)) {
    line[strcspn(line, "\r\n")] = 0;
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, line);
  }
  fclose(file);
  lua_setfield(L, -2, "keys");
  lua_pushcfunction(L, list_has);
  lua_setfield(L, -2, "has");
  return 1;
}

/* ---- Hits ------------------------------------------------------------------------------------- */

static sqlite3_stmt *decision;
static int64_t written;

static void write_hit(
    const rule *own, int64_t cart, const char *name, const char *reason, int64_t now) {
  char data[400];
  int size = snprintf(data, sizeof data - 16, "%s %s 1 1 ", name, own->name);
  write_fact(reason, strlen(reason), (unsigned char *)data + size);
  write_event(0, 0, 0, 9, 30, now, data, (size_t)size + 16);
  sqlite3_bind_text(decision, 1, own->name, -1, SQLITE_STATIC);
  sqlite3_bind_int64(decision, 2, cart);
  sqlite3_bind_int64(decision, 3, now);
  step(decision);
  written++;
}

int run_rules(const char *path, const char *file, const char *folder) {
  lists = folder;
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  lua_register(L, "rule", begin_rule);
  lua_register(L, "list", read_list);
  if (luaL_dofile(L, file) != LUA_OK) {
    fprintf(stderr, "anchor: %s\n", lua_tostring(L, -1));
    return 1;
  }
  open_database(path);
  open_log();
  int64_t now = clock_now();
  decision = prepare("INSERT OR REPLACE INTO decision VALUES(?, ?, 1, 1, 1, ?)");
  char sql[300];
  snprintf(sql, sizeof sql, "%s WHERE state = 0 AND touched > ?", cart_columns);
  sqlite3_stmt *rows = prepare(sql);
  sqlite3_bind_int64(rows, 1, now - 30LL * 86400000);
  run("BEGIN IMMEDIATE");
  int64_t carts = 0;
  while (sqlite3_step(rows) == SQLITE_ROW) {
    carts++;
    push_cart(L, rows, now);
    for (int index = 0; index < rule_count; index++) {
      rule *own = &rules[index];
      lua_rawgeti(L, LUA_REGISTRYINDEX, own->function);
      lua_pushvalue(L, -2);
      lua_rawgeti(L, LUA_REGISTRYINDEX, own->parameters);
      if (lua_pcall(L, 2, 1, 0) != LUA_OK) {
        fprintf(stderr, "anchor: %s\n", lua_tostring(L, -1));
        return 1;
      }
      if (lua_toboolean(L, -1)) {
        own->hits++;
        const char *reason = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : own->reason;
        write_hit(
            own, sqlite3_column_int64(rows, 0), (const char *)sqlite3_column_text(rows, 1), reason,
            now);
      }
      lua_pop(L, 1);
    }
    lua_pop(L, 1);
  }
  commit_log(now);
  sqlite3_finalize(rows);
  printf("%lld carts, %lld hits\n", (long long)carts, (long long)written);
  for (int index = 0; index < rule_count; index++)
    printf("%s %d\n", rules[index].name, rules[index].hits);
  lua_close(L);
  return 0;
}
