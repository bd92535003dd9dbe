/* Ctrl-C, signals that end the program, and the end of a program whose script does not end.

   One step of Lua's own may take hours, as when a table grows whose keys a script chose to collide, and
   nothing cuts it off. So a second Ctrl-C soon after the first ends the program, and so does a watchdog
   some time after a time limit. Neither unwinds anything: what SQLite was about to commit is dropped by
   who opens the database next. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#define SECOND ((uint64_t)1000000000)
#define SOON (2 * SECOND)  /* between two interrupts of an impatient person */
#define GRACE (SECOND / 4) /* of processor time after a time limit */
#define LATE (SECOND * 2 / 5) /* of wall time after it, on a busy machine */
#define BETWEEN_LOOKS (SECOND / 50)

/* Seconds that a command has to end after SIGTERM or SIGHUP. */
#define PATIENCE 10

static volatile sig_atomic_t flag, is_idle;
static volatile sig_atomic_t ending; /* SIGTERM or SIGHUP once it came, else 0 */
static volatile uint64_t first_interrupt;
static struct termios terminal;
static int has_terminal;
static void (*restore)(void);

/* ---- The end ---------------------------------------------------------------------------------- */

#define WORDS_LIMIT 400

/* What is said of the run at the end, for a signal handler: one is written while the other holds. */
static char words[2][WORDS_LIMIT] = {"Changes saved before stay; see .ops.", ""};
static volatile sig_atomic_t current_words, is_saved;

void lk_set_last_words(const char *text, size_t length, int saved) {
  int other = !current_words;
  if (length >= WORDS_LIMIT) length = WORDS_LIMIT - 1;
  memcpy(words[other], text, length);
  words[other][length] = 0;
  current_words = other;
  is_saved = saved;
}

static void say(const char *text) {
  size_t length = strlen(text);
  while (length > 0) {
    ssize_t count = write(2, text, length);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    text += count;
    length -= (size_t)count;
  }
}

/* Ends the program at once; only what a signal handler may call. */
static void end_program(const char *reason, int code_if_unsaved) {
  sigset_t output;
  sigemptyset(&output);
  sigaddset(&output, SIGTTOU); /* else setting the terminal would stop a program in the background */
  pthread_sigmask(SIG_BLOCK, &output, NULL);
  if (restore) restore();
  if (has_terminal) tcsetattr(0, TCSANOW, &terminal);
  if (isatty(2)) say("\r\033[K");
  say(reason);
  say(words[current_words]);
  say("\n");
  _exit(is_saved ? 3 : code_if_unsaved);
}

/* ---- Interrupts ------------------------------------------------------------------------------- */

static void handle(int number) {
  (void)number;
  int error = errno;
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  uint64_t now = (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
  if (flag && !is_idle && now - first_interrupt < SOON)
    end_program("interrupted twice. The program ended in the middle of a command. ", 130);
  first_interrupt = now;
  flag = 1;
  errno = error;
}

/* The command under way is interrupted, and closes its database before the program ends. */
static void handle_end(int number) {
  int error = errno;
  if (ending) end_program("ended by a second signal. The program ended in the middle of a command. ", 130);
  if (restore) restore();
  ending = number;
  flag = 1;
  alarm(PATIENCE);
  errno = error;
}

static void handle_alarm(int number) {
  (void)number;
  end_program("a command did not end after a signal. The program ended in the middle of it. ", 130);
}

static void watch_ends(void) {
  static const struct { int number; void (*handler)(int); } watched_ends[] = {
    {SIGTERM, handle_end}, {SIGHUP, handle_end}, {SIGALRM, handle_alarm},
  };
  for (size_t i = 0; i < sizeof watched_ends / sizeof *watched_ends; i++) {
    struct sigaction action, before;
    /* What was ignored, as nohup does, stays ignored. */
    if (sigaction(watched_ends[i].number, NULL, &before) || before.sa_handler == SIG_IGN) continue;
    memset(&action, 0, sizeof action);
    action.sa_handler = watched_ends[i].handler; /* no SA_RESTART: a waiting read returns EINTR */
    sigemptyset(&action.sa_mask);
    sigaction(watched_ends[i].number, &action, NULL);
  }
}

int lk_end_signal(void) { return ending; }

void lk_before_end(void (*function)(void)) { restore = function; }

void lk_set_idle(int idle) { is_idle = idle; }

volatile sig_atomic_t *lk_watch_interrupts(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  if (!has_terminal) has_terminal = tcgetattr(0, &terminal) == 0;
  action.sa_handler = handle; /* no SA_RESTART: a waiting read returns EINTR */
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  watch_ends();
  /* A parent may have left it blocked. */
  sigset_t interrupt;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  sigprocmask(SIG_UNBLOCK, &interrupt, NULL);
  return &flag;
}

/* ---- The watchdog ----------------------------------------------------------------------------- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed;
static lk_vm *watched; /* those whose runs have a time limit; a list */
static int is_enabled, is_started;
static uint64_t wakes = UINT64_MAX;

void lk_end_stuck_programs(void) { is_enabled = 1; }

static uint64_t read_clock(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time) != 0) return 0;
  return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

/* When to look at a run again, at the latest; `now` where it is to be ended. */
static uint64_t next_look(lk_vm *vm, uint64_t now) {
  uint64_t used = read_clock(vm->clock);
  uint64_t wall_end = __atomic_load_n(&vm->wall_end, __ATOMIC_RELAXED);
  uint64_t cpu_end = __atomic_load_n(&vm->cpu_end, __ATOMIC_RELAXED);
  int is_over = (cpu_end && used >= cpu_end) || (wall_end && now >= wall_end);
  if (!is_over) {
    uint64_t by_cpu = cpu_end ? now + (cpu_end - used) : UINT64_MAX;
    vm->overdue_from = 0;
    return wall_end && wall_end < by_cpu ? wall_end : by_cpu;
  }
  /* The host looks at the limit by itself, and may be in the middle of a commit. */
  if (__atomic_load_n(&vm->is_outside, __ATOMIC_ACQUIRE)) {
    vm->overdue_from = 0;
    return now + BETWEEN_LOOKS;
  }
  if (!vm->overdue_from) vm->overdue_from = used;
  uint64_t over = used - vm->overdue_from;
  int is_late = wall_end && now >= wall_end + LATE;
  return over >= (is_late ? GRACE / 2 : GRACE) ? now : now + BETWEEN_LOOKS;
}

static void *watch(void *unused) {
  (void)unused;
  pthread_mutex_lock(&lock);
  for (;;) {
    uint64_t now = read_clock(CLOCK_MONOTONIC);
    wakes = UINT64_MAX;
    for (lk_vm *vm = watched; vm; vm = vm->next_watched) {
      uint64_t next = next_look(vm, now);
      if (next <= now)
        end_program(
            "error: time limit reached in a step that Lua cannot interrupt. The program ended. ",
            1);
      if (next < wakes) wakes = next;
    }
    if (wakes == UINT64_MAX) pthread_cond_wait(&changed, &lock);
    else {
      struct timespec until = {(time_t)(wakes / SECOND), (long)(wakes % SECOND)};
      pthread_cond_timedwait(&changed, &lock, &until);
    }
  }
  return NULL;
}

static int start(void) {
  pthread_condattr_t attributes;
  pthread_t thread;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&changed, &attributes);
  /* Signals are for the thread that works. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int failed = pthread_create(&thread, NULL, watch, NULL);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (!failed) pthread_detach(thread);
  return !failed;
}

void lk_begin_watch(lk_vm *vm) {
  if (!is_enabled || (!vm->wall_end && !vm->cpu_budget)) return;
  clockid_t clock;
  if (pthread_getcpuclockid(pthread_self(), &clock) != 0) return;
  if (vm->cpu_budget && !vm->cpu_end) lk_set_end(&vm->cpu_end, read_clock(clock) + vm->cpu_budget);
  pthread_mutex_lock(&lock);
  vm->clock = clock;
  vm->overdue_from = 0;
  if (!vm->is_watched) {
    vm->is_watched = 1;
    vm->next_watched = watched;
    watched = vm;
  }
  if (!is_started) is_started = start();
  uint64_t next = next_look(vm, read_clock(CLOCK_MONOTONIC));
  if (is_started && next < wakes) pthread_cond_signal(&changed);
  pthread_mutex_unlock(&lock);
}

void lk_end_watch(lk_vm *vm) {
  if (!vm->is_watched) return;
  pthread_mutex_lock(&lock);
  for (lk_vm **link = &watched; *link; link = &(*link)->next_watched) {
    if (*link != vm) continue;
    *link = vm->next_watched;
    break;
  }
  vm->is_watched = 0;
  pthread_mutex_unlock(&lock);
}
