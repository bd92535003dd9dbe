/* string.find, match, gmatch and gsub over a matcher of our own (reference manual, 6.4.1), whose
   steps are charged to the budget: a pattern that backtracks for ever is cut off like a loop.

   The same patterns match the same texts as with Lua's matcher, with the same errors, which come
   only when the malformed part is reached; a differential test holds it to that. */
#include <ctype.h>
#include <string.h>

#include "internal.h"

#define MOST_CAPTURES 32
#define MOST_DEPTH 200
#define STEPS_PER_INSTRUCTION 4
#define STEPS_BETWEEN_CHECKS 4096

typedef const unsigned char *text;

enum { OPEN = -1, POSITION = -2 };

typedef struct capture {
  text start;
  ptrdiff_t length; /* or OPEN, or POSITION */
} capture;

typedef struct matcher {
  lua_State *L;
  text subject, subject_end, pattern_end;
  int level, depth;
  int steps; /* until the next check */
  capture captures[MOST_CAPTURES];
} matcher;

static text match_L(matcher *m, text s, text p);

static void begin(matcher *m, lua_State *L, text s, size_t length, text pattern_end) {
  m->L = L;
  m->subject = s;
  m->subject_end = s + length;
  m->pattern_end = pattern_end;
  m->steps = STEPS_BETWEEN_CHECKS;
}

static text attempt_L(matcher *m, text s, text p) {
  m->level = 0;
  m->depth = 0;
  return match_L(m, s, p);
}

/* Charges what was used of the steps since the last check. */
static void settle_L(matcher *m) {
  int used = STEPS_BETWEEN_CHECKS - m->steps;
  m->steps = STEPS_BETWEEN_CHECKS;
  lk_charge_L(m->L, (uint64_t)(used > 0 ? used : 0) / STEPS_PER_INSTRUCTION);
}

static void check_L(matcher *m) {
  settle_L(m);
  lk_poll_L(m->L);
}

static inline void step_L(matcher *m, ptrdiff_t count) {
  if (count >= m->steps) {
    lk_charge_L(m->L, (uint64_t)count / STEPS_PER_INSTRUCTION);
    check_L(m);
  } else m->steps -= (int)count;
}

/* ---- One character --------------------------------------------------------------------------- */

/* C's own classes, whatever the locale: a rule must not depend on where it runs. */
enum { ALPHA = 1, DIGIT = 2, LOWER = 4, UPPER = 8, SPACE = 16, CNTRL = 32, PUNCT = 64, HEX = 128 };
static const unsigned char kinds[256] = {
    ['\0' ... 8] = CNTRL,         [9 ... 13] = CNTRL | SPACE, [14 ... 31] = CNTRL,
    [' '] = SPACE,                ['!' ... '/'] = PUNCT,      ['0' ... '9'] = DIGIT | HEX,
    [':' ... '@'] = PUNCT,        ['A' ... 'F'] = ALPHA | UPPER | HEX,
    ['G' ... 'Z'] = ALPHA | UPPER, ['[' ... '`'] = PUNCT,     ['a' ... 'f'] = ALPHA | LOWER | HEX,
    ['g' ... 'z'] = ALPHA | LOWER, ['{' ... '~'] = PUNCT,     [127] = CNTRL};

static int in_class(unsigned char c, unsigned char name) {
  int kind;
  if (!(kinds[name] & ALPHA)) return name == c;
  switch (name | 0x20) {
    case 'a': kind = ALPHA; break;
    case 'c': kind = CNTRL; break;
    case 'd': kind = DIGIT; break;
    case 'g': kind = ALPHA | DIGIT | PUNCT; break;
    case 'l': kind = LOWER; break;
    case 'p': kind = PUNCT; break;
    case 's': kind = SPACE; break;
    case 'u': kind = UPPER; break;
    case 'w': kind = ALPHA | DIGIT; break;
    case 'x': kind = HEX; break;
    case 'z': return (c == 0) != (name == 'Z'); /* of Lua 5.1, still there in 5.4 */
    default: return name == c;
  }
  return ((kinds[c] & kind) != 0) != ((kinds[name] & UPPER) != 0);
}

/* `p` is at the '[', `last` at its ']'. */
static int in_set(unsigned char c, text p, text last) {
  int found = 1;
  if (p[1] == '^') {
    found = 0;
    p++;
  }
  while (++p < last) {
    if (*p == '%') {
      p++;
      if (in_class(c, *p)) return found;
    } else if (p[1] == '-' && p + 2 < last) {
      p += 2;
      if (p[-2] <= c && c <= *p) return found;
    } else if (*p == c) return found;
  }
  return !found;
}

/* Where the single item that begins at `p` ends. */
static text item_end_L(matcher *m, text p) {
  unsigned char first = *p++;
  if (first == '%') {
    if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
    return p + 1;
  }
  if (first != '[') return p;
  if (*p == '^') p++;
  do { /* the first ']' stands for itself */
    if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
    if (*p++ == '%' && p < m->pattern_end) p++;
  } while (*p != ']');
  return p + 1;
}

static inline int fits(const matcher *m, text s, text p, text end) {
  if (s >= m->subject_end) return 0;
  switch (*p) {
    case '.': return 1;
    case '%': return in_class(*s, p[1]);
    case '[': return in_set(*s, p, end - 1);
    default: return *p == *s;
  }
}

/* ---- Items ----------------------------------------------------------------------------------- */

static text balance_L(matcher *m, text s, text p) {
  if (p >= m->pattern_end - 1)
    luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
  if (s >= m->subject_end || *s != *p) return NULL;
  text start = s;
  for (int nesting = 1; ++s < m->subject_end;) {
    if (*s == p[1]) {
      if (--nesting == 0) {
        step_L(m, s - start);
        return s + 1;
      }
    } else if (*s == *p) nesting++;
  }
  step_L(m, s - start);
  return NULL;
}

static text most_L(matcher *m, text s, text p, text end) {
  ptrdiff_t count = 0;
  while (fits(m, s + count, p, end)) count++;
  step_L(m, count);
  for (; count >= 0; count--) {
    text found = match_L(m, s + count, end + 1);
    if (found) return found;
  }
  return NULL;
}

static text fewest_L(matcher *m, text s, text p, text end) {
  for (;; s++) {
    text found = match_L(m, s, end + 1);
    if (found) return found;
    if (!fits(m, s, p, end)) return NULL;
  }
}

static text open_L(matcher *m, text s, text p, ptrdiff_t kind) {
  if (m->level >= MOST_CAPTURES) luaL_error(m->L, "too many captures");
  m->captures[m->level++] = (capture){s, kind};
  text found = match_L(m, s, p);
  if (!found) m->level--;
  return found;
}

static text close_L(matcher *m, text s, text p) {
  int index = m->level - 1;
  while (index >= 0 && m->captures[index].length != OPEN) index--;
  if (index < 0) luaL_error(m->L, "invalid pattern capture");
  m->captures[index].length = s - m->captures[index].start;
  text found = match_L(m, s, p);
  if (!found) m->captures[index].length = OPEN;
  return found;
}

static text again_L(matcher *m, text s, unsigned char digit) {
  int index = digit - '1';
  if (index < 0 || index >= m->level || m->captures[index].length == OPEN)
    luaL_error(m->L, "invalid capture index %%%d", index + 1);
  const capture *one = &m->captures[index];
  if (one->length == POSITION || m->subject_end - s < one->length) return NULL;
  step_L(m, one->length / 8);
  return memcmp(one->start, s, (size_t)one->length) == 0 ? s + one->length : NULL;
}

/* The end of the match of the pattern from `p` on at `s`, or NULL. */
static text match_L(matcher *m, text s, text p) {
  if (m->depth++ == MOST_DEPTH) luaL_error(m->L, "pattern too complex");
  while (p != m->pattern_end) {
    step_L(m, 1);
    if (*p == '(') {
      s = p[1] == ')' ? open_L(m, s, p + 2, POSITION) : open_L(m, s, p + 1, OPEN);
      break;
    }
    if (*p == ')') {
      s = close_L(m, s, p + 1);
      break;
    }
    if (*p == '$' && p + 1 == m->pattern_end) {
      if (s != m->subject_end) s = NULL;
      break;
    }
    if (*p == '%' && p[1] == 'b') {
      if (!(s = balance_L(m, s, p + 2))) break;
      p += 4;
      continue;
    }
    if (*p == '%' && p[1] == 'f') {
      p += 2;
      if (*p != '[') luaL_error(m->L, "missing '[' after '%%f' in pattern");
      text end = item_end_L(m, p);
      unsigned char before = s == m->subject ? 0 : s[-1], here = s < m->subject_end ? *s : 0;
      if (in_set(before, p, end - 1) || !in_set(here, p, end - 1)) {
        s = NULL;
        break;
      }
      p = end;
      continue;
    }
    if (*p == '%' && p[1] >= '0' && p[1] <= '9') {
      if (!(s = again_L(m, s, p[1]))) break;
      p += 2;
      continue;
    }
    text end = item_end_L(m, p);
    unsigned char repeat = *end;
    if (!fits(m, s, p, end)) {
      if (repeat != '*' && repeat != '?' && repeat != '-') {
        s = NULL;
        break;
      }
      p = end + 1;
      continue;
    }
    if (repeat == '?') {
      text found = match_L(m, s + 1, end + 1);
      if (found) {
        s = found;
        break;
      }
      p = end + 1;
    } else if (repeat == '*' || repeat == '+') {
      s = most_L(m, repeat == '+' ? s + 1 : s, p, end);
      break;
    } else if (repeat == '-') {
      s = fewest_L(m, s, p, end);
      break;
    } else {
      s++;
      p = end;
    }
  }
  m->depth--;
  return s;
}

/* ---- Captures -------------------------------------------------------------------------------- */

/* With no captures the whole match is the first. */
static void push_capture_L(matcher *m, int index, text s, text end) {
  if (index >= m->level) {
    if (index != 0) luaL_error(m->L, "invalid capture index %%%d", index + 1);
    lua_pushlstring(m->L, (const char *)s, (size_t)(end - s));
    return;
  }
  const capture *one = &m->captures[index];
  if (one->length == OPEN) luaL_error(m->L, "unfinished capture");
  if (one->length == POSITION) lua_pushinteger(m->L, one->start - m->subject + 1);
  else lua_pushlstring(m->L, (const char *)one->start, (size_t)one->length);
}

/* With `s` NULL only what the pattern captures. */
static int push_captures_L(matcher *m, text s, text end) {
  int count = m->level == 0 && s ? 1 : m->level;
  luaL_checkstack(m->L, count, "too many captures");
  for (int index = 0; index < count; index++) push_capture_L(m, index, s, end);
  return count;
}

/* ---- The library ----------------------------------------------------------------------------- */

/* A position as scripts give it, from 1, or from the end when negative; at least 1. */
static size_t position(lua_Integer place, size_t length) {
  if (place > 0) return (size_t)place;
  if (place == 0 || place < -(lua_Integer)length) return 1;
  return length + (size_t)place + 1;
}

static text find_plain(text s, size_t length, text wanted, size_t count) {
  if (count == 0) return s;
  for (text end = s + length; (size_t)(end - s) >= count; s++) {
    s = memchr(s, *wanted, (size_t)(end - s) - count + 1);
    if (!s) return NULL;
    if (memcmp(s, wanted, count) == 0) return s;
  }
  return NULL;
}

static int is_plain(text p, size_t length) {
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
  if (find && (lua_toboolean(L, 4) || is_plain(p, pattern_length))) {
    text found = find_plain(s + from, length - from, p, pattern_length);
    lk_charge_L(L, (uint64_t)((found ? found : s + length) - (s + from)) / 16);
    if (found) {
      lua_pushinteger(L, found - s + 1);
      lua_pushinteger(L, found - s + (ptrdiff_t)pattern_length);
      return 2;
    }
  } else {
    matcher m;
    text start = s + from;
    int anchored = *p == '^';
    begin(&m, L, s, length, p + pattern_length);
    if (anchored) p++;
    do {
      text end = attempt_L(&m, start, p);
      if (!end) continue;
      settle_L(&m);
      if (!find) return push_captures_L(&m, start, end);
      lua_pushinteger(L, start - s + 1);
      lua_pushinteger(L, end - s);
      return push_captures_L(&m, NULL, NULL) + 2;
    } while (start++ < m.subject_end && !anchored);
    settle_L(&m);
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
  begin(&m, L, s, length, p + pattern_length);
  for (text start = s + lua_tointeger(L, lua_upvalueindex(3)); start <= m.subject_end; start++) {
    text end = attempt_L(&m, start, p);
    if (!end || end - s == last) continue;
    settle_L(&m);
    lua_pushinteger(L, end - s);
    lua_copy(L, -1, lua_upvalueindex(3));
    lua_replace(L, lua_upvalueindex(4));
    return push_captures_L(&m, start, end);
  }
  settle_L(&m);
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
  for (const char *mark; (mark = memchr(news, '%', length)) != NULL;) {
    luaL_addlstring(buffer, news, (size_t)(mark - news));
    mark++;
    if (*mark == '%') luaL_addchar(buffer, '%');
    else if (*mark == '0') luaL_addlstring(buffer, (const char *)s, (size_t)(end - s));
    else if (isdigit((unsigned char)*mark)) {
      push_capture_L(m, *mark - '1', s, end);
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
    int count = push_captures_L(m, s, end);
    lua_call(L, count, 1);
  } else if (type == LUA_TTABLE) {
    push_capture_L(m, 0, s, end);
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
  begin(&m, L, s, length, p + pattern_length);
  int anchored = *p == '^';
  if (anchored) p++;
  luaL_buffinit(L, &buffer);
  while (count < most) {
    text end = attempt_L(&m, s, p);
    if (end && end != last) {
      count++;
      changed = add_replacement_L(&m, &buffer, s, end, type) | changed;
      s = last = end;
    } else if (s < m.subject_end) luaL_addchar(&buffer, (char)*s++);
    else break;
    if (anchored) break;
  }
  settle_L(&m);
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
