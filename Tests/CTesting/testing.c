#define _GNU_SOURCE
#include "testing.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int ct_open_terminal(unsigned short columns, char *name, size_t size) {
  int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master < 0 || grantpt(master) || unlockpt(master) || ptsname_r(master, name, size)) return -1;
  struct winsize window = {.ws_row = 40, .ws_col = columns};
  ioctl(master, TIOCSWINSZ, &window);
  return master;
}

int ct_wait_raw(int master) {
  struct termios modes;
  for (int turn = 0; turn < 100000; turn++) {
    if (tcgetattr(master, &modes)) return -1;
    if (!(modes.c_lflag & ICANON)) return 0;
    usleep(200);
  }
  return -1;
}

int ct_resize(int master, unsigned short columns) {
  struct winsize window = {.ws_row = 40, .ws_col = columns};
  return ioctl(master, TIOCSWINSZ, &window);
}

int ct_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place) {
  (void)info, (void)kind, (void)place;
  return remove(path);
}

void ct_remove_tree(const char *path) { nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS); }
