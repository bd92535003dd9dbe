/* How much of the C stack is left: Lua bounds the depth of calls, not what each takes, and the system may
   allow little. */
#define _GNU_SOURCE

#include <pthread.h>

#include "internal.h"

/* What a call of the host, a pattern or the parser may take. */
#define MARGIN ((size_t)128 << 10)

#define SMALL ((size_t)1 << 20)

static _Thread_local const char *lowest; /* of this thread, with the margin; NULL until it is asked for */
static _Thread_local size_t whole;

static const char *find_lowest(void) {
  pthread_attr_t attributes;
  void *start = NULL;
  size_t size = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return (const char *)1;
  pthread_attr_getstack(&attributes, &start, &size);
  pthread_attr_destroy(&attributes);
  whole = size;
  return (const char *)start + (size / 2 < MARGIN ? size / 2 : MARGIN);
}

int lk_has_stack(void) {
  if (lowest == NULL) lowest = find_lowest();
  return (const char *)__builtin_frame_address(0) > lowest;
}

void lk_check_stack_L(lua_State *L) {
  if (lk_has_stack()) return;
  if (whole >= SMALL) luaL_error(L, "stack overflow");
  luaL_error(
      L, "stack overflow: the stack may grow to %d KB only; allow more with 'ulimit -s 8192'",
      (int)(whole >> 10));
}
