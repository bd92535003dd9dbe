/* Answers that need no call of the host: fields of the object of a view, and amounts compared. They
   charge what the host's answer would, so that a script's count is the same either way. */
#include <string.h>

#include "internal.h"

/* What the call of a field, with its one answer, is charged by lk_host_L. */
#define ANSWER_COST 12

void lk_show(lk_vm *vm, const lk_view *view) { vm->view = view; }

/* Pushes an object of the view: one that was made for the same place is used again. */
static void push_viewed_L(lua_State *L, lua_Integer place, lk_object value) {
  const lk_vm *vm = lk_of(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, vm->viewed);
  if (lua_rawgeti(L, -1, place) == LUA_TUSERDATA) {
    const lk_payload *known = lua_touserdata(L, -1);
    if (vm->pass && known->pass == vm->pass && known->object.class_id == value.class_id &&
        known->object.slot == value.slot && known->object.word == value.word) {
      lua_replace(L, -2);
      return;
    }
  }
  lua_pop(L, 1);
  lk_push_object_L(L, value);
  lua_pushvalue(L, -1);
  lua_rawseti(L, -3, place);
  lua_replace(L, -2);
}

static int push_value_L(lua_State *L, const lk_value *value, lua_Integer place) {
  switch (value->kind) {
    case LK_STRING: lua_pushlstring(L, value->as.string.bytes, value->as.string.length); break;
    case LK_INTEGER: lua_pushinteger(L, value->as.integer); break;
    case LK_NUMBER: lua_pushnumber(L, value->as.number); break;
    case LK_BOOLEAN: lua_pushboolean(L, value->as.integer != 0); break;
    case LK_OBJECT: push_viewed_L(L, place, value->as.object); break;
    default: return 0;
  }
  lk_charge_L(L, ANSWER_COST);
  return 1;
}

static void check_usable_L(lua_State *L, const lk_vm *vm, const lk_payload *self) {
  if (self->pass && self->pass != vm->pass) lk_usable_object_L(L, 1); /* raises */
  if (vm->killed != LK_NONE) lk_check_L(L);
}

/* Pushes the field of a slot, from 1, where the view answers for the object at 1. */
int lk_viewed_field_L(lua_State *L, const lk_payload *self, uint32_t slot) {
  const lk_vm *vm = lk_of(L);
  const lk_view *view = vm->view;
  if (view == NULL || slot == 0 || self->object.word != view->word) return 0;
  if (self->object.class_id == view->object_class) {
    if (slot > view->field_count) return 0;
    check_usable_L(L, vm, self);
    return push_value_L(L, &view->fields[slot - 1], slot);
  }
  if (self->object.class_id != view->item_class || !(self->object.slot & LK_VIEWED)) return 0;
  uint32_t place = self->object.slot & ~LK_VIEWED;
  if (place >= view->item_count || slot > view->item_fields) return 0;
  check_usable_L(L, vm, self);
  uint32_t index = place * view->item_fields + slot - 1;
  /* Behind the object's fields stand the items, each with one place more for itself. */
  return push_value_L(
      L, &view->items[index], view->field_count + 1 + place * (view->item_fields + 1) + slot);
}

static int is_viewed_list(const lk_vm *vm, const lk_object *object) {
  return vm->view && object->class_id == vm->view->list_class && object->slot == LK_VIEWED &&
         object->word == vm->view->word;
}

/* Pushes the item at the place that stands at 2, or nil behind the last. */
int lk_viewed_item_L(lua_State *L, const lk_payload *self) {
  const lk_vm *vm = lk_of(L);
  if (!is_viewed_list(vm, &self->object)) return 0;
  check_usable_L(L, vm, self);
  lk_charge_L(L, ANSWER_COST);
  const lk_view *view = vm->view;
  lua_Integer place = lua_tointeger(L, 2);
  if (place < 1 || place > (lua_Integer)view->item_count) lua_pushnil(L);
  else
    push_viewed_L(
        L, view->field_count + 1 + (place - 1) * (view->item_fields + 1),
        (lk_object){
            .class_id = view->item_class, .slot = LK_VIEWED | (uint32_t)(place - 1),
            .word = self->object.word});
  return 1;
}

/* __len: upvalue 1 is the operation. */
int lk_object_len_L(lua_State *L) {
  const lk_object *object = lk_object_at(L, 1);
  if (object && is_viewed_list(lk_of(L), object)) {
    lk_usable_object_L(L, 1);
    lk_check_L(L);
    lk_charge_L(L, ANSWER_COST);
    lua_pushinteger(L, lk_of(L)->view->item_count);
    return 1;
  }
  return lk_host_L(L, (uint32_t)lua_tointeger(L, lua_upvalueindex(1)), 1);
}

/* ---- Amounts ---------------------------------------------------------------------------------- */

void lk_define_amounts(lk_vm *vm, uint32_t class_id, const int64_t *scales, uint32_t count) {
  vm->amount_class = class_id;
  vm->scales = scales;
  vm->scale_count = count;
}

/* The amount, or the whole number in the units of the other side's; 0 where the host must look. */
static int units(lua_State *L, int index, const lk_object *other, int64_t *into) {
  const lk_vm *vm = lk_of(L);
  const lk_object *object = lk_object_at(L, index);
  if (object) {
    lk_usable_object_L(L, index);
    *into = object->word;
    return object->class_id == vm->amount_class && (other == NULL || other->slot == object->slot);
  }
  if (!lua_isinteger(L, index) || other == NULL || other->slot >= vm->scale_count ||
      vm->scales[other->slot] == 0)
    return 0;
  return !__builtin_mul_overflow(lua_tointeger(L, index), vm->scales[other->slot], into);
}

/* __lt and __le: upvalue 1 is the operation, 2 whether equal ones do. */
int lk_compare_amounts_L(lua_State *L) {
  const lk_object *left = lk_object_at(L, 1), *right = lk_object_at(L, 2);
  int64_t a, b;
  if (units(L, 1, right, &a) && units(L, 2, left, &b)) {
    lk_check_L(L);
    lk_charge_L(L, ANSWER_COST);
    lua_pushboolean(L, lua_toboolean(L, lua_upvalueindex(2)) ? a <= b : a < b);
    return 1;
  }
  return lk_host_L(L, (uint32_t)lua_tointeger(L, lua_upvalueindex(1)), 1);
}

/* ---- Turns ------------------------------------------------------------------------------------ */

/* Reads a turn's one result. */
static void take(lua_State *L, lk_vm *vm, lk_verdict *verdict) {
  switch (lua_type(L, -1)) {
    case LUA_TNIL: verdict->kind = LK_NO; break;
    case LUA_TBOOLEAN: verdict->kind = lua_toboolean(L, -1) ? LK_YES : LK_NO; break;
    case LUA_TSTRING: {
      size_t length;
      const char *bytes = lua_tolstring(L, -1, &length);
      *verdict = (lk_verdict){LK_YES, (uint32_t)vm->verdict_text.length, (uint32_t)length};
      if (length > LK_VERDICT_LIMIT || !lk_bytes_add(&vm->verdict_text, bytes, length))
        verdict->kind = LK_UNSURE;
      break;
    }
    default: break;
  }
}

static int take_turns(lua_State *L) {
  lk_entry *record = lk_entry_at(L);
  lk_vm *vm = record->vm;
  vm->verdict_text.length = 0;
  lk_push_object_L(L, record->turns->subject);
  int subject = lua_gettop(L);
  for (uint32_t index = 0; index < record->count; index++) {
    const lk_turn *turn = &record->turns->turns[index];
    lk_verdict *verdict = &record->turns->verdicts[index];
    *verdict = (lk_verdict){LK_UNSURE, 0, 0};
    vm->turn = index;
    lk_rearm(vm);
    lua_rawgeti(L, LUA_REGISTRYINDEX, turn->function);
    lua_pushvalue(L, subject);
    int arguments = 1;
    if (turn->parameter_count) {
      uint32_t next = 0;
      lk_push_L(L, turn->parameters, turn->parameter_count, &next);
      arguments = 2;
    }
    int code = lua_pcall(L, arguments, 1, 0);
    if (code == LUA_OK) take(L, vm, verdict);
    else if (code == LUA_ERRMEM && vm->killed == LK_NONE) vm->killed = LK_MEMORY;
    lk_check_L(L);
    lua_settop(L, subject);
  }
  return 0;
}

lk_status lk_take_turns(lk_vm *vm, const lk_turns *turns, uint32_t count) {
  lk_entry record = {.body = take_turns, .vm = vm, .turns = turns, .count = count};
  return lk_protect(vm, &record);
}

int lk_takes_two(lk_vm *vm, int function) {
  lua_State *L = vm->running;
  lua_Debug record;
  if (!lua_checkstack(L, 2)) return 1;
  if (lua_rawgeti(L, LUA_REGISTRYINDEX, function) != LUA_TFUNCTION) {
    lua_pop(L, 1);
    return 1;
  }
  lua_getinfo(L, ">u", &record); /* pops it; none of these raises */
  return record.nparams > 1 || record.isvararg;
}

uint32_t lk_turn_number(const lk_vm *vm) { return vm->turn; }
lk_string lk_verdict_text(const lk_vm *vm, lk_verdict verdict) {
  return (lk_string){
      vm->verdict_text.bytes ? vm->verdict_text.bytes + verdict.offset : "", verdict.length};
}
