/* Compiling chunks, calling functions, and the globals of environments. */
#include <string.h>

#include "internal.h"

#define PIECE 512

/* A text on its way into the parser. */
typedef struct source {
  const char *head; /* NULL once it was read, or where there is none */
  const char *text;
  size_t length;
  int is_charged;
} source;

/* Some texts cost the parser time in the square of their length, and no hook runs in it: it is given
   small pieces, and between two of them it can be cut off. */
static const char *read_piece(lua_State *L, void *data, size_t *size) {
  source *from = data;
  const char *piece = from->head;
  if (piece) {
    from->head = NULL;
    *size = strlen(piece);
    return piece;
  }
  piece = from->text;
  *size = from->length < PIECE ? from->length : PIECE;
  from->text += *size;
  from->length -= *size;
  if (from->is_charged) {
    lk_charge_L(L, *size / 4);
    lk_poll_L(L);
  }
  return *size ? piece : NULL;
}

int lk_load_L(lua_State *L, const char *head, const char *text, size_t length, const char *name) {
  lk_check_stack_L(L);
  /* The host may compile after a kill, before the next run is armed. */
  source from = {head, text, length, lk_of(L)->killed == LK_NONE};
  int code = lua_load(L, read_piece, &from, name, "t");
  if (from.is_charged) lk_check_L(L);
  return code;
}

static int compile(lua_State *L) {
  lk_entry *record = lk_entry_at(L);
  if (record->length > record->vm->limits.source && record->vm->limits.source)
    return luaL_error(
        L, "source: expected at most %d bytes, got %d", (int)record->vm->limits.source,
        (int)record->length);
  int is_template = record->reference == LK_TEMPLATE;
  if (is_template && record->length > 0 && record->text[0] == LUA_SIGNATURE[0])
    return luaL_error(L, "attempt to load a binary chunk (mode is 't')");
  /* A template's environment is a local of the chunk: functions of one instance would share an upvalue
     with those of the next. */
  int code = lk_load_L(
      L, is_template ? "local _ENV=...;" : NULL, record->text, record->length, record->name);
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
  if (!is_template) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, record->reference);
    if (lua_setupvalue(L, -2, 1) == NULL) lua_pop(L, 1);
  }
  record->reference = luaL_ref(L, LUA_REGISTRYINDEX);
  return 0;
}

lk_status lk_compile(
    lk_vm *vm, const char *source, size_t length, const char *name, int environment,
    int *reference) {
  lk_entry record = {
      .body = compile, .vm = vm, .text = source, .length = length, .name = name,
      .reference = environment};
  lk_status status = lk_protect(vm, &record);
  *reference = record.reference;
  return status;
}

static int call(lua_State *L) {
  lk_entry *record = lk_entry_at(L);
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
  vm->read = 0;
  lk_bytes_reset(&vm->result_text);
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
      lk_locate(value, &vm->result_text);
  }
  return 0;
}

lk_status lk_call(
    lk_vm *vm, int reference, const lk_value *arguments, uint32_t count, lk_mode mode) {
  lk_entry record = {
      .body = call, .vm = vm, .reference = reference, .values = arguments, .count = count,
      .flag = mode};
  vm->results.count = 0;
  return lk_protect(vm, &record);
}

static int instantiate(lua_State *L) {
  lk_entry *record = lk_entry_at(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, record->reference);
  lua_rawgeti(L, LUA_REGISTRYINDEX, (lua_Integer)record->number);
  lua_call(L, 1, 1);
  lk_check_L(L);
  record->reference = luaL_ref(L, LUA_REGISTRYINDEX);
  return 0;
}

lk_status lk_instantiate(lk_vm *vm, int chunk, int environment, int *result) {
  lk_entry record = {
      .body = instantiate, .vm = vm, .reference = chunk, .number = (uint32_t)environment};
  lk_status status = lk_protect(vm, &record);
  *result = record.reference;
  return status;
}

const lk_value *lk_results(const lk_vm *vm, uint32_t *count) {
  *count = vm->results.count;
  return vm->results.items;
}

void lk_keep(lk_vm *vm, int reference) {
  for (uint32_t index = 0; index < vm->transient.count; index++) {
    lk_value *value = &vm->transient.items[index];
    if (value->as.integer == reference) value->as.integer = LUA_NOREF;
  }
}

void lk_release(lk_vm *vm, int reference) { luaL_unref(vm->running, LUA_REGISTRYINDEX, reference); }

static int environment(lua_State *L) {
  lk_entry *record = lk_entry_at(L);
  lk_environment_L(L, record->flag);
  record->reference = luaL_ref(L, LUA_REGISTRYINDEX);
  return 0;
}

lk_status lk_environment(lk_vm *vm, int sealed, int *reference) {
  lk_entry record = {.body = environment, .vm = vm, .flag = sealed};
  lk_status status = lk_protect(vm, &record);
  *reference = record.reference;
  return status;
}

static int set_global(lua_State *L) {
  lk_entry *record = lk_entry_at(L);
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
  lk_entry record = {
      .body = set_global, .vm = vm, .reference = environment, .name = name, .values = values,
      .count = count};
  return lk_protect(vm, &record);
}

static int set_last(lua_State *L) {
  lk_entry *record = lk_entry_at(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, record->reference);
  lua_pushstring(L, record->name);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &lk_key_last);
  lua_rawset(L, -3);
  return 0;
}

lk_status lk_set_last(lk_vm *vm, int environment, const char *name) {
  lk_entry record = {.body = set_last, .vm = vm, .reference = environment, .name = name};
  return lk_protect(vm, &record);
}

static int globals(lua_State *L) {
  lk_entry *record = lk_entry_at(L);
  lk_vm *vm = record->vm;
  lua_rawgeti(L, LUA_REGISTRYINDEX, record->reference);
  vm->results.count = 0;
  vm->read = 0;
  lk_bytes_reset(&vm->result_text);
  lua_pushnil(L);
  while (lua_next(L, -2)) { /* environment name value */
    if (lua_type(L, -2) == LUA_TSTRING) {
      lk_read_L(L, lua_gettop(L) - 1, &vm->results, &vm->result_text, 0);
      /* A host object stands behind its name. */
      if (lua_type(L, -1) == LUA_TUSERDATA && lk_payload_at(L, -1))
        lk_read_L(L, lua_gettop(L), &vm->results, &vm->result_text, 0);
    }
    lua_pop(L, 1);
  }
  for (uint32_t index = 0; index < vm->results.count; index++) {
    lk_value *value = &vm->results.items[index];
    if (value->kind == LK_STRING) lk_locate(value, &vm->result_text);
  }
  return 0;
}

lk_status lk_globals(lk_vm *vm, int environment) {
  lk_entry record = {.body = globals, .vm = vm, .reference = environment};
  return lk_protect(vm, &record);
}

static int active_lines(lua_State *L) {
  lk_entry *record = lk_entry_at(L);
  unsigned char *lines = (unsigned char *)record->name;
  lua_Debug debug;
  if (lua_rawgeti(L, LUA_REGISTRYINDEX, record->reference) != LUA_TFUNCTION) return 0;
  lua_getinfo(L, ">L", &debug); /* table */
  if (!lua_istable(L, -1)) return 0;
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
    lua_Integer line = lua_tointeger(L, -2);
    if (line >= 1 && line <= (lua_Integer)record->count) lines[line - 1] = 1;
  }
  return 0;
}

lk_status lk_active_lines(lk_vm *vm, int function, unsigned char *lines, uint32_t count) {
  lk_entry record = {
      .body = active_lines, .vm = vm, .reference = function, .name = (const char *)lines,
      .count = count};
  return lk_protect(vm, &record);
}
