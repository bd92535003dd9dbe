/* Values between Lua and the host, and the one place where the host is called. */
#include <stdio.h>
#include <string.h>

#include "internal.h"

#define DEPTH_LIMIT 16
#define ITEM_LIMIT 200000
#define DISPLAY_DEPTH 3
#define DISPLAY_ITEMS 50
#define DISPLAY_TOTAL 1000

static void add_L(lua_State *L, lk_values *into, lk_value value) {
  if (!lk_values_add(into, value)) lk_kill_L(L, LK_MEMORY);
}

/* With `copies` the text is copied and noted by its offset there; else it is borrowed. */
static void add_text_L(
    lua_State *L, int index, lk_kind kind, lk_values *into, lk_bytes *copies) {
  size_t length;
  const char *bytes = lua_tolstring(L, index, &length);
  lk_charge_L(L, length / 64);
  /* Many values may be one text to Lua; the host has a copy of each. */
  lk_vm *vm = lk_of(L);
  vm->read += length;
  if (vm->limits.memory && vm->used + vm->read > vm->limits.memory) lk_kill_L(L, LK_MEMORY);
  if (copies) {
    size_t offset = copies->length;
    if (!lk_bytes_add(copies, bytes, length)) lk_kill_L(L, LK_MEMORY);
    bytes = (const char *)offset;
  }
  add_L(L, into, (lk_value){.kind = kind, .as.string = {bytes, length}});
}

static void read_L(
    lua_State *L, int index, lk_values *into, lk_bytes *copies, int display, int depth);

static void read_table_L(
    lua_State *L, int index, lk_values *into, lk_bytes *copies, int display, int depth) {
  if (depth >= (display ? DISPLAY_DEPTH : DEPTH_LIMIT) ||
      (display && into->count > DISPLAY_TOTAL)) {
    if (!display) luaL_error(L, "table: nested too deeply, or within itself");
    lua_pushliteral(L, "{…}");
    add_text_L(L, lua_gettop(L), LK_OTHER, into, copies);
    lua_pop(L, 1);
    return;
  }
  luaL_checkstack(L, 6, "table: nested too deeply");
  uint32_t place = into->count;
  add_L(L, into, (lk_value){.kind = LK_TABLE});
  uint32_t pairs = 0;
  lua_pushnil(L);
  while (lua_next(L, index)) { /* key value */
    if (display && pairs >= DISPLAY_ITEMS) {
      lua_pop(L, 2);
      lua_pushliteral(L, "…");
      add_text_L(L, lua_gettop(L), LK_OTHER, into, copies);
      add_text_L(L, lua_gettop(L), LK_OTHER, into, copies);
      lua_pop(L, 1);
      pairs++;
      break;
    }
    if (into->count > ITEM_LIMIT) luaL_error(L, "table: more than %d values", ITEM_LIMIT);
    int top = lua_gettop(L);
    read_L(L, top - 1, into, copies, display, depth + 1);
    read_L(L, top, into, copies, display, depth + 1);
    lua_settop(L, top - 1);
    pairs++;
    lk_charge_L(L, 2);
  }
  into->items[place].count = pairs;
}

static void read_L(
    lua_State *L, int index, lk_values *into, lk_bytes *copies, int display, int depth) {
  switch (lua_type(L, index)) {
    case LUA_TNIL: add_L(L, into, (lk_value){.kind = LK_NIL}); return;
    case LUA_TBOOLEAN:
      add_L(L, into, (lk_value){.kind = LK_BOOLEAN, .as.integer = lua_toboolean(L, index)});
      return;
    case LUA_TNUMBER:
      if (lua_isinteger(L, index))
        add_L(L, into, (lk_value){.kind = LK_INTEGER, .as.integer = lua_tointeger(L, index)});
      else add_L(L, into, (lk_value){.kind = LK_NUMBER, .as.number = lua_tonumber(L, index)});
      return;
    case LUA_TSTRING: add_text_L(L, index, LK_STRING, into, copies); return;
    case LUA_TTABLE: {
      int top = lua_gettop(L);
      luaL_checkstack(L, 1, "table: nested too deeply");
      read_table_L(
          L, lk_sealed_L(L, index) ? top + 1 : index, into, copies, display, depth);
      lua_settop(L, top);
      return;
    }
    case LUA_TUSERDATA: {
      lk_object *object = display ? lk_object_at(L, index) : lk_usable_object_L(L, index);
      if (object) {
        add_L(L, into, (lk_value){.kind = LK_OBJECT, .as.object = *object});
        return;
      }
      break;
    }
    case LUA_TFUNCTION:
      if (copies == NULL) { /* arguments for the host; a result is only shown */
        lua_pushvalue(L, index);
        lk_value function = {.kind = LK_FUNCTION, .as.integer = luaL_ref(L, LUA_REGISTRYINDEX)};
        add_L(L, &lk_of(L)->transient, function);
        add_L(L, into, function);
        return;
      }
      break;
    default: break;
  }
  lua_pushstring(L, luaL_typename(L, index));
  add_text_L(L, lua_gettop(L), LK_OTHER, into, copies);
  lua_pop(L, 1);
}

/* Appends the value at `index` in its flat form. */
void lk_read_L(lua_State *L, int index, lk_values *into, lk_bytes *copies, int display) {
  read_L(L, lua_absindex(L, index), into, copies, display, 0);
}

/* Pushes the value that begins at `*next`, and moves `*next` behind it. */
int lk_push_L(lua_State *L, const lk_value *values, uint32_t count, uint32_t *next) {
  if (*next >= count) {
    lua_pushnil(L);
    return 1;
  }
  const lk_value *value = &values[(*next)++];
  switch (value->kind) {
    case LK_BOOLEAN: lua_pushboolean(L, value->as.integer != 0); break;
    case LK_INTEGER: lua_pushinteger(L, value->as.integer); break;
    case LK_NUMBER: lua_pushnumber(L, value->as.number); break;
    case LK_STRING: lua_pushlstring(L, value->as.string.bytes, value->as.string.length); break;
    case LK_OBJECT: lk_push_object_L(L, value->as.object); break;
    case LK_FUNCTION: lua_rawgeti(L, LUA_REGISTRYINDEX, value->as.integer); break;
    case LK_SEALED:
    case LK_RECORD:
    case LK_SEALED_RECORD:
    case LK_TABLE: {
      uint32_t pairs = value->count;
      if (value->kind != LK_TABLE)
        lua_pushlstring(L, value->as.string.bytes, value->as.string.length);
      luaL_checkstack(L, 6, "table: nested too deeply");
      lua_createtable(L, 0, 0);
      for (uint32_t pair = 0; pair < pairs; pair++) {
        lk_push_L(L, values, count, next);
        lk_push_L(L, values, count, next); /* table key value */
        if (lua_isnil(L, -2)) lua_pop(L, 2);
        else lua_rawset(L, -3);
      }
      if (value->kind == LK_RECORD) lk_record_L(L);
      else if (value->kind != LK_TABLE) lk_seal_L(L, value->kind == LK_SEALED_RECORD);
      break;
    }
    default: lua_pushnil(L);
  }
  return 1;
}

/* Gives back the functions that were noted since, but those that the host keeps. */
static void drop_transient(lua_State *L, uint32_t mark) {
  lk_values *transient = &lk_of(L)->transient;
  while (transient->count > mark)
    luaL_unref(L, LUA_REGISTRYINDEX, (int)transient->items[--transient->count].as.integer);
}

/* Calls the host with the stack from `first` on as arguments, and pushes its answer. Between the
   call and its return no Lua function runs that could raise. */
int lk_host_L(lua_State *L, uint32_t operation, int first) {
  lk_vm *vm = lk_of(L);
  lk_check_L(L);
  lk_check_stack_L(L);
  lk_charge_L(L, 10);
  vm->arguments.count = 0;
  vm->read = 0;
  int top = lua_gettop(L);
  int given = top - first + 1;
  if (given > (int)vm->limits.arguments)
    return luaL_error(
        L, "expected at most %d arguments, got %d", (int)vm->limits.arguments, given);
  /* Outermost, what an error left behind goes too. */
  uint32_t mark = vm->nesting > 0 ? vm->transient.count : 0;
  for (int index = first; index <= top; index++)
    lk_read_L(L, index, &vm->arguments, NULL, 0);
  lua_State *outer = vm->running;
  vm->running = L;
  vm->nesting++;
  lk_answer_reset(vm);
  lk_set_outside(vm, 1);
  lk_answer outcome =
      vm->host(vm->context, vm, operation, vm->arguments.items, vm->arguments.count);
  lk_set_outside(vm, 0);
  vm->nesting--;
  vm->running = outer;
  uint32_t answers = vm->answer.count;
  /* What the answer gives back must be on the stack before it is let go. */
  if (outcome != LK_DONE) drop_transient(L, mark);
  lk_check_L(L);
  if (vm->interrupt && *vm->interrupt) return lk_kill_L(L, LK_INTERRUPT);
  if (vm->expired != LK_NONE) return lk_kill_L(L, vm->expired);
  if (vm->limited && vm->fuel == 0) return lk_kill_L(L, LK_INSTRUCTIONS);
  switch (outcome) {
    case LK_DONE: break;
    case LK_KILL: return lk_kill_L(L, LK_INTERRUPT);
    case LK_RAISE: luaL_where(L, 1); /* fall through */
    case LK_RAISE_BARE:
      if (outcome == LK_RAISE_BARE) lua_pushliteral(L, "");
      lua_pushlstring(L, vm->message.bytes ? vm->message.bytes : "", vm->message.length);
      lua_concat(L, 2);
      return lua_error(L);
  }
  lua_settop(L, top);
  int results = 0;
  for (uint32_t index = 0; index < vm->answer.count; index++) {
    lk_value *value = &vm->answer.items[index];
    if (value->kind == LK_STRING || value->kind == LK_SEALED || value->kind == LK_RECORD ||
        value->kind == LK_SEALED_RECORD)
      lk_locate(value, &vm->answer_text);
  }
  for (uint32_t next = 0; next < vm->answer.count; results++) {
    luaL_checkstack(L, 4, "too many results");
    lk_push_L(L, vm->answer.items, vm->answer.count, &next);
  }
  drop_transient(L, mark);
  lk_charge_L(L, answers * 2);
  return results;
}

int lk_position(lk_vm *vm, char *into, size_t size) {
  lua_Debug record;
  if (!vm->running || !lua_getstack(vm->running, 1, &record)) return 0;
  lua_getinfo(vm->running, "Sl", &record);
  if (record.currentline <= 0) return 0;
  int length = snprintf(into, size, "%s:%d", record.short_src, record.currentline);
  return length < 0 ? 0 : length < (int)size ? length : (int)size - 1;
}

int lk_number_text(double value, char *into, size_t size) {
  int length = snprintf(into, size, "%.14g", value);
  if (length > 0 && (size_t)length + 2 < size && into[strspn(into, "-0123456789")] == 0) {
    memcpy(into + length, ".0", 3);
    length += 2;
  }
  return length;
}
