/* What a script can reach, for a test to compare with a list. */
#include <string.h>

#include "internal.h"

/* Notes what the table on the top holds, and what its tables hold, each once. */
static void inventory_L(lua_State *L, const char *prefix, int depth) {
  lk_vm *vm = lk_of(L);
  if (depth > 6) return;
  luaL_checkstack(L, 8, "too deep");
  lua_pushnil(L);
  while (lua_next(L, -2)) { /* table name value */
    const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
    lua_pushfstring(L, "%s%s %s", prefix, name, luaL_typename(L, -1));
    lk_read_L(L, lua_gettop(L), &vm->results, &vm->result_text, 0);
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TTABLE && strcmp(name, "_G") != 0) {
      lua_pushfstring(L, "%s%s.", prefix, name);
      lua_insert(L, -2); /* table name prefix value */
      inventory_L(L, lua_tostring(L, -2), depth + 1);
      lua_remove(L, -2);
    }
    lua_pop(L, 1);
  }
}

static int inventory(lua_State *L) {
  lk_entry *record = lk_entry_at(L);
  lk_vm *vm = record->vm;
  vm->results.count = 0;
  vm->result_text.length = 0;
  lua_rawgeti(L, LUA_REGISTRYINDEX, record->reference);
  inventory_L(L, "", 0);
  lua_getmetatable(L, -1);
  lua_getfield(L, -1, "__index");
  inventory_L(L, "", 0);
  lua_pushliteral(L, "");
  lua_getmetatable(L, -1);
  inventory_L(L, "(text).", 0);
  for (uint32_t index = 0; index < vm->results.count; index++) {
    lk_value *value = &vm->results.items[index];
    lk_locate(value, &vm->result_text);
  }
  return 0;
}

lk_status lk_inventory(lk_vm *vm, int environment) {
  lk_entry record = {.body = inventory, .vm = vm, .reference = environment};
  return lk_protect(vm, &record);
}
