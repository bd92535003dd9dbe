/* table.*: raw, and charged to the budget by what they move. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define SPAN_LIMIT 1000000
#define SHIFT_LIMIT (1 << 24)

/* Raw: what a metatable says of the length is not asked, and not passed over in silence. */
static lua_Integer length_L(lua_State *L, int index) {
  luaL_checktype(L, index, LUA_TTABLE);
  lk_check_unsealed_L(L, index);
  if (luaL_getmetafield(L, index, "__len") != LUA_TNIL)
    luaL_error(L, "a table with '__len' is not taken here; copy its elements first");
  return (lua_Integer)lua_rawlen(L, index);
}

/* What moves one by one: a table can say that it has 2^63 elements. */
static void check_shift_L(lua_State *L, lua_Integer count) {
  if (count >= SHIFT_LIMIT) luaL_error(L, "too many elements: expected at most %d", SHIFT_LIMIT);
  if (count > 0) lk_charge_L(L, (uint64_t)count / 4);
}

static void check_span_L(lua_State *L, lua_Integer first, lua_Integer last) {
  if (first <= last && (lua_Unsigned)last - (lua_Unsigned)first >= SPAN_LIMIT)
    luaL_error(L, "too many elements: expected at most %d", SPAN_LIMIT);
  if (first <= last) lk_charge_L(L, (uint64_t)(last - first) / 4 + 1);
}

static int table_insert(lua_State *L) {
  lua_Integer end = length_L(L, 1), place;
  if (end == LUA_MAXINTEGER) return luaL_error(L, "too many elements in the table");
  place = ++end;
  switch (lua_gettop(L)) {
    case 2: break;
    case 3:
      place = luaL_checkinteger(L, 2);
      luaL_argcheck(
          L, (lua_Unsigned)place - 1u < (lua_Unsigned)end, 2, "position out of bounds");
      check_shift_L(L, end - place);
      for (lua_Integer index = end; index > place; index--) {
        if (index % 8192 == 0) lk_poll_L(L);
        lua_rawgeti(L, 1, index - 1);
        lua_rawseti(L, 1, index);
      }
      break;
    default: return luaL_error(L, "wrong number of arguments to 'insert'");
  }
  lua_rawseti(L, 1, place);
  return 0;
}

static int table_remove(lua_State *L) {
  lua_Integer size = length_L(L, 1), place = luaL_optinteger(L, 2, size);
  if (lua_gettop(L) > 1)
    luaL_argcheck(
        L, size == place || (lua_Unsigned)place - 1u <= (lua_Unsigned)size, 2,
        "position out of bounds");
  lua_rawgeti(L, 1, place);
  if (place < 1 || place > size) {
    if (size < LUA_MAXINTEGER && place == size + 1) {
      lua_pushnil(L);
      lua_rawseti(L, 1, place);
    }
    return 1;
  }
  check_shift_L(L, size - place);
  for (; place < size; place++) {
    if (place % 8192 == 0) lk_poll_L(L);
    lua_rawgeti(L, 1, place + 1);
    lua_rawseti(L, 1, place);
  }
  lua_pushnil(L);
  lua_rawseti(L, 1, place);
  return 1;
}

static int table_move(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_Integer from = luaL_checkinteger(L, 2), end = luaL_checkinteger(L, 3);
  lua_Integer to = luaL_checkinteger(L, 4);
  int target = lua_isnoneornil(L, 5) ? 1 : 5;
  luaL_checktype(L, target, LUA_TTABLE);
  lk_check_unsealed_L(L, target);
  lk_unseal_L(L, 1);
  check_span_L(L, from, end);
  if (end >= from) {
    luaL_argcheck(L, to <= LUA_MAXINTEGER - (end - from), 4, "destination wrap around");
    int forward = to > end || to <= from || (target != 1 && !lua_rawequal(L, 1, target));
    for (lua_Integer step = 0; step <= end - from; step++) {
      lua_Integer offset = forward ? step : end - from - step;
      lua_rawgeti(L, 1, from + offset);
      lua_rawseti(L, target, to + offset);
    }
  }
  lua_pushvalue(L, target);
  return 1;
}

static int table_concat(lua_State *L) {
  lk_unseal_L(L, 1);
  lua_Integer size = length_L(L, 1);
  size_t length;
  const char *separator = luaL_optlstring(L, 2, "", &length);
  lua_Integer first = luaL_optinteger(L, 3, 1), last = luaL_optinteger(L, 4, size);
  check_span_L(L, first, last);
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  for (lua_Integer index = first; first <= last; index++) {
    int type = lua_rawgeti(L, 1, index);
    if (type != LUA_TSTRING && type != LUA_TNUMBER)
      return luaL_error(
          L, "invalid value (%s) at index %I in table for 'concat'", luaL_typename(L, -1),
          (LUAI_UACINT)index);
    luaL_addvalue(&buffer);
    if (index == last) break; /* before the last of all integers overflows */
    luaL_addlstring(&buffer, separator, length);
  }
  luaL_pushresult(&buffer);
  lk_charge_L(L, lua_rawlen(L, -1) / 64);
  return 1;
}

static int table_pack(lua_State *L) {
  int count = lua_gettop(L);
  lua_createtable(L, count, 1);
  lua_insert(L, 1);
  for (int index = count; index >= 1; index--) lua_rawseti(L, 1, index);
  lua_pushinteger(L, count);
  lua_setfield(L, 1, "n");
  return 1;
}

static int table_unpack(lua_State *L) {
  lk_unseal_L(L, 1);
  lua_Integer size = length_L(L, 1);
  lua_Integer first = luaL_optinteger(L, 2, 1), last = luaL_optinteger(L, 3, size);
  if (first > last) return 0;
  lua_Unsigned count = (lua_Unsigned)last - (lua_Unsigned)first;
  if (count >= 7000 || !lua_checkstack(L, (int)count + 1))
    return luaL_error(L, "too many results to unpack");
  for (; first < last; first++) lua_rawgeti(L, 1, first);
  lua_rawgeti(L, 1, last);
  return (int)count + 1;
}

/* ---- A stable merge sort --------------------------------------------------------------------- */

/* Whether the value at `a` goes before the one at `b`; the comparator, if any, is at index 2. */
static int before_L(lua_State *L, int a, int b) {
  a = lua_absindex(L, a);
  b = lua_absindex(L, b);
  if (lua_isnil(L, 2)) {
    if (lua_type(L, a) == LUA_TSTRING) lk_charge_L(L, lua_rawlen(L, a) / 64);
    return lua_compare(L, a, b, LUA_OPLT);
  }
  lua_pushvalue(L, 2);
  lua_pushvalue(L, a);
  lua_pushvalue(L, b);
  lua_call(L, 2, 1);
  int result = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return result;
}

static int table_sort(lua_State *L) {
  lua_Integer size = length_L(L, 1);
  if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  lk_check_stack_L(L);
  if (size < 2) return 0;
  if (size > SPAN_LIMIT) return luaL_error(L, "too many elements: expected at most %d", SPAN_LIMIT);
  uint64_t rounds = 1;
  for (lua_Integer width = 1; width < size; width *= 2) rounds++;
  lk_charge_L(L, (uint64_t)size * rounds);
  /* Two tables take turns: the sorted runs of one are merged into the other. */
  lua_createtable(L, (int)size, 0); /* table comparator a */
  lua_createtable(L, (int)size, 0); /* table comparator a b */
  for (lua_Integer index = 1; index <= size; index++) {
    if (lua_rawgeti(L, 1, index) == LUA_TNIL)
      return luaL_error(L, "sort: the table has a hole at index %I", (LUAI_UACINT)index);
    lua_rawseti(L, 3, index);
  }
  int from = 3, to = 4;
  for (lua_Integer width = 1; width < size; width *= 2) {
    for (lua_Integer start = 1; start <= size; start += 2 * width) {
      lua_Integer left = start, right = start + width;
      lua_Integer left_end = right > size + 1 ? size + 1 : right;
      lua_Integer right_end = right + width > size + 1 ? size + 1 : right + width;
      for (lua_Integer place = start; place < right_end; place++) {
        int take_right = 0;
        if (left >= left_end) take_right = 1;
        else if (right < right_end) {
          lua_rawgeti(L, from, right);
          lua_rawgeti(L, from, left);
          take_right = before_L(L, -2, -1);
          lua_pop(L, 2);
        }
        lua_rawgeti(L, from, take_right ? right++ : left++);
        lua_rawseti(L, to, place);
        if (place % 1024 == 0) lk_poll_L(L);
      }
    }
    int swap = from;
    from = to;
    to = swap;
  }
  for (lua_Integer index = 1; index <= size; index++) {
    lua_rawgeti(L, from, index);
    lua_rawseti(L, 1, index);
  }
  return 0;
}

void lk_open_table_L(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"concat", table_concat}, {"insert", table_insert}, {"move", table_move},
      {"pack", table_pack},     {"remove", table_remove}, {"sort", table_sort},
      {"unpack", table_unpack}, {NULL, NULL}};
  luaL_newlib(L, functions);
  lua_setfield(L, -2, "table");
}
