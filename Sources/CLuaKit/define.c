/* What the host offers to scripts, and how it answers them. */
#include <string.h>

#include "internal.h"

/* ---- Definitions ----------------------------------------------------------------------------- */

static int trampoline(lua_State *L) {
  return lk_host_L(L, (uint32_t)lua_tointeger(L, lua_upvalueindex(1)), 1);
}

static void push_operation_L(lua_State *L, uint32_t operation) {
  lua_pushinteger(L, operation);
  lua_pushcclosure(L, trampoline, 1);
}

static int define_function(lua_State *L) {
  lk_entry *record = lk_entry_at(L);
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
  lk_entry record = {.body = define_function, .vm = vm, .name = name, .number = operation};
  return lk_protect(vm, &record);
}

static int define_global(lua_State *L) {
  lk_entry *record = lk_entry_at(L);
  uint32_t next = 0;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &lk_key_library);
  lk_push_L(L, record->values, record->count, &next);
  lua_setfield(L, -2, record->name);
  return 0;
}

lk_status lk_define_global(
    lk_vm *vm, const char *name, const lk_value *values, uint32_t count) {
  lk_entry record = {
      .body = define_global, .vm = vm, .name = name, .values = values, .count = count};
  return lk_protect(vm, &record);
}

void lk_define_missing_global(lk_vm *vm, uint32_t operation) { vm->missing_global = operation; }
void lk_define_print(lk_vm *vm, uint32_t operation) { vm->print = operation; }
void lk_define_refusals(lk_vm *vm, uint32_t missing_member, uint32_t written_member) {
  vm->missing_member = missing_member;
  vm->written_member = written_member;
}

/* A float of whole value is a place, as for a table: the key becomes an integer. */
static int is_place(lua_State *L) {
  int whole;
  lua_Integer place = lua_tointegerx(L, 2, &whole);
  if (!whole) return 0;
  lua_pushinteger(L, place);
  lua_replace(L, 2);
  return 1;
}

/* An object's key: a member's operation, or what the class says of integers and of wrong names.
   Upvalues: 1 fields (name to operation), 2 methods (name to function), 3 the operation for an
   integer or nil, 4 the operation for a name that does not exist, 5 whether fields are remembered. */
static int object_index(lua_State *L) {
  /* self key */
  const lk_payload *self = lk_payload_at(L, 1);
  if (self == NULL) return luaL_error(L, "expected an object of the host");
  if (lua_type(L, 2) == LUA_TSTRING) {
    int remembers = lua_toboolean(L, lua_upvalueindex(5));
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNUMBER) {
      lua_Integer number = lua_tointeger(L, -1);
      uint32_t operation = (uint32_t)(number & ((1 << LK_SLOT_SHIFT) - 1));
      lua_settop(L, 2);
      if (lk_viewed_field_L(L, self, (uint32_t)(number >> LK_SLOT_SHIFT))) return 1;
      if (remembers && lk_cached_L(L)) return 1;
      lua_pushvalue(L, 1); /* self key self */
      int count = lk_host_L(L, operation, 3);
      if (count == 1 && remembers) lk_remember_L(L, 2);
      return count;
    }
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL) return 1;
    lua_settop(L, 2);
  } else if (lua_type(L, 2) == LUA_TNUMBER && is_place(L)) {
    lua_rawgeti(L, lua_upvalueindex(3), 1);
    if (lua_type(L, -1) == LUA_TNUMBER) {
      uint32_t operation = (uint32_t)lua_tointeger(L, -1);
      lua_settop(L, 2);
      if (lk_viewed_item_L(L, self)) return 1;
      return lk_host_L(L, operation, 1);
    }
    lua_settop(L, 2);
  }
  return lk_host_L(L, (uint32_t)lua_tointeger(L, lua_upvalueindex(4)), 1);
}

static int object_newindex(lua_State *L) {
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_replace(L, 1); /* name key value */
  return lk_refuse_write_L(L);
}

/* The class table holds: fields, methods, integer operations, metatable. */
static int define_class(lua_State *L) {
  lk_entry *record = lk_entry_at(L);
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
  lua_pushboolean(L, record->flag);
  lua_pushcclosure(L, object_index, 5);
  lua_setfield(L, -2, "__index");
  lua_pushstring(L, record->name);
  lua_pushcclosure(L, object_newindex, 1);
  lua_setfield(L, -2, "__newindex");
  lua_pushvalue(L, -1);
  int reference = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_rawseti(L, -2, 4);
  lua_rawseti(L, -2, record->class_id);
  record->vm->metatables[record->class_id] = reference;
  return 0;
}

lk_status lk_define_class(
    lk_vm *vm, uint32_t class_id, const char *name, uint32_t missing, int remembers) {
  if (class_id >= LK_CLASSES) {
    lk_set_message(vm, "class: number out of range", 26);
    return LK_ERROR;
  }
  lk_entry record = {
      .body = define_class, .vm = vm, .class_id = class_id, .name = name, .number = missing,
      .flag = remembers};
  return lk_protect(vm, &record);
}

static int define_member(lua_State *L) {
  lk_entry *record = lk_entry_at(L);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &lk_key_classes);
  lua_rawgeti(L, -1, record->class_id);
  lua_rawgeti(L, -1, record->flag ? 2 : 1);
  if (record->flag) push_operation_L(L, record->number);
  else lua_pushinteger(L, (lua_Integer)record->slot << LK_SLOT_SHIFT | record->number);
  lua_setfield(L, -2, record->name);
  return 0;
}

lk_status lk_define_member(
    lk_vm *vm, uint32_t class_id, const char *name, uint32_t operation, int is_method) {
  lk_entry record = {
      .body = define_member, .vm = vm, .class_id = class_id, .name = name,
      .number = operation, .flag = is_method};
  return lk_protect(vm, &record);
}

lk_status lk_define_viewed(
    lk_vm *vm, uint32_t class_id, const char *name, uint32_t operation, uint32_t slot) {
  lk_entry record = {
      .body = define_member, .vm = vm, .class_id = class_id, .name = name,
      .number = operation, .slot = slot};
  return lk_protect(vm, &record);
}

static int define_event(lua_State *L) {
  lk_entry *record = lk_entry_at(L);
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
  int is_le = strcmp(record->name, "le") == 0;
  if (record->class_id == record->vm->amount_class && (is_le || strcmp(record->name, "lt") == 0)) {
    lua_pushinteger(L, record->number);
    lua_pushboolean(L, is_le);
    lua_pushcclosure(L, lk_compare_amounts_L, 2);
  } else if (strcmp(record->name, "len") == 0) {
    lua_pushinteger(L, record->number);
    lua_pushcclosure(L, lk_object_len_L, 1);
  } else {
    push_operation_L(L, record->number);
  }
  lua_rawset(L, -3);
  return 0;
}

lk_status lk_define_event(lk_vm *vm, uint32_t class_id, const char *event, uint32_t operation) {
  lk_entry record = {
      .body = define_event, .vm = vm, .class_id = class_id, .name = event, .number = operation};
  return lk_protect(vm, &record);
}

/* ---- The host's answer ----------------------------------------------------------------------- */

void lk_answer_reset(lk_vm *vm) {
  vm->answer.count = 0;
  lk_bytes_reset(&vm->answer_text);
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
static void answer_named(
    lk_vm *vm, lk_kind kind, uint32_t pairs, const char *name, size_t length) {
  size_t offset = vm->answer_text.length;
  if (!lk_bytes_add(&vm->answer_text, name, length)) vm->killed = LK_MEMORY;
  else
    answer(
        vm, (lk_value){
                .kind = kind, .count = pairs, .as.string = {(const char *)offset, length}});
}
void lk_answer_sealed(lk_vm *vm, uint32_t pairs, const char *name, size_t length) {
  answer_named(vm, LK_SEALED, pairs, name, length);
}
void lk_answer_record(
    lk_vm *vm, uint32_t pairs, int is_sealed, const char *name, size_t length) {
  answer_named(vm, is_sealed ? LK_SEALED_RECORD : LK_RECORD, pairs, name, length);
}
void lk_fail(lk_vm *vm, const char *bytes, size_t length) { lk_set_message(vm, bytes, length); }
