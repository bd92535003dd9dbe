/* pairs in a fixed order: integers, floats, texts by their bytes, booleans. */
#include <string.h>

#include "internal.h"

typedef struct key {
  union {
    lua_Integer integer;
    lua_Number number;
    const char *bytes;
  } as;
  uint32_t length; /* of a text */
  uint8_t rank;    /* integers, floats, texts, booleans */
} key;

static int compare_keys(const key *a, const key *b) {
  if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
  if (a->rank == 1) return a->as.number < b->as.number ? -1 : a->as.number > b->as.number;
  if (a->rank == 2) {
    size_t length = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->as.bytes, b->as.bytes, length);
    return order ? order : a->length < b->length ? -1 : a->length > b->length;
  }
  return a->as.integer < b->as.integer ? -1 : a->as.integer > b->as.integer;
}

/* Whether the first goes before the second, or is it; what that costs is added. */
static int goes_first(const key *a, const key *b, size_t *cost) {
  *cost += 1;
  if (a->rank == 2 && b->rank == 2) *cost += (a->length < b->length ? a->length : b->length) / 16;
  return compare_keys(a, b) <= 0;
}

/* Sorts by merging runs, between two blocks; a look at the budget now and then, as a library's sort
   could take half a second. */
static key *sort_keys_L(lua_State *L, key *keys, size_t count) {
  size_t sorted = 1, cost = 0;
  while (sorted < count && goes_first(&keys[sorted - 1], &keys[sorted], &cost)) sorted++;
  if (sorted >= count) return keys;
  key *from = keys, *to = lua_newuserdatauv(L, count * sizeof *keys, 0);
  lua_insert(L, -2); /* other block keys; only the room is needed, not the order */
  for (size_t width = 1; width < count; width *= 2) {
    for (size_t start = 0; start < count; start += 2 * width) {
      size_t left = start, middle = start + width < count ? start + width : count;
      size_t right = middle, end = middle + width < count ? middle + width : count;
      for (size_t place = start; place < end; place++) {
        int takes_left =
            left < middle && (right >= end || goes_first(&from[left], &from[right], &cost));
        to[place] = takes_left ? from[left++] : from[right++];
        if (cost < 8192) continue;
        cost = 0;
        lk_poll_L(L);
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

static int next_item(lua_State *L) {
  lua_Integer place = (lua_Integer)((lua_Unsigned)luaL_checkinteger(L, 2) + 1);
  lua_settop(L, 1);
  lua_pushinteger(L, place);
  if (lk_is_record_L(L, 1)) { /* its end is no missing key */
    lua_rawgeti(L, 1, place);
    return lua_isnil(L, -1) ? 1 : 2;
  }
  const lk_payload *list = lk_payload_at(L, 1);
  if (list == NULL || !lk_viewed_item_L(L, list)) lua_geti(L, 1, place);
  return lua_isnil(L, -1) ? 1 : 2;
}

/* As Lua's own; the items of a view need no call of the host, nor a metamethod. */
int lk_ipairs_L(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushcfunction(L, next_item);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  return 3;
}

int lk_pairs_L(lua_State *L) {
  if (lk_object_at(L, 1)) {
    lk_push_text_L(L, 1);
    return luaL_error(L, "pairs: expected a table, got %s", lua_tostring(L, -1));
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  lk_unseal_L(L, 1);
  if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
    lk_check_stack_L(L);
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
