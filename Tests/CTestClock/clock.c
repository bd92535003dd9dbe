#define _GNU_SOURCE
#include "clock.h"

#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = (int)syscall(SYS_clock_gettime, clock, time);
  if (clock == CLOCK_REALTIME) {
    const char *seconds = getenv("CARTIO_TEST_CLOCK");
    if (seconds) time->tv_sec += strtoll(seconds, NULL, 10);
  }
  return result;
}
