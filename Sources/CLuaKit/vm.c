#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

const char lk_key_library, lk_key_classes, lk_key_memory_text, lk_key_handling_text, lk_key_last,
    lk_key_shadows;

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
  lk_arm(vm, (lk_budget){.output = UINT64_MAX});
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
