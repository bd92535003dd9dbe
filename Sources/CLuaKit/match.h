/* The matcher, and what the string library needs of it. */
#ifndef LUAKIT_MATCH_H
#define LUAKIT_MATCH_H

#include "internal.h"

#define MOST_CAPTURES 32

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

void lk_match_begin(matcher *m, lua_State *L, text s, size_t length, text pattern_end);
/* The end of the match of the pattern at `s`, or NULL. */
text lk_match_L(matcher *m, text s, text p);
/* Charges what was used of the steps since the last check. */
void lk_match_settle_L(matcher *m);
/* Spends steps, for work beside the matching; a step is about four bytes looked at one by one. */
void lk_match_spend_L(matcher *m, size_t steps);
/* With no captures the whole match is the first. */
void lk_push_capture_L(matcher *m, int index, text s, text end);
/* With `s` NULL only what the pattern captures; returns how many. */
int lk_push_captures_L(matcher *m, text s, text end);

#endif
