#define _POSIX_C_SOURCE 200809L

#include <setjmp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "internal.h"

const char lk_key_library, lk_key_classes, lk_key_memory_text, lk_key_handling_text, lk_key_last,
    lk_key_shadows, lk_key_row;

/* ---- Memory ---------------------------------------------------------------------------------- */

#define SMALL_BLOCK (1u << 20)
#define NODE_SIZE 24 /* of an entry of a table's hash part, on 64 bits */

/* One instruction can work through a whole block, so that a hundred of them between two looks at the
   budget would take seconds once there are large ones: the larger, the closer the looks. */
static void note_block(lk_vm *vm, size_t size) {
  vm->largest = size;
  size_t interval = LK_HOOK_INTERVAL / (size / SMALL_BLOCK);
  vm->interval = interval > 0 ? (int)interval : 1;
  if (vm->current) lua_sethook(vm->current, lk_hook_L, lk_hook_mask(vm), vm->interval);
}

/* Lua inserts the entries of a growing table in one step, and keys that a script chose to collide make
   that quadratic. Such a vector has 2^n entries. */
static int exceeds_entries(size_t size, size_t entries) {
  size_t count = size / NODE_SIZE;
  return count > entries && size % NODE_SIZE == 0 && (count & (count - 1)) == 0;
}

/* With a NULL block Lua passes a type tag as the old size (manual, lua_Alloc). A shrink or a free
   never fails. */
static void *allocate(void *context, void *block, size_t old_size, size_t size) {
  lk_vm *vm = context;
  /* Not an object: a vector, as a table's hash part is. */
  int is_vector = block == NULL && old_size == 0;
  if (block == NULL) old_size = 0;
  if (size == 0) {
    free(block);
    vm->used -= old_size;
    return NULL;
  }
  if (size > old_size) {
    if (size > SMALL_BLOCK && size > vm->largest) note_block(vm, size);
    if (vm->fail_in == 0) return NULL;
    if (vm->fail_in > 0) vm->fail_in--;
    if (vm->limits.block && size > vm->limits.block) return NULL;
    if (is_vector && vm->limits.entries && exceeds_entries(size, vm->limits.entries)) return NULL;
    if (vm->limits.memory && vm->used + vm->reserved + (size - old_size) > vm->limits.memory)
      return NULL;
  }
  void *grown = realloc(block, size);
  if (grown == NULL) return size <= old_size ? block : NULL;
  vm->used = vm->used - old_size + size;
  return grown;
}

/* Some is left for Lua, so that the host learns of the end before an allocation fails. */
static int fits(const lk_vm *vm) {
  size_t most = vm->limits.memory - vm->limits.memory / 16;
  return !vm->limits.memory || vm->used + vm->reserved <= most;
}

int lk_reserve(lk_vm *vm, size_t bytes) {
  vm->reserved = bytes;
  if (!fits(vm)) lua_gc(vm->running, LUA_GCCOLLECT);
  if (fits(vm)) return 1;
  if (vm->killed == LK_NONE) vm->killed = LK_UNSAVED;
  return 0;
}

size_t lk_memory(const lk_vm *vm) { return vm->used; }
void lk_fail_allocation(lk_vm *vm, int64_t countdown) { vm->fail_in = countdown; }

int lk_values_add(lk_values *list, lk_value value) {
  if (list->count == list->capacity) {
    uint32_t capacity = list->capacity ? list->capacity * 2 : 16;
    lk_value *items = realloc(list->items, capacity * sizeof *items);
    if (items == NULL) return 0;
    list->items = items;
    list->capacity = capacity;
  }
  list->items[list->count++] = value;
  return 1;
}

/* Texts are found again by their offset, as the buffer may move: see lk_read_L. */
int lk_bytes_add(lk_bytes *buffer, const char *bytes, size_t length) {
  if (length > buffer->capacity - buffer->length) {
    size_t capacity = buffer->capacity + buffer->capacity / 2;
    if (capacity < buffer->length + length + 64) capacity = buffer->length + length + 64;
    char *grown = realloc(buffer->bytes, capacity);
    if (grown == NULL) return 0;
    buffer->bytes = grown;
    buffer->capacity = capacity;
  }
  if (length) memcpy(buffer->bytes + buffer->length, bytes, length);
  buffer->length += length;
  return 1;
}

void lk_bytes_reset(lk_bytes *buffer) {
  buffer->length = 0;
  if (buffer->capacity <= SMALL_BLOCK) return;
  free(buffer->bytes);
  *buffer = (lk_bytes){NULL, 0, 0};
}

/* An empty text may have no buffer. */
void lk_locate(lk_value *value, const lk_bytes *buffer) {
  size_t offset = (size_t)value->as.string.bytes;
  value->as.string.bytes = buffer->bytes ? buffer->bytes + offset : "";
}

void lk_set_message(lk_vm *vm, const char *bytes, size_t length) {
  vm->message.length = 0;
  if (length > LK_MESSAGE_LIMIT) length = LK_MESSAGE_LIMIT;
  lk_bytes_add(&vm->message, bytes, length);
}

lk_string lk_message(const lk_vm *vm) {
  return (lk_string){vm->message.bytes, vm->message.length};
}

/* ---- Budget ---------------------------------------------------------------------------------- */

static uint64_t clock_now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void lk_arm(lk_vm *vm, uint64_t instructions, uint64_t cpu, uint64_t wall, uint64_t output) {
  vm->killed = vm->expired = LK_NONE;
  vm->spent = 0;
  vm->unpolled = 0;
  vm->limited = instructions != 0;
  vm->fuel = instructions;
  /* Its clock is a system call: it starts with the first look at it, which a small rule never takes. */
  vm->cpu_budget = cpu;
  lk_set_end(&vm->cpu_end, 0);
  lk_set_end(&vm->wall_end, wall ? clock_now(CLOCK_MONOTONIC) + wall : 0);
  vm->output_left = output;
  vm->armed_fuel = instructions;
  vm->armed_output = output;
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
  vm->fuel = vm->armed_fuel;
  lk_set_end(&vm->cpu_end, 0);
  vm->output_left = vm->armed_output;
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

/* ---- Protected entry ------------------------------------------------------------------------- */

/* A last resort: reaching it is a bug of this target, and a core dump beats undefined behaviour. */
static int panic(lua_State *L) {
  (void)L;
  fputs("cartio: internal error: Lua raised outside protection\n", stderr);
  abort();
}

/* Makes a text of any error value, without looking at the script's globals. */
static int handle_error(lua_State *L) {
  lk_vm *vm = lk_of(L);
  if (vm->killed != LK_NONE) return 1;
  if (lua_type(L, 1) == LUA_TSTRING || lua_type(L, 1) == LUA_TNUMBER) {
    lua_tolstring(L, 1, NULL);
    return 1;
  }
  if (lk_object_at(L, 1) != NULL) {
    lk_push_text_L(L, 1);
  } else if (lua_isnil(L, 1)) {
    lua_pushliteral(L, "raised nil, expected a text");
  } else {
    lua_pushfstring(L, "raised a %s, expected a text", luaL_typename(L, 1));
  }
  return 1;
}

/* Calls `record->body` with the record as its one argument; never raises. */
lk_status lk_protect(lk_vm *vm, lk_entry *record) {
  lua_State *L = vm->running;
  int top = lua_gettop(L);
  if (!lk_has_stack() || !lua_checkstack(L, 8)) {
    lk_set_message(vm, "stack overflow", 14);
    return LK_ERROR;
  }
  lua_pushcfunction(L, handle_error);
  lua_pushcfunction(L, record->body);
  lua_pushlightuserdata(L, record);
  record->status = LK_OK;
  int was_outside = vm->is_outside;
  lk_set_outside(vm, 0);
  int code = lua_pcall(L, 1, 0, top + 1);
  lk_set_outside(vm, was_outside);
  if (code != LUA_OK) {
    if (code == LUA_ERRMEM && vm->killed == LK_NONE) vm->killed = LK_MEMORY;
    size_t length = 0;
    const char *text =
        lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : NULL;
    if (text == NULL) {
      text = "raised something that is no text";
      length = strlen(text);
    }
    lk_set_message(vm, text, length);
    record->status = vm->killed != LK_NONE ? LK_KILLED
                     : record->status == LK_INCOMPLETE ? LK_INCOMPLETE : LK_ERROR;
  }
  lua_settop(L, top);
  return record->status;
}

/* ---- Opening --------------------------------------------------------------------------------- */

static int setup(lua_State *L) {
  /* Kept, so that such an error never has to make its text (5.4.4: 25da574f). */
  lua_pushliteral(L, LK_OUT_OF_MEMORY);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &lk_key_memory_text);
  lua_pushliteral(L, "error in error handling");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &lk_key_handling_text);
  lua_newtable(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &lk_key_classes);
  lk_open_rows_L(L);
  lua_newtable(L);
  lk_of(L)->viewed = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &lk_key_library); /* library */
  lk_open_base_L(L);
  lk_open_table_L(L);
  if (lk_of(L)->console) lk_open_console_L(L);
  lk_open_sealed_L(L);
  /* Where Lua looks for the name of a function that pcall called. */
  lua_createtable(L, 0, 8);
  lua_pushvalue(L, -2);
  lua_setfield(L, -2, LUA_GNAME);
  lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lk_open_text_L(L); /* last: it seals the metatable of texts, which luaopen_string makes anew */
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &lk_key_library);
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) { /* loaded library name value */
    if (lua_type(L, -1) != LUA_TTABLE) continue;
    lua_pushvalue(L, -2);
    lua_pushvalue(L, -2);
    lua_rawset(L, -6);
  }
  return 0;
}

static void ignore_warning(void *context, const char *text, int more) {
  (void)context, (void)text, (void)more;
}

lk_vm *lk_open(
    lk_profile profile, lk_limits limits, uint64_t seed, lk_host host, void *context) {
  lk_vm *vm = calloc(1, sizeof *vm);
  if (vm == NULL) return NULL;
  vm->limits = limits;
  vm->console = profile == LK_CONSOLE;
  vm->host = host;
  vm->context = context;
  vm->fail_in = limits.fail_at ? (int64_t)limits.fail_at - 1 : -1;
  vm->interval = LK_HOOK_INTERVAL;
  vm->is_outside = 1;
  vm->missing_member = vm->written_member = LK_NO_OPERATION;
  if (vm->limits.arguments == 0) vm->limits.arguments = 64;
  vm->random[0] = seed ^ 0x9e3779b97f4a7c15u;
  vm->random[1] = seed * 0xbf58476d1ce4e5b9u + 1;
  vm->state = lua_newstate(allocate, vm);
  if (vm->state == NULL) {
    free(vm);
    return NULL;
  }
  lua_atpanic(vm->state, panic);
  lua_setwarnf(vm->state, ignore_warning, NULL);
  *(lk_vm **)lua_getextraspace(vm->state) = vm;
  vm->running = vm->current = vm->state;
  lk_entry record = {.body = setup, .vm = vm};
  if (lk_protect(vm, &record) != LK_OK) {
    lk_close(vm);
    return NULL;
  }
  vm->fail_in = -1;
  lk_arm(vm, 0, 0, 0, UINT64_MAX);
  return vm;
}

size_t lk_close(lk_vm *vm) {
  if (vm == NULL) return 0;
  lk_end_watch(vm);
  lua_close(vm->state);
  size_t left = vm->used;
  free(vm->arguments.items);
  free(vm->results.items);
  free(vm->answer.items);
  free(vm->result_text.bytes);
  free(vm->answer_text.bytes);
  free(vm->verdict_text.bytes);
  free(vm->message.bytes);
  free(vm->transient.items);
  free(vm);
  return left;
}
