/* What the files of this target share. A function that can raise is named *_L and takes the
   lua_State first; one that cannot has no lua_State. */
#ifndef LUAKIT_INTERNAL_H
#define LUAKIT_INTERNAL_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include <time.h>

#include "luakit.h"

#define LK_CLASSES 32
#define LK_NO_OPERATION UINT32_MAX

typedef struct lk_values {
  lk_value *items;
  uint32_t count, capacity;
} lk_values;

typedef struct lk_bytes {
  char *bytes;
  size_t length, capacity;
} lk_bytes;

struct lk_vm {
  lua_State *state;
  lua_State *running; /* the thread that called the host */
  lk_host host;
  void *context;
  lk_limits limits;
  size_t used;
  size_t reserved; /* bytes that the host holds for the run */
  int64_t fail_in; /* growths until one fails; -1 never */
  lua_State *current; /* the thread that runs: a coroutine, or the state */
  size_t largest;     /* block ever asked for */
  int console;        /* whether scripts have what only the console has */
  int interval;       /* instructions between two looks at the budget */
  uint32_t stamp;     /* changes when what objects show may have changed */
  uint32_t pass;      /* number of the pass under way, or 0 */
  uint32_t passes;
  uint64_t fuel, spent;
  size_t read;       /* bytes of texts that the call under way hands to the host */
  uint64_t unpolled; /* charged since the last look at the clock */
  int limited;
  uint64_t cpu_budget, output_left;
  uint64_t cpu_end, wall_end; /* the watchdog reads them: lk_set_end */
  int is_outside;             /* not in Lua, or in a call of the host; the watchdog reads it */
  int is_watched;
  lk_vm *next_watched; /* the rest is the watchdog's, under its lock */
  clockid_t clock;
  uint64_t overdue_from; /* processor time when it was first seen over its limit; 0 where it is not */
  lk_limit killed, expired;
  volatile sig_atomic_t *interrupt;
  uint64_t random[2];
  lk_values arguments, results, answer;
  int nesting;         /* calls of the host under way */
  lk_values transient; /* references of functions that calls of the host brought */
  lk_bytes result_text, answer_text, verdict_text, message;
  uint32_t missing_global, print;
  uint32_t missing_member, written_member; /* of sealed tables; the second of objects, too */
  const lk_view *view;
  uint32_t turn;
  uint32_t amount_class, scale_count;
  const int64_t *scales;
  lk_budget armed;
  const char *line_source; /* the chunk whose lines are noted */
  unsigned char *lines;
  uint32_t line_count;
  int viewed; /* reference of a table of the view's objects, by place */
  int metatables[LK_CLASSES]; /* references, by class */
};

#define LK_SLOT_SHIFT 20 /* of a field's number: the operation is below, the slot of the view above */

#define LK_HOOK_INTERVAL 100 /* lua-hooks: 5.4 pays per instruction once a count hook is set */
#define LK_MESSAGE_LIMIT 512
#define LK_OUT_OF_MEMORY "not enough memory"

static inline lk_vm *lk_of(lua_State *L) { return *(lk_vm **)lua_getextraspace(L); }

/* Values outside Lua; these never raise. False when memory does not suffice. */
int lk_values_add(lk_values *list, lk_value value);
int lk_bytes_add(lk_bytes *buffer, const char *bytes, size_t length);
void lk_bytes_reset(lk_bytes *buffer); /* empties it, and gives back a large block */
void lk_locate(lk_value *value, const lk_bytes *buffer); /* from an offset to an address */
void lk_set_message(lk_vm *vm, const char *bytes, size_t length);

/* One call into Lua from outside: a function, and what it reads and answers. */
typedef struct lk_entry {
  lua_CFunction body;
  lk_vm *vm;
  const char *name, *text;
  size_t length;
  const lk_value *values;
  uint32_t count, number, class_id, slot;
  int flag, reference;
  lk_status status;
  const lk_turns *turns;
} lk_entry;

static inline lk_entry *lk_entry_at(lua_State *L) { return lua_touserdata(L, 1); }

/* Calls `record->body` with the record as its one argument; never raises. */
lk_status lk_protect(lk_vm *vm, lk_entry *record);

static inline int lk_hook_mask(const lk_vm *vm) {
  return vm->lines ? LUA_MASKCOUNT | LUA_MASKLINE : LUA_MASKCOUNT;
}

/* Budget. */
void lk_rearm(lk_vm *vm);                        /* gives back all that was armed */
void lk_check_L(lua_State *L);                   /* raises when killed */
/* Spends instructions, and looks at the clock now and then; raises when something is used up. */
void lk_charge_L(lua_State *L, uint64_t amount);
void lk_poll_L(lua_State *L);                    /* raises when interrupted or out of time */
int lk_kill_L(lua_State *L, lk_limit limit);
void lk_hook_L(lua_State *L, lua_Debug *record);
static inline void lk_set_end(uint64_t *end, uint64_t time) {
  __atomic_store_n(end, time, __ATOMIC_RELAXED);
}
static inline void lk_set_outside(lk_vm *vm, int is_outside) {
  __atomic_store_n(&vm->is_outside, is_outside, __ATOMIC_RELEASE);
}
void lk_begin_watch(lk_vm *vm);
void lk_end_watch(lk_vm *vm);

/* The C stack. Whatever calls Lua again, or a matcher, looks at it first. */
int lk_has_stack(void);
void lk_check_stack_L(lua_State *L);

/* Values between Lua and the host. */
void lk_read_L(lua_State *L, int index, lk_values *into, lk_bytes *copies, int display);
int lk_push_L(lua_State *L, const lk_value *values, uint32_t count, uint32_t *next);
int lk_host_L(lua_State *L, uint32_t operation, int first);

/* Objects: full userdata whose payload begins with a mark, so that no other is taken for one. */
typedef struct lk_payload {
  const void *mark;
  lk_object object;
  uint32_t pass;  /* that it belongs to, or 0 */
  uint32_t stamp; /* of what is remembered */
} lk_payload;
extern const char lk_object_mark;
static inline lk_payload *lk_payload_at(lua_State *L, int index) {
  lk_payload *payload = lua_touserdata(L, index);
  return payload && lua_rawlen(L, index) == sizeof *payload && payload->mark == &lk_object_mark
             ? payload : NULL;
}
static inline lk_object *lk_object_at(lua_State *L, int index) {
  lk_payload *payload = lk_payload_at(L, index);
  return payload ? &payload->object : NULL;
}
lk_object *lk_usable_object_L(lua_State *L, int index); /* raises when its pass has ended */
int lk_cached_L(lua_State *L); /* self key → self key value, when the value is remembered */
void lk_remember_L(lua_State *L, int key); /* self … value → self … value */
void lk_push_object_L(lua_State *L, lk_object value);
int lk_viewed_field_L(lua_State *L, const lk_payload *self, uint32_t slot);
int lk_viewed_item_L(lua_State *L, const lk_payload *self);
int lk_object_len_L(lua_State *L);
int lk_compare_amounts_L(lua_State *L);
void lk_push_text_L(lua_State *L, int index); /* our tostring: without addresses */

/* Sealed tables. */
int lk_sealed_L(lua_State *L, int index);         /* [+1 or 0] */
void lk_unseal_L(lua_State *L, int index);
void lk_check_unsealed_L(lua_State *L, int index);
void lk_seal_L(lua_State *L, int is_record);      /* [name table → sealed] */
void lk_record_L(lua_State *L);                   /* [name table → record] */
int lk_is_record_L(lua_State *L, int index);
int lk_refuse_write_L(lua_State *L);              /* raises; the name stands at 1, the key at 2 */

/* Compiles text: a function, or the error, on the stack; the status of lua_load. Raises when killed. */
int lk_load_L(lua_State *L, const char *head, const char *text, size_t length, const char *name);

/* Libraries. */
void lk_open_base_L(lua_State *L);
int lk_pairs_L(lua_State *L);
int lk_ipairs_L(lua_State *L);
void lk_open_table_L(lua_State *L);
void lk_open_text_L(lua_State *L);
void lk_open_pattern_L(lua_State *L); /* [string → string] */
void lk_open_console_L(lua_State *L);         /* [library → library] */
void lk_open_sealed_L(lua_State *L);          /* [library → library] */
void lk_console_environment_L(lua_State *L);  /* [env own → env own] */
void lk_take_L(lua_State *L, lua_CFunction opener, const char *const *names);
void lk_environment_L(lua_State *L, int sealed); /* [+1] */

extern const char lk_key_library, lk_key_classes, lk_key_memory_text, lk_key_handling_text,
    lk_key_last, lk_key_shadows;

#endif
