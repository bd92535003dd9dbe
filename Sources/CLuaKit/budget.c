#define _POSIX_C_SOURCE 200809L

#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "internal.h"

/* What a run may spend: instructions, time and output, and how it is cut off. */

static uint64_t clock_now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void lk_arm(lk_vm *vm, lk_budget budget) {
  vm->killed = vm->expired = LK_NONE;
  vm->spent = 0;
  vm->unpolled = 0;
  vm->limited = budget.instructions != 0;
  vm->fuel = budget.instructions;
  /* Its clock is a system call: it starts with the first look at it, which a small rule never takes. */
  vm->cpu_budget = budget.cpu;
  lk_set_end(&vm->cpu_end, 0);
  lk_set_end(&vm->wall_end, budget.wall ? clock_now(CLOCK_MONOTONIC) + budget.wall : 0);
  vm->output_left = budget.output;
  vm->armed = budget;
  vm->stamp++;
  lua_sethook(vm->state, lk_hook_L, lk_hook_mask(vm), vm->interval);
  /* One whose tables are small has no step that takes long. */
  if (vm->limits.entries == 0) lk_begin_watch(vm);
}

uint64_t lk_processor_time(void) { return clock_now(CLOCK_THREAD_CPUTIME_ID); }

static uint64_t until(uint64_t end, uint64_t now) { return end > now ? end - now : 1; }

lk_budget lk_left(lk_vm *vm) {
  lk_budget left = {.output = vm->output_left};
  if (vm->limited) left.instructions = vm->fuel > 0 ? vm->fuel : 1;
  if (vm->cpu_budget) {
    uint64_t now = lk_processor_time();
    if (!vm->cpu_end) lk_set_end(&vm->cpu_end, now + vm->cpu_budget);
    left.cpu = until(vm->cpu_end, now);
  }
  if (vm->wall_end) left.wall = until(vm->wall_end, clock_now(CLOCK_MONOTONIC));
  return left;
}

void lk_disarm(lk_vm *vm) { lk_end_watch(vm); }

void lk_note_lines(lk_vm *vm, const char *source, unsigned char *lines, uint32_t count) {
  vm->line_source = source;
  vm->lines = lines;
  vm->line_count = count;
}

void lk_rearm(lk_vm *vm) {
  vm->expired = LK_NONE;
  vm->spent = vm->unpolled = 0;
  vm->fuel = vm->armed.instructions;
  lk_set_end(&vm->cpu_end, 0);
  vm->output_left = vm->armed.output;
  /* Each begins to count anew, as if it were alone. */
  lua_sethook(vm->state, lk_hook_L, lk_hook_mask(vm), vm->interval);
}

void lk_touch(lk_vm *vm) { vm->stamp++; }

void lk_begin_pass(lk_vm *vm) { vm->pass = ++vm->passes; }
void lk_end_pass(lk_vm *vm) { vm->pass = 0; }

uint64_t lk_instructions(const lk_vm *vm) { return vm->spent; }
lk_limit lk_killed(const lk_vm *vm) { return vm->killed; }
void lk_set_interrupt(lk_vm *vm, volatile sig_atomic_t *flag) { vm->interrupt = flag; }

/* About a tenth of a millisecond of work that no hook counts. */
#define POLL_AFTER 4096

static const char *const limit_texts[] = {
    "", "instruction limit reached", "time limit reached", LK_OUT_OF_MEMORY,
    "output limit reached", "interrupted", "the host holds too much for this run"};

/* The kill stays: our pcall and each way back from the host look at it. */
int lk_kill_L(lua_State *L, lk_limit limit) {
  lk_vm *vm = lk_of(L);
  if (vm->killed == LK_NONE) vm->killed = limit;
  lua_sethook(L, lk_hook_L, lk_hook_mask(vm), 1);
  return luaL_error(L, "%s", limit_texts[vm->killed]);
}

void lk_check_L(lua_State *L) {
  lk_vm *vm = lk_of(L);
  if (vm->killed != LK_NONE) lk_kill_L(L, vm->killed);
}

static void spend(lk_vm *vm, uint64_t amount) {
  vm->spent += amount;
  vm->fuel = vm->fuel > amount ? vm->fuel - amount : 0;
}

void lk_charge(lk_vm *vm, uint64_t amount) { spend(vm, amount); }

void lk_excuse(lk_vm *vm, uint64_t time) {
  if (vm->cpu_end) lk_set_end(&vm->cpu_end, vm->cpu_end + time);
  if (vm->wall_end) lk_set_end(&vm->wall_end, vm->wall_end + time);
}

int lk_spend_output(lk_vm *vm, uint64_t bytes) {
  if (bytes > vm->output_left) {
    if (vm->killed == LK_NONE) vm->killed = LK_OUTPUT;
    return 0;
  }
  vm->output_left -= bytes;
  return 1;
}

void lk_charge_L(lua_State *L, uint64_t amount) {
  lk_vm *vm = lk_of(L);
  spend(vm, amount);
  if (vm->limited && vm->fuel == 0) lk_kill_L(L, LK_INSTRUCTIONS);
  vm->unpolled += amount;
  if (vm->unpolled >= POLL_AFTER) lk_poll_L(L);
}

static void note_line(lua_State *L, lk_vm *vm, lua_Debug *record) {
  if (record->currentline <= 0 || (uint32_t)record->currentline > vm->line_count) return;
  lua_getinfo(L, "S", record);
  if (strcmp(record->source, vm->line_source) == 0) vm->lines[record->currentline - 1] = 1;
}

void lk_hook_L(lua_State *L, lua_Debug *record) {
  lk_vm *vm = lk_of(L);
  if (vm->killed != LK_NONE) lk_kill_L(L, vm->killed);
  if (record->event == LUA_HOOKLINE) {
    if (vm->lines) note_line(L, vm, record);
    return;
  }
  int interval = lua_gethookcount(L);
  lk_charge_L(L, (uint64_t)interval);
  lk_poll_L(L);
  if (interval != vm->interval) lua_sethook(L, lk_hook_L, lk_hook_mask(vm), vm->interval);
}

/* Of the whole program, as a command may run many VMs: when all of them end; 0 for never. */
static _Atomic uint64_t deadline;

void lk_end_runs_after(uint64_t time) {
  deadline = time ? clock_now(CLOCK_MONOTONIC) + time : 0;
}

int lk_runs_have_an_end(void) { return deadline != 0; }

int lk_runs_are_over(void) {
  uint64_t end = deadline;
  return end && clock_now(CLOCK_MONOTONIC) > end;
}

/* What has run out, if anything; remembered, so that a host call that met it ends the run. */
lk_limit lk_expired(lk_vm *vm) {
  if (vm->expired == LK_NONE) {
    if (vm->interrupt && *vm->interrupt) vm->expired = LK_INTERRUPT;
    else if (lk_runs_are_over()) vm->expired = LK_TIME;
    else if (vm->wall_end && clock_now(CLOCK_MONOTONIC) > vm->wall_end) vm->expired = LK_TIME;
    else if (vm->cpu_budget) {
      uint64_t now = clock_now(CLOCK_THREAD_CPUTIME_ID);
      if (!vm->cpu_end) lk_set_end(&vm->cpu_end, now + vm->cpu_budget);
      else if (now > vm->cpu_end) vm->expired = LK_TIME;
    }
  }
  return vm->expired;
}

void lk_poll_L(lua_State *L) {
  lk_vm *vm = lk_of(L);
  vm->unpolled = 0;
  lk_limit expired = lk_expired(vm);
  if (expired != LK_NONE) lk_kill_L(L, expired);
}
