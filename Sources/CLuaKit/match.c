/* A matcher of our own (reference manual, 6.4.1), whose steps are charged to the budget: a pattern that
   backtracks for ever is cut off like a loop.

   The same patterns match the same texts as with Lua's matcher, with the same errors, which come
   only when the malformed part is reached; a differential test holds it to that. */
#include <string.h>

#include "match.h"

#define MOST_DEPTH 200
#define STEPS_PER_INSTRUCTION 4
#define STEPS_BETWEEN_CHECKS 4096
#define SET_BYTES_PER_STEP 8

static text match_L(matcher *m, text s, text p);

void lk_match_begin(matcher *m, lua_State *L, text s, size_t length, text pattern_end) {
  lk_check_stack_L(L);
  m->L = L;
  m->subject = s;
  m->subject_end = s + length;
  m->pattern_end = pattern_end;
  m->steps = STEPS_BETWEEN_CHECKS;
}

void lk_match_settle_L(matcher *m) {
  int used = STEPS_BETWEEN_CHECKS - m->steps;
  m->steps = STEPS_BETWEEN_CHECKS;
  lk_charge_L(m->L, (uint64_t)(used > 0 ? used : 0) / STEPS_PER_INSTRUCTION);
}

static void check_L(matcher *m) {
  lk_match_settle_L(m);
  lk_poll_L(m->L);
}

static inline void step_L(matcher *m, ptrdiff_t count) {
  if (count >= m->steps) {
    lk_charge_L(m->L, (uint64_t)count / STEPS_PER_INSTRUCTION);
    check_L(m);
  } else m->steps -= (int)count;
}

void lk_match_spend_L(matcher *m, size_t steps) { step_L(m, (ptrdiff_t)steps); }

text lk_match_L(matcher *m, text s, text p) {
  m->level = 0;
  m->depth = 0;
  step_L(m, 1); /* also where the pattern is empty */
  return match_L(m, s, p);
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

/* `p` is at the '[', `last` at its ']'; a set may be as long as a text. */
static int in_set_L(matcher *m, unsigned char c, text p, text last) {
  int found = 1;
  step_L(m, (last - p) / SET_BYTES_PER_STEP);
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
  text start = p;
  if (*p == '^') p++;
  do { /* the first ']' stands for itself */
    if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
    if (*p++ == '%' && p < m->pattern_end) p++;
  } while (*p != ']');
  step_L(m, (p - start) / SET_BYTES_PER_STEP);
  return p + 1;
}

static inline int fits_L(matcher *m, text s, text p, text end) {
  if (s >= m->subject_end) return 0;
  switch (*p) {
    case '.': return 1;
    case '%': return in_class(*s, p[1]);
    case '[': return in_set_L(m, *s, p, end - 1);
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
  for (; fits_L(m, s + count, p, end); count++) step_L(m, 1);
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
    if (!fits_L(m, s, p, end)) return NULL;
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
      if (in_set_L(m, before, p, end - 1) || !in_set_L(m, here, p, end - 1)) {
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
    if (!fits_L(m, s, p, end)) {
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

void lk_push_capture_L(matcher *m, int index, text s, text end) {
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

int lk_push_captures_L(matcher *m, text s, text end) {
  int count = m->level == 0 && s ? 1 : m->level;
  luaL_checkstack(m->L, count, "too many captures");
  for (int index = 0; index < count; index++) lk_push_capture_L(m, index, s, end);
  return count;
}
