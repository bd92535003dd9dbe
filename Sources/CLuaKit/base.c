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

/* ---- pairs in a fixed order ------------------------------------------------------------------ */

typedef struct key {
  union {
    lua_Integer integer;
    lua_Number number;
    const char *bytes;
  } as;
  uint32_t length; /* of a text */
  uint8_t rank;    /* integers, floats, texts, booleans */
} key;

static int compare_keys(const void *left, const void *right) {
  const key *a = left, *b = right;
  if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
  if (a->rank == 1) return a->as.number < b->as.number ? -1 : a->as.number > b->as.number;
  if (a->rank == 2) {
    size_t length = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->as.bytes, b->as.bytes, length);
    return order ? order : a->length < b->length ? -1 : a->length > b->length;
  }
  return a->as.integer < b->as.integer ? -1 : a->as.integer > b->as.integer;
}

/* Sorts by merging runs, between two blocks; a look at the budget now and then, as a library's sort
   could take half a second. */
static key *sort_keys_L(lua_State *L, key *keys, size_t count) {
  size_t sorted = 1;
  while (sorted < count && compare_keys(&keys[sorted - 1], &keys[sorted]) <= 0) sorted++;
  if (sorted >= count) return keys;
  key *from = keys, *to = lua_newuserdatauv(L, count * sizeof *keys, 0);
  lua_insert(L, -2); /* other block keys; only the room is needed, not the order */
  for (size_t width = 1; width < count; width *= 2) {
    for (size_t start = 0; start < count; start += 2 * width) {
      size_t left = start, middle = start + width < count ? start + width : count;
      size_t right = middle, end = middle + width < count ? middle + width : count;
      for (size_t place = start; place < end; place++) {
        int takes_left =
            left < middle && (right >= end || compare_keys(&from[left], &from[right]) <= 0);
        to[place] = takes_left ? from[left++] : from[right++];
        if (place % 8192 == 0) lk_poll_L(L);
      }
    }
    key *swap = from;
    from = to;
    to = swap;
  }
  return from;
}

/* Upvalues: 1 the table, 2 its keys in order, 3 how far it went. */
static int next_pair(lua_State *L) {
  lua_Integer place = lua_tointeger(L, lua_upvalueindex(3));
  for (;;) {
    place++;
    if (lua_rawgeti(L, lua_upvalueindex(2), place) == LUA_TNIL) return 1;
    lua_pushvalue(L, -1);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) break; /* key value */
    lua_pop(L, 2); /* taken out since */
  }
  lua_pushinteger(L, place);
  lua_replace(L, lua_upvalueindex(3));
  return 2;
}

/* Upvalues: 1 the table, 2 how far it went, 3 how far it goes. */
static int next_place(lua_State *L) {
  lua_Integer place = lua_tointeger(L, lua_upvalueindex(2));
  lua_Integer end = lua_tointeger(L, lua_upvalueindex(3));
  while (++place <= end) {
    lua_pushinteger(L, place);
    lua_copy(L, -1, lua_upvalueindex(2));
    if (lua_rawgeti(L, lua_upvalueindex(1), place) != LUA_TNIL) return 2;
    lua_pop(L, 2); /* taken out since */
  }
  lua_pushnil(L);
  return 1;
}

static int base_pairs(lua_State *L) {
  if (lk_object_at(L, 1)) {
    lk_push_text_L(L, 1);
    return luaL_error(L, "pairs: expected a table, got %s", lua_tostring(L, -1));
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
    lua_pushvalue(L, 1);
    lua_call(L, 1, 3);
    return 3;
  }
  lua_settop(L, 1);
  size_t count = 0, in_place = 0;
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
    count++;
    if (lua_isinteger(L, -2) && lua_tointeger(L, -2) == (lua_Integer)count) in_place++;
  }
  lk_charge_L(L, count * 2);
  if (in_place == count) { /* 1 … n, and in this order: nothing to sort */
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    lua_pushinteger(L, (lua_Integer)count);
    lua_pushcclosure(L, next_place, 3);
    return 1;
  }
  key *keys = lua_newuserdatauv(L, count * sizeof *keys + 1, 0); /* table keys */
  size_t place = 0;
  for (lua_pushnil(L); lua_next(L, 1) && place < count; lua_pop(L, 1)) {
    key *entry = &keys[place++];
    memset(entry, 0, sizeof *entry);
    switch (lua_type(L, -2)) {
      case LUA_TNUMBER:
        if (lua_isinteger(L, -2)) entry->as.integer = lua_tointeger(L, -2);
        else {
          entry->rank = 1;
          entry->as.number = lua_tonumber(L, -2);
        }
        break;
      case LUA_TSTRING:
        entry->rank = 2;
        entry->as.bytes = lua_tostring(L, -2);
        entry->length = (uint32_t)lua_rawlen(L, -2);
        break;
      case LUA_TBOOLEAN:
        entry->rank = 3;
        entry->as.integer = lua_toboolean(L, -2);
        break;
      default:
        return luaL_error(
            L, "pairs: a key of type %s has no fixed order", luaL_typename(L, -2));
    }
  }
  lua_settop(L, 2);
  keys = sort_keys_L(L, keys, place);
  lua_createtable(L, (int)(place < 1 << 20 ? place : 1 << 20), 0); /* table blocks… sorted */
  int target = lua_gettop(L);
  for (size_t index = 0; index < place; index++) {
    switch (keys[index].rank) {
      case 0: lua_pushinteger(L, keys[index].as.integer); break;
      case 1: lua_pushnumber(L, keys[index].as.number); break;
      case 2: lua_pushlstring(L, keys[index].as.bytes, keys[index].length); break;
      default: lua_pushboolean(L, (int)keys[index].as.integer);
    }
    lua_rawseti(L, target, (lua_Integer)index + 1);
  }
  lua_pushvalue(L, 1);
  lua_pushvalue(L, target);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, next_pair, 3);
  return 1;
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
    "assert", "error", "ipairs", "rawequal", "select", "tonumber", "type", NULL};
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
      {"print", base_print}, {"pairs", base_pairs},   {NULL, NULL}};
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
