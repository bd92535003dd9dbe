/* Ctrl-C: a signal handler may do no more than set a flag. */
#define _POSIX_C_SOURCE 200809L

#include <string.h>

#include "luakit.h"

static volatile sig_atomic_t flag;

static void handle(int number) {
  (void)number;
  flag = 1;
}

volatile sig_atomic_t *lk_watch_interrupts(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handle; /* no SA_RESTART: a waiting read returns EINTR */
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  /* A parent may have left it blocked. */
  sigset_t interrupt;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  sigprocmask(SIG_UNBLOCK, &interrupt, NULL);
  return &flag;
}
