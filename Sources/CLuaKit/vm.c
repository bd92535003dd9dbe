#define _POSIX_C_SOURCE 200809L

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "internal.h"

const char lk_key_library, lk_key_classes, lk_key_memory_text, lk_key_last;

lk_vm *lk_of(lua_State *L) { return *(lk_vm **)lua_getextraspace(L); }

/* ---- Memory ---------------------------------------------------------------------------------- */

/* With a NULL block Lua passes a type tag as the old size (manual, lua_Alloc). A shrink or a free
   never fails. */
static void *allocate(void *context, void *block, size_t old_size, size_t size) {
  lk_vm *vm = context;
  if (block == NULL) old_size = 0;
  if (size == 0) {
    free(block);
    vm->used -= old_size;
    return NULL;
  }
  if (size > old_size) {
    if (vm->fail_in == 0) return NULL;
    if (vm->fail_in > 0) vm->fail_in--;
    if (vm->limits.block && size > vm->limits.block) return NULL;
    if (vm->limits.memory && vm->used + (size - old_size) > vm->limits.memory) return NULL;
  }
  void *grown = realloc(block, size);
  if (grown == NULL) return size <= old_size ? block : NULL;
  vm->used = vm->used - old_size + size;
  return grown;
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
    size_t capacity = (buffer->length + length) * 2 + 64;
    char *grown = realloc(buffer->bytes, capacity);
    if (grown == NULL) return 0;
    buffer->bytes = grown;
    buffer->capacity = capacity;
  }
  if (length) memcpy(buffer->bytes + buffer->length, bytes, length);
  buffer->length += length;
  return 1;
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
  vm->killed = LK_NONE;
  vm->spent = 0;
  vm->limited = instructions != 0;
  vm->fuel = instructions;
  vm->cpu_end = cpu ? clock_now(CLOCK_THREAD_CPUTIME_ID) + cpu : 0;
  vm->wall_end = wall ? clock_now(CLOCK_MONOTONIC) + wall : 0;
  vm->output_left = output;
  lua_sethook(vm->state, lk_hook_L, LUA_MASKCOUNT, LK_HOOK_INTERVAL);
}

uint64_t lk_instructions(const lk_vm *vm) { return vm->spent; }
lk_limit lk_killed(const lk_vm *vm) { return vm->killed; }
void lk_set_interrupt(lk_vm *vm, volatile sig_atomic_t *flag) { vm->interrupt = flag; }

static const char *const limit_texts[] = {
    "", "instruction limit reached", "time limit reached", LK_OUT_OF_MEMORY,
    "output limit reached", "interrupted"};

/* The kill stays: our pcall and each way back from the host look at it. */
int lk_kill_L(lua_State *L, lk_limit limit) {
  lk_vm *vm = lk_of(L);
  if (vm->killed == LK_NONE) vm->killed = limit;
  lua_sethook(L, lk_hook_L, LUA_MASKCOUNT, 1);
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

void lk_charge_L(lua_State *L, uint64_t amount) {
  lk_vm *vm = lk_of(L);
  spend(vm, amount);
  if (vm->limited && vm->fuel == 0) lk_kill_L(L, LK_INSTRUCTIONS);
}

void lk_hook_L(lua_State *L, lua_Debug *record) {
  (void)record;
  lk_vm *vm = lk_of(L);
  if (vm->killed != LK_NONE) lk_kill_L(L, vm->killed);
  spend(vm, LK_HOOK_INTERVAL);
  if (vm->limited && vm->fuel == 0) lk_kill_L(L, LK_INSTRUCTIONS);
  if (vm->interrupt && *vm->interrupt) lk_kill_L(L, LK_INTERRUPT);
  if (vm->wall_end && clock_now(CLOCK_MONOTONIC) > vm->wall_end) lk_kill_L(L, LK_TIME);
  if (vm->cpu_end && clock_now(CLOCK_THREAD_CPUTIME_ID) > vm->cpu_end) lk_kill_L(L, LK_TIME);
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
    lua_pushliteral(L, "error: raised nil");
  } else {
    lua_pushfstring(L, "error: raised a %s", luaL_typename(L, 1));
  }
  return 1;
}

typedef struct entry {
  lua_CFunction body;
  lk_vm *vm;
  const char *name, *text;
  size_t length;
  const lk_value *values;
  uint32_t count, number, class_id;
  int flag, reference;
  lk_status status;
} entry;

static entry *entry_at(lua_State *L) { return lua_touserdata(L, 1); }

/* Calls `record->body` with the record as its one argument; never raises. */
static lk_status protect(lk_vm *vm, entry *record) {
  lua_State *L = vm->running;
  int top = lua_gettop(L);
  if (!lua_checkstack(L, 8)) {
    lk_set_message(vm, "stack overflow", 14);
    return LK_ERROR;
  }
  lua_pushcfunction(L, handle_error);
  lua_pushcfunction(L, record->body);
  lua_pushlightuserdata(L, record);
  record->status = LK_OK;
  int code = lua_pcall(L, 1, 0, top + 1);
  if (code != LUA_OK) {
    if (code == LUA_ERRMEM && vm->killed == LK_NONE) vm->killed = LK_MEMORY;
    size_t length = 0;
    const char *text =
        lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : NULL;
    if (text == NULL) {
      text = "error: of no text";
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
  /* Kept, so that a memory error never has to make its text (5.4.4: 25da574f). */
  lua_pushliteral(L, LK_OUT_OF_MEMORY);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &lk_key_memory_text);
  lua_newtable(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &lk_key_classes);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &lk_key_library); /* library */
  lk_open_base_L(L);
  lk_open_table_L(L);
  lk_open_text_L(L);
  return 0;
}

static void ignore_warning(void *context, const char *text, int more) {
  (void)context, (void)text, (void)more;
}

lk_vm *lk_open(lk_limits limits, uint64_t seed, lk_host host, void *context) {
  lk_vm *vm = calloc(1, sizeof *vm);
  if (vm == NULL) return NULL;
  vm->limits = limits;
  vm->host = host;
  vm->context = context;
  vm->fail_in = -1;
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
  vm->running = vm->state;
  entry record = {.body = setup, .vm = vm};
  if (protect(vm, &record) != LK_OK) {
    lk_close(vm);
    return NULL;
  }
  lk_arm(vm, 0, 0, 0, UINT64_MAX);
  return vm;
}

void lk_close(lk_vm *vm) {
  if (vm == NULL) return;
  lua_close(vm->state);
  free(vm->arguments.items);
  free(vm->results.items);
  free(vm->answer.items);
  free(vm->result_text.bytes);
  free(vm->answer_text.bytes);
  free(vm->message.bytes);
  free(vm);
}

/* ---- Running --------------------------------------------------------------------------------- */

static int compile(lua_State *L) {
  entry *record = entry_at(L);
  if (record->length > record->vm->limits.source && record->vm->limits.source)
    return luaL_error(
        L, "source: expected at most %d bytes, got %d", (int)record->vm->limits.source,
        (int)record->length);
  int code = luaL_loadbufferx(L, record->text, record->length, record->name, "t");
  if (code != LUA_OK) {
    size_t length;
    const char *text = lua_tolstring(L, -1, &length);
    static const char mark[] = "<eof>";
    const size_t mark_length = sizeof mark - 1;
    if (code == LUA_ERRSYNTAX && length >= mark_length &&
        memcmp(text + length - mark_length, mark, mark_length) == 0)
      record->status = LK_INCOMPLETE;
    return lua_error(L);
  }
  lua_rawgeti(L, LUA_REGISTRYINDEX, record->reference);
  if (lua_setupvalue(L, -2, 1) == NULL) lua_pop(L, 1);
  record->reference = luaL_ref(L, LUA_REGISTRYINDEX);
  return 0;
}

lk_status lk_compile(
    lk_vm *vm, const char *source, size_t length, const char *name, int environment,
    int *reference) {
  entry record = {
      .body = compile, .vm = vm, .text = source, .length = length, .name = name,
      .reference = environment};
  lk_status status = protect(vm, &record);
  *reference = record.reference;
  return status;
}

static int call(lua_State *L) {
  entry *record = entry_at(L);
  lk_vm *vm = record->vm;
  lua_rawgeti(L, LUA_REGISTRYINDEX, record->reference);
  int base = lua_gettop(L);
  for (uint32_t next = 0; next < record->count;) {
    luaL_checkstack(L, 4, "too many arguments");
    lk_push_L(L, record->values, record->count, &next);
  }
  lua_call(L, lua_gettop(L) - base, LUA_MULTRET);
  lk_check_L(L);
  vm->results.count = 0;
  vm->result_text.length = 0;
  if (record->flag == LK_KEEP) {
    lua_settop(L, base);
    int reference = luaL_ref(L, LUA_REGISTRYINDEX);
    if (!lk_values_add(
            &vm->results, (lk_value){.kind = LK_FUNCTION, .as.integer = reference}))
      return lk_kill_L(L, LK_MEMORY);
    return 0;
  }
  if (record->flag == LK_DISPLAY && lua_gettop(L) >= base) {
    lua_pushvalue(L, base);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &lk_key_last);
  }
  for (int index = base; index <= lua_gettop(L); index++)
    lk_read_L(L, index, &vm->results, &vm->result_text, record->flag == LK_DISPLAY);
  /* The texts were noted by offset while their buffer could still move. */
  for (uint32_t index = 0; index < vm->results.count; index++) {
    lk_value *value = &vm->results.items[index];
    if (value->kind == LK_STRING || value->kind == LK_OTHER)
      value->as.string.bytes = vm->result_text.bytes + (size_t)value->as.string.bytes;
  }
  return 0;
}

lk_status lk_call(
    lk_vm *vm, int reference, const lk_value *arguments, uint32_t count, lk_mode mode) {
  entry record = {
      .body = call, .vm = vm, .reference = reference, .values = arguments, .count = count,
      .flag = mode};
  vm->results.count = 0;
  return protect(vm, &record);
}

const lk_value *lk_results(const lk_vm *vm, uint32_t *count) {
  *count = vm->results.count;
  return vm->results.items;
}

void lk_release(lk_vm *vm, int reference) { luaL_unref(vm->running, LUA_REGISTRYINDEX, reference); }

static int environment(lua_State *L) {
  entry *record = entry_at(L);
  lk_environment_L(L, record->flag);
  record->reference = luaL_ref(L, LUA_REGISTRYINDEX);
  return 0;
}

lk_status lk_environment(lk_vm *vm, int sealed, int *reference) {
  entry record = {.body = environment, .vm = vm, .flag = sealed};
  lk_status status = protect(vm, &record);
  *reference = record.reference;
  return status;
}

static int set_global(lua_State *L) {
  entry *record = entry_at(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, record->reference);
  lua_pushstring(L, record->name);
  uint32_t next = 0;
  if (record->count == 0) lua_pushnil(L);
  else lk_push_L(L, record->values, record->count, &next);
  lua_rawset(L, -3);
  return 0;
}

lk_status lk_set_global(
    lk_vm *vm, int environment, const char *name, const lk_value *values, uint32_t count) {
  entry record = {
      .body = set_global, .vm = vm, .reference = environment, .name = name, .values = values,
      .count = count};
  return protect(vm, &record);
}

static int set_last(lua_State *L) {
  entry *record = entry_at(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, record->reference);
  lua_pushstring(L, record->name);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &lk_key_last);
  lua_rawset(L, -3);
  return 0;
}

lk_status lk_set_last(lk_vm *vm, int environment, const char *name) {
  entry record = {.body = set_last, .vm = vm, .reference = environment, .name = name};
  return protect(vm, &record);
}

static int globals(lua_State *L) {
  entry *record = entry_at(L);
  lk_vm *vm = record->vm;
  lua_rawgeti(L, LUA_REGISTRYINDEX, record->reference);
  vm->results.count = 0;
  vm->result_text.length = 0;
  lua_pushnil(L);
  while (lua_next(L, -2)) { /* environment name value */
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TSTRING)
      lk_read_L(L, lua_gettop(L), &vm->results, &vm->result_text, 0);
  }
  for (uint32_t index = 0; index < vm->results.count; index++) {
    lk_value *value = &vm->results.items[index];
    value->as.string.bytes = vm->result_text.bytes + (size_t)value->as.string.bytes;
  }
  return 0;
}

lk_status lk_globals(lk_vm *vm, int environment) {
  entry record = {.body = globals, .vm = vm, .reference = environment};
  return protect(vm, &record);
}

/* ---- Definitions ----------------------------------------------------------------------------- */

static int trampoline(lua_State *L) {
  return lk_host_L(L, (uint32_t)lua_tointeger(L, lua_upvalueindex(1)), 1);
}

static void push_operation_L(lua_State *L, uint32_t operation) {
  lua_pushinteger(L, operation);
  lua_pushcclosure(L, trampoline, 1);
}

static int define_function(lua_State *L) {
  entry *record = entry_at(L);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &lk_key_library); /* library */
  const char *dot = strchr(record->name, '.');
  if (dot == NULL) {
    push_operation_L(L, record->number);
    lua_setfield(L, -2, record->name);
    return 0;
  }
  lua_pushlstring(L, record->name, (size_t)(dot - record->name)); /* library space */
  lua_pushvalue(L, -1);
  if (lua_rawget(L, -3) == LUA_TNIL) {
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -2);
    lua_pushvalue(L, -2);
    lua_rawset(L, -5); /* library space table */
  }
  push_operation_L(L, record->number);
  lua_setfield(L, -2, dot + 1);
  return 0;
}

lk_status lk_define_function(lk_vm *vm, const char *name, uint32_t operation) {
  entry record = {.body = define_function, .vm = vm, .name = name, .number = operation};
  return protect(vm, &record);
}

static int define_global(lua_State *L) {
  entry *record = entry_at(L);
  uint32_t next = 0;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &lk_key_library);
  lk_push_L(L, record->values, record->count, &next);
  lua_setfield(L, -2, record->name);
  return 0;
}

lk_status lk_define_global(
    lk_vm *vm, const char *name, const lk_value *values, uint32_t count) {
  entry record = {
      .body = define_global, .vm = vm, .name = name, .values = values, .count = count};
  return protect(vm, &record);
}

void lk_define_missing_global(lk_vm *vm, uint32_t operation) { vm->missing_global = operation; }
void lk_define_print(lk_vm *vm, uint32_t operation) { vm->print = operation; }

/* An object's key: a member's operation, or what the class says of integers and of wrong names.
   Upvalues: 1 fields (name to operation), 2 methods (name to function), 3 the operation for an
   integer or nil, 4 the operation for a name that does not exist. */
static int object_index(lua_State *L) {
  /* self key */
  if (lua_type(L, 2) == LUA_TSTRING) {
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNUMBER) {
      uint32_t operation = (uint32_t)lua_tointeger(L, -1);
      lua_settop(L, 1);
      return lk_host_L(L, operation, 1);
    }
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL) return 1;
    lua_settop(L, 2);
  } else if (lua_isinteger(L, 2)) {
    lua_rawgeti(L, lua_upvalueindex(3), 1);
    if (lua_type(L, -1) == LUA_TNUMBER) {
      uint32_t operation = (uint32_t)lua_tointeger(L, -1);
      lua_settop(L, 2);
      return lk_host_L(L, operation, 1);
    }
    lua_settop(L, 2);
  }
  return lk_host_L(L, (uint32_t)lua_tointeger(L, lua_upvalueindex(4)), 1);
}

static int object_newindex(lua_State *L) {
  const char *name = lua_tostring(L, lua_upvalueindex(1));
  if (lua_type(L, 2) == LUA_TSTRING)
    return luaL_error(L, "%s.%s is read-only", name, lua_tostring(L, 2));
  return luaL_error(L, "%s is read-only", name);
}

/* The class table holds: fields, methods, integer operations, metatable. */
static int define_class(lua_State *L) {
  entry *record = entry_at(L);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &lk_key_classes); /* classes */
  lua_createtable(L, 4, 0);                           /* classes class */
  for (int index = 1; index <= 3; index++) {
    lua_newtable(L);
    lua_rawseti(L, -2, index);
  }
  lua_createtable(L, 0, 12); /* classes class metatable */
  lua_pushstring(L, record->name);
  lua_setfield(L, -2, "__name");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  for (int index = 1; index <= 3; index++) lua_rawgeti(L, -1 - index, index);
  lua_pushinteger(L, record->number);
  lua_pushcclosure(L, object_index, 4);
  lua_setfield(L, -2, "__index");
  lua_pushstring(L, record->name);
  lua_pushcclosure(L, object_newindex, 1);
  lua_setfield(L, -2, "__newindex");
  lua_rawseti(L, -2, 4);
  lua_rawseti(L, -2, record->class_id);
  return 0;
}

lk_status lk_define_class(lk_vm *vm, uint32_t class_id, const char *name, uint32_t missing) {
  entry record = {
      .body = define_class, .vm = vm, .class_id = class_id, .name = name, .number = missing};
  return protect(vm, &record);
}

static int define_member(lua_State *L) {
  entry *record = entry_at(L);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &lk_key_classes);
  lua_rawgeti(L, -1, record->class_id);
  lua_rawgeti(L, -1, record->flag ? 2 : 1);
  if (record->flag) push_operation_L(L, record->number);
  else lua_pushinteger(L, record->number);
  lua_setfield(L, -2, record->name);
  return 0;
}

lk_status lk_define_member(
    lk_vm *vm, uint32_t class_id, const char *name, uint32_t operation, int is_method) {
  entry record = {
      .body = define_member, .vm = vm, .class_id = class_id, .name = name,
      .number = operation, .flag = is_method};
  return protect(vm, &record);
}

static int define_event(lua_State *L) {
  entry *record = entry_at(L);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &lk_key_classes);
  lua_rawgeti(L, -1, record->class_id);
  if (strcmp(record->name, "index") == 0) {
    lua_rawgeti(L, -1, 3);
    lua_pushinteger(L, record->number);
    lua_rawseti(L, -2, 1);
    return 0;
  }
  lua_rawgeti(L, -1, 4);
  lua_pushfstring(L, "__%s", record->name);
  push_operation_L(L, record->number);
  lua_rawset(L, -3);
  return 0;
}

lk_status lk_define_event(lk_vm *vm, uint32_t class_id, const char *event, uint32_t operation) {
  entry record = {
      .body = define_event, .vm = vm, .class_id = class_id, .name = event, .number = operation};
  return protect(vm, &record);
}

/* ---- The host's answer ----------------------------------------------------------------------- */

void lk_answer_reset(lk_vm *vm) {
  vm->answer.count = 0;
  vm->answer_text.length = 0;
}
static void answer(lk_vm *vm, lk_value value) {
  if (!lk_values_add(&vm->answer, value)) vm->killed = LK_MEMORY;
}
void lk_answer_nil(lk_vm *vm) { answer(vm, (lk_value){.kind = LK_NIL}); }
void lk_answer_boolean(lk_vm *vm, int value) {
  answer(vm, (lk_value){.kind = LK_BOOLEAN, .as.integer = value});
}
void lk_answer_integer(lk_vm *vm, int64_t value) {
  answer(vm, (lk_value){.kind = LK_INTEGER, .as.integer = value});
}
void lk_answer_number(lk_vm *vm, double value) {
  answer(vm, (lk_value){.kind = LK_NUMBER, .as.number = value});
}
void lk_answer_string(lk_vm *vm, const char *bytes, size_t length) {
  size_t offset = vm->answer_text.length;
  if (!lk_bytes_add(&vm->answer_text, bytes, length)) vm->killed = LK_MEMORY;
  else answer(vm, (lk_value){.kind = LK_STRING, .as.string = {(const char *)offset, length}});
}
void lk_answer_object(lk_vm *vm, lk_object value) {
  answer(vm, (lk_value){.kind = LK_OBJECT, .as.object = value});
}
void lk_answer_reference(lk_vm *vm, int reference) {
  answer(vm, (lk_value){.kind = LK_FUNCTION, .as.integer = reference});
}
void lk_answer_table(lk_vm *vm, uint32_t pairs) {
  answer(vm, (lk_value){.kind = LK_TABLE, .count = pairs});
}
void lk_fail(lk_vm *vm, const char *bytes, size_t length) { lk_set_message(vm, bytes, length); }
