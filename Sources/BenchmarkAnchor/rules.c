/* A pass of rules over all open carts as a plain C program would do it: each cart a Lua table with its
   lines, each rule's function called with it, each hit written as an event with its reason apart, a
   link of the hash chain, and the table of decisions. No limits, no shadow, no second look.

     cartio-anchor rules DATABASE FILE.lua LISTS */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <sha2.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stock.h"

#define MOST_RULES 64

typedef struct rule {
  char name[64], reason[128];
  int function, parameters, hits;
} rule;

static rule rules[MOST_RULES];
static int rule_count;
static const char *lists;
static sqlite3 *db;

static void check(int code) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
  fprintf(stderr, "anchor: %s\n", sqlite3_errmsg(db));
  exit(1);
}

static sqlite3_stmt *prepare(const char *sql) {
  sqlite3_stmt *statement;
  check(sqlite3_prepare_v2(db, sql, -1, &statement, NULL));
  return statement;
}

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

/* ---- Carts ------------------------------------------------------------------------------------ */

static uint64_t number(const unsigned char **at) {
  uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    unsigned char byte = *(*at)++;
    value |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}

static int64_t signed_number(uint64_t value) { return (int64_t)(value >> 1) ^ -(int64_t)(value & 1); }

static void set_text(lua_State *L, const char *name, const unsigned char *bytes, size_t length) {
  lua_pushlstring(L, (const char *)bytes, length);
  lua_setfield(L, -2, name);
}

static void set_number(lua_State *L, const char *name, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

/* Pushes a line's table. */
static void push_line(lua_State *L, const unsigned char *at, const unsigned char *end) {
  int64_t quantity = 0, price = 0;
  const unsigned char *sku = at;
  size_t sku_length = 0;
  int has_id = 0;
  lua_createtable(L, 0, 8);
  while (at < end) {
    unsigned char head = *at++;
    uint64_t value = number(&at);
    if ((head & 1) == 0) {
      if (head >> 1 == 4) quantity = signed_number(value);
      if (head >> 1 == 5) price = signed_number(value);
      continue;
    }
    switch (head >> 1) {
      case 1:
        has_id = 1;
        set_text(L, "id", at, value);
        break;
      case 2:
        sku = at;
        sku_length = value;
        set_text(L, "sku", at, value);
        break;
      case 3: set_text(L, "name", at, value); break;
      case 6: set_text(L, "image", at, value); break;
      default: break;
    }
    at += value;
  }
  if (!has_id) set_text(L, "id", sku, sku_length);
  lua_pushinteger(L, quantity);
  lua_setfield(L, -2, "quantity");
  double exact = (double)(price >> 4);
  for (int64_t scale = price & 15; scale > 0; scale--) exact /= 10;
  set_number(L, "price", exact);
  set_number(L, "total", exact * (double)quantity);
}

static const char *const fields[] = {
    NULL, "shopper_type", "email", "name", "phone", "company", "group", "customer_id", "session", "ip",
    "country", "browser",
};

static void set_column(lua_State *L, sqlite3_stmt *row, int column, const char *name) {
  set_text(
      L, name, sqlite3_column_blob(row, column), (size_t)sqlite3_column_bytes(row, column));
}

/* Pushes a cart's table: id, name, created, updated, touched, email, ip, country, session, customer,
   quantity, subtotal, body, version. */
static void push_cart(lua_State *L, sqlite3_stmt *row, int64_t now) {
  lua_createtable(L, 0, 32);
  set_column(L, row, 1, "id");
  lua_pushstring(
      L, now - sqlite3_column_int64(row, 4) > 3600000 ? "abandoned" : "active");
  lua_setfield(L, -2, "status");
  set_number(L, "created", (double)sqlite3_column_int64(row, 2) / 1000);
  set_number(L, "updated", (double)sqlite3_column_int64(row, 3) / 1000);
  set_number(L, "idle", (double)(now - sqlite3_column_int64(row, 4)) / 1000);
  lua_pushinteger(L, sqlite3_column_int64(row, 13));
  lua_setfield(L, -2, "version");
  lua_pushstring(L, "EUR");
  lua_setfield(L, -2, "currency");
  static const char *const absent[] = {"name", "phone", "company", "group", "coupon", "order_id",
                                       "browser"};
  for (size_t index = 0; index < sizeof absent / sizeof *absent; index++) {
    lua_pushstring(L, "");
    lua_setfield(L, -2, absent[index]);
  }
  lua_pushstring(L, "guest");
  lua_setfield(L, -2, "shopper_type");
  set_column(L, row, 5, "email");
  set_column(L, row, 6, "ip");
  set_column(L, row, 7, "country");
  set_column(L, row, 8, "session");
  lua_pushinteger(L, sqlite3_column_int64(row, 9));
  lua_setfield(L, -2, "customer_id");
  lua_pushinteger(L, sqlite3_column_int64(row, 10));
  lua_setfield(L, -2, "quantity");
  const char *mail = (const char *)sqlite3_column_text(row, 5);
  const char *domain = mail ? strrchr(mail, '@') : NULL;
  lua_pushstring(L, domain ? domain + 1 : "");
  lua_setfield(L, -2, "domain");
  double subtotal = (double)sqlite3_column_int64(row, 11) / 100;
  set_number(L, "subtotal", subtotal);
  set_number(L, "discount", 0);
  set_number(L, "shipping", 0);
  set_number(L, "tax", 0);
  set_number(L, "total", subtotal);
  lua_newtable(L);
  lua_setfield(L, -2, "coupons");
  lua_newtable(L);
  lua_setfield(L, -2, "flags");
  lua_createtable(L, 4, 0); /* cart lines */
  const unsigned char *at = sqlite3_column_blob(row, 12);
  const unsigned char *end = at + sqlite3_column_bytes(row, 12);
  int lines = 0;
  while (at < end) {
    unsigned char head = *at++;
    uint64_t value = number(&at);
    if ((head & 1) == 0) continue;
    if (head >> 1 == 1) {
      push_line(L, at, at + value);
      lua_rawseti(L, -2, ++lines);
    } else if (head >> 1 == 2) {
      const unsigned char *inner = at;
      inner++;
      int64_t field = signed_number(number(&inner));
      inner++;
      uint64_t length = number(&inner);
      if (field > 0 && field < 12) {
        lua_pushlstring(L, (const char *)inner, length);
        lua_setfield(L, -3, fields[field]);
      }
    }
    at += value;
  }
  lua_setfield(L, -2, "lines");
}

/* ---- Hits ------------------------------------------------------------------------------------- */

static sqlite3_stmt *event, *fact, *decision, *commits;
static SHA2_CTX chain;
static unsigned char hash[32];
static int64_t seq, facts, first, written, commit_count;
static uint64_t state = 88172645463325252u;

static uint64_t next_random(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

static void step(sqlite3_stmt *statement) {
  check(sqlite3_step(statement));
  check(sqlite3_reset(statement));
}

static void commit(int64_t now) {
  SHA256Update(&chain, hash, 32);
  SHA256Final(hash, &chain);
  SHA256Init(&chain);
  sqlite3_bind_int64(commits, 1, ++commit_count);
  sqlite3_bind_int64(commits, 2, first);
  sqlite3_bind_int64(commits, 3, seq);
  sqlite3_bind_int64(commits, 4, now);
  sqlite3_bind_blob(commits, 5, hash, 32, SQLITE_STATIC);
  step(commits);
  first = seq + 1;
  check(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
}

static void write_hit(
    const rule *own, int64_t cart, const char *name, const char *reason, int64_t now) {
  unsigned char salt[16], digest[32];
  char data[400], key[16];
  uint64_t random[2] = {next_random(), next_random()};
  memcpy(salt, random, 16);
  size_t length = strlen(reason);
  SHA2_CTX commitment;
  SHA256Init(&commitment);
  SHA256Update(&commitment, salt, 16);
  SHA256Update(&commitment, (const unsigned char *)reason, length);
  SHA256Final(digest, &commitment);
  sqlite3_bind_int64(fact, 1, ++facts);
  sqlite3_bind_blob(fact, 2, salt, 16, SQLITE_STATIC);
  sqlite3_bind_blob(fact, 3, reason, (int)length, SQLITE_STATIC);
  step(fact);
  int size = snprintf(data, sizeof data, "%s %s 1 1 ", name, own->name);
  memcpy(data + size, digest, 16);
  size += 16;
  random[0] = next_random();
  memcpy(key, random, 16);
  sqlite3_bind_int64(event, 1, ++seq);
  sqlite3_bind_int64(event, 2, 9);
  sqlite3_bind_int64(event, 3, now);
  sqlite3_bind_int64(event, 4, now);
  sqlite3_bind_blob(event, 5, key, 16, SQLITE_STATIC);
  sqlite3_bind_blob(event, 6, data, size, SQLITE_STATIC);
  step(event);
  int64_t numbers[9] = {seq, 0, 0, 0, 9, now, now, 30, size};
  SHA256Update(&chain, (unsigned char *)numbers, sizeof numbers);
  SHA256Update(&chain, (unsigned char *)key, 16);
  SHA256Update(&chain, (const unsigned char *)data, (size_t)size);
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
  check(sqlite3_open(path, &db));
  check(sqlite3_exec(
      db, "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000;"
          "PRAGMA secure_delete = ON", NULL, NULL, NULL));
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  int64_t now = time.tv_sec * 1000 + time.tv_nsec / 1000000;
  sqlite3_stmt *last = prepare("SELECT (SELECT max(seq) FROM event), (SELECT max(id) FROM fact),"
                               " (SELECT max(id) FROM commits)");
  check(sqlite3_step(last));
  seq = sqlite3_column_int64(last, 0);
  facts = sqlite3_column_int64(last, 1);
  commit_count = sqlite3_column_int64(last, 2);
  first = seq + 1;
  sqlite3_finalize(last);
  event = prepare("INSERT INTO event VALUES(?, NULL, NULL, 0, ?, 2, ?, ?, 30, ?, ?)");
  fact = prepare("INSERT INTO fact VALUES(?, ?, ?)");
  decision = prepare("INSERT OR REPLACE INTO decision VALUES(?, ?, 1, 1, 1, ?)");
  commits = prepare("INSERT INTO commits VALUES(?, ?, ?, ?, ?)");
  SHA256Init(&chain);
  sqlite3_stmt *rows = prepare(
      "SELECT id, name, created, updated, touched, email, ip, country, session, customer, quantity,"
      " subtotal, body, version FROM cart WHERE state = 0 AND touched > ?");
  sqlite3_bind_int64(rows, 1, now - 30LL * 86400000);
  check(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
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
  commit(now);
  sqlite3_finalize(rows);
  printf("%lld carts, %lld hits\n", (long long)carts, (long long)written);
  for (int index = 0; index < rule_count; index++)
    printf("%s %d\n", rules[index].name, rules[index].hits);
  lua_close(L);
  return 0;
}
