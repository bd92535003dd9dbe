/* string.find, match, gmatch and gsub over the matcher. */
#define _GNU_SOURCE /* memmem */

#include <ctype.h>
#include <string.h>

#include "match.h"

/* A position as scripts give it, from 1, or from the end when negative; at least 1. */
static size_t position(lua_Integer place, size_t length) {
  if (place > 0) return (size_t)place;
  if (place == 0 || place < -(lua_Integer)length) return 1;
  return length + (size_t)place + 1;
}

#define WINDOW (1 << 16)
#define BYTES_PER_INSTRUCTION 16

/* memmem is linear in each window; the windows are at least as long as what is wanted, so that all of
   them together are, too. */
static text find_plain_L(lua_State *L, text s, size_t length, text wanted, size_t count) {
  size_t stride = count > WINDOW ? count : WINDOW;
  while (length >= count) {
    size_t window = length - count < stride ? length : stride + count - 1;
    text found = memmem(s, window, wanted, count);
    lk_charge_L(L, (found ? (size_t)(found - s) : window) / BYTES_PER_INSTRUCTION);
    if (found || window == length) return found;
    s += stride;
    length -= stride;
  }
  return NULL;
}

static int is_plain_L(lua_State *L, text p, size_t length) {
  lk_charge_L(L, length / BYTES_PER_INSTRUCTION);
  for (; length > 0; p++, length--)
    if (*p && strchr("^$*+?.([%-", *p)) return 0;
  return 1;
}

static int find_or_match_L(lua_State *L, int find) {
  size_t length, pattern_length;
  text s = (text)luaL_checklstring(L, 1, &length);
  text p = (text)luaL_checklstring(L, 2, &pattern_length);
  size_t from = position(luaL_optinteger(L, 3, 1), length) - 1;
  if (from > length) {
    lua_pushnil(L);
    return 1;
  }
  if (find && (lua_toboolean(L, 4) || is_plain_L(L, p, pattern_length))) {
    text found = find_plain_L(L, s + from, length - from, p, pattern_length);
    if (found) {
      lua_pushinteger(L, found - s + 1);
      lua_pushinteger(L, found - s + (ptrdiff_t)pattern_length);
      return 2;
    }
  } else {
    matcher m;
    text start = s + from;
    int anchored = *p == '^';
    lk_match_begin(&m, L, s, length, p + pattern_length);
    if (anchored) p++;
    do {
      text end = lk_match_L(&m, start, p);
      if (!end) continue;
      lk_match_settle_L(&m);
      if (!find) return lk_push_captures_L(&m, start, end);
      lua_pushinteger(L, start - s + 1);
      lua_pushinteger(L, end - s);
      return lk_push_captures_L(&m, NULL, NULL) + 2;
    } while (start++ < m.subject_end && !anchored);
    lk_match_settle_L(&m);
  }
  lua_pushnil(L);
  return 1;
}

static int string_find(lua_State *L) { return find_or_match_L(L, 1); }
static int string_match(lua_State *L) { return find_or_match_L(L, 0); }

/* Upvalues: 1 the text, 2 the pattern, 3 where to go on, 4 the end of the match before, from 0; -1
   where there was none. */
static int next_match(lua_State *L) {
  size_t length, pattern_length;
  text s = (text)lua_tolstring(L, lua_upvalueindex(1), &length);
  text p = (text)lua_tolstring(L, lua_upvalueindex(2), &pattern_length);
  lua_Integer last = lua_tointeger(L, lua_upvalueindex(4));
  matcher m;
  lk_match_begin(&m, L, s, length, p + pattern_length);
  for (text start = s + lua_tointeger(L, lua_upvalueindex(3)); start <= m.subject_end; start++) {
    text end = lk_match_L(&m, start, p);
    if (!end || end - s == last) continue;
    lk_match_settle_L(&m);
    lua_pushinteger(L, end - s);
    lua_copy(L, -1, lua_upvalueindex(3));
    lua_replace(L, lua_upvalueindex(4));
    return lk_push_captures_L(&m, start, end);
  }
  lk_match_settle_L(&m);
  return 0;
}

static int string_gmatch(lua_State *L) {
  size_t length;
  luaL_checklstring(L, 1, &length);
  luaL_checkstring(L, 2);
  size_t from = position(luaL_optinteger(L, 3, 1), length) - 1;
  lua_settop(L, 2);
  lua_pushinteger(L, (lua_Integer)(from > length ? length + 1 : from));
  lua_pushinteger(L, -1);
  lua_pushcclosure(L, next_match, 4);
  return 1;
}

/* Adds the replacement text, with %0 … %9 filled in. */
static void add_text_L(matcher *m, luaL_Buffer *buffer, text s, text end) {
  size_t length;
  const char *news = lua_tolstring(m->L, 3, &length);
  lk_match_spend_L(m, length / 4); /* what it adds may be empty */
  for (const char *mark; (mark = memchr(news, '%', length)) != NULL;) {
    luaL_addlstring(buffer, news, (size_t)(mark - news));
    mark++;
    if (*mark == '%') luaL_addchar(buffer, '%');
    else if (*mark == '0') luaL_addlstring(buffer, (const char *)s, (size_t)(end - s));
    else if (isdigit((unsigned char)*mark)) {
      lk_push_capture_L(m, *mark - '1', s, end);
      luaL_tolstring(m->L, -1, NULL);
      lua_remove(m->L, -2);
      luaL_addvalue(buffer);
    } else luaL_error(m->L, "invalid use of '%c' in replacement string", '%');
    length -= (size_t)(mark + 1 - news);
    news = mark + 1;
  }
  luaL_addlstring(buffer, news, length);
}

/* Adds what stands for a match; whether that is another text. */
static int add_replacement_L(matcher *m, luaL_Buffer *buffer, text s, text end, int type) {
  lua_State *L = m->L;
  if (type == LUA_TFUNCTION) {
    lua_pushvalue(L, 3);
    int count = lk_push_captures_L(m, s, end);
    lua_call(L, count, 1);
  } else if (type == LUA_TTABLE) {
    lk_push_capture_L(m, 0, s, end);
    lua_gettable(L, 3);
  } else {
    add_text_L(m, buffer, s, end);
    return 1;
  }
  if (!lua_toboolean(L, -1)) {
    lua_pop(L, 1);
    luaL_addlstring(buffer, (const char *)s, (size_t)(end - s));
    return 0;
  }
  if (!lua_isstring(L, -1))
    return luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
  luaL_addvalue(buffer);
  return 1;
}

static int string_gsub(lua_State *L) {
  size_t length, pattern_length;
  text s = (text)luaL_checklstring(L, 1, &length);
  text p = (text)luaL_checklstring(L, 2, &pattern_length), last = NULL;
  int type = lua_type(L, 3), changed = 0;
  lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)length + 1), count = 0;
  if (type != LUA_TNUMBER && type != LUA_TSTRING && type != LUA_TFUNCTION && type != LUA_TTABLE)
    return luaL_typeerror(L, 3, "string/function/table");
  matcher m;
  luaL_Buffer buffer;
  lk_match_begin(&m, L, s, length, p + pattern_length);
  int anchored = *p == '^';
  if (anchored) p++;
  luaL_buffinit(L, &buffer);
  while (count < most) {
    text end = lk_match_L(&m, s, p);
    if (end && end != last) {
      count++;
      changed = add_replacement_L(&m, &buffer, s, end, type) | changed;
      s = last = end;
    } else if (s < m.subject_end) luaL_addchar(&buffer, (char)*s++);
    else break;
    if (anchored) break;
  }
  lk_match_settle_L(&m);
  if (!changed) lua_pushvalue(L, 1);
  else {
    luaL_addlstring(&buffer, (const char *)s, (size_t)(m.subject_end - s));
    luaL_pushresult(&buffer);
  }
  lua_pushinteger(L, count);
  return 2;
}

/* string → string, with the matching functions in it. */
void lk_open_pattern_L(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"find", string_find}, {"gmatch", string_gmatch}, {"gsub", string_gsub},
      {"match", string_match}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
