/* Lua for a host that must not be jumped over: no lua_State crosses this header.

   Every call that may raise runs in C under lua_pcall; the host's function is called from a C
   trampoline with plain values and answers with plain values, and an error is raised only after it
   has returned. A VM belongs to one thread. */
#ifndef LUAKIT_H
#define LUAKIT_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

typedef struct lk_vm lk_vm;

typedef enum lk_kind {
  LK_NIL = 0,
  LK_BOOLEAN = 1,
  LK_INTEGER = 2,
  LK_NUMBER = 3,
  LK_STRING = 4,
  LK_OBJECT = 5,   /* a host object */
  LK_TABLE = 6,    /* `count` pairs follow, each a key and a value, which may be tables again */
  LK_FUNCTION = 7, /* `integer` is a reference, valid until the host returns unless lk_keep holds it */
  LK_OTHER = 8,    /* what has no plain form; only in values for display */
  LK_SEALED = 9,   /* as LK_TABLE, but read-only; `string` is its name; only in answers of the host */
  /* As LK_TABLE and as LK_SEALED; reading a key that they have not asks the host. Only to Lua. */
  LK_RECORD = 10,  /* `string` is its name */
  LK_SEALED_RECORD = 11
} lk_kind;

/* What a host object is to Lua: plain data, which owns nothing. */
typedef struct lk_object {
  uint32_t class_id;
  uint32_t slot;
  int64_t word;
} lk_object;

typedef struct lk_string {
  const char *bytes;
  size_t length;
} lk_string;

typedef struct lk_value {
  lk_kind kind;
  uint32_t count;
  union {
    int64_t integer;
    double number;
    lk_string string; /* borrowed: valid until the host function returns, or the next lk call */
    lk_object object;
  } as;
} lk_value;

typedef enum lk_status {
  LK_OK = 0,
  LK_ERROR = 1,      /* lk_message has the text */
  LK_INCOMPLETE = 2, /* a chunk that could go on */
  LK_KILLED = 3      /* lk_killed says by what */
} lk_status;

typedef enum lk_limit {
  LK_NONE = 0,
  LK_INSTRUCTIONS = 1,
  LK_TIME = 2,
  LK_MEMORY = 3,
  LK_OUTPUT = 4,
  LK_INTERRUPT = 5,
  LK_UNSAVED = 6 /* lk_reserve */
} lk_limit;

/* What the host's function answers. */
typedef enum lk_answer {
  LK_DONE = 0,
  LK_RAISE = 1,      /* lk_fail gave the text; the script's position is put before it */
  LK_RAISE_BARE = 2, /* the text has a position already */
  LK_KILL = 3        /* as after a nested call that was killed */
} lk_answer;

typedef lk_answer (*lk_host)(
    void *context, lk_vm *vm, uint32_t operation, const lk_value *arguments, uint32_t count);

typedef struct lk_limits {
  size_t memory; /* bytes in all; 0 for none */
  size_t block;  /* bytes of the largest block; 0 for none */
  size_t entries; /* of a table's hash part, a power of two; 0 for no limit but the block's */
  size_t source; /* bytes of a chunk */
  uint32_t arguments; /* values that one call of the host may bring; 0 for 64 */
  uint32_t fail_at;   /* for tests: the growth that fails while the VM is opened; 0 for none */
} lk_limits;

/* What scripts have: without metatables, coroutines and load, or with them, hardened. */
typedef enum lk_profile { LK_RULE = 0, LK_CONSOLE = 1 } lk_profile;

/* NULL when memory does not suffice. `seed` starts math.random. */
lk_vm *lk_open(
    lk_profile profile, lk_limits limits, uint64_t seed, lk_host host, void *context);
/* Returns the bytes that Lua did not give back: 0, or the allocator is broken. */
size_t lk_close(lk_vm *vm);

/* Bytes that the VM holds now. */
size_t lk_memory(const lk_vm *vm);

/* Counts what the host holds for the scripts against the VM's memory; 0, and the run is killed, where both
   together are more than it may have. */
int lk_reserve(lk_vm *vm, size_t bytes);

/* Fails the n-th growth from now on, for tests; -1 never. */
void lk_fail_allocation(lk_vm *vm, int64_t countdown);

/* What a run may use, or has left: 0 for no limit, but for the output. Times in nanoseconds. */
typedef struct lk_budget {
  uint64_t instructions, cpu, wall, output;
} lk_budget;

/* What is left of the budget that was armed last; 1 for what is used up. */
lk_budget lk_left(lk_vm *vm);
/* CPU time of this thread, in nanoseconds. */
uint64_t lk_processor_time(void);

/* Ends the runs of all VMs of the program after a time from now on, in nanoseconds; 0 for never. */
void lk_end_runs_after(uint64_t time);
int lk_runs_have_an_end(void);
/* Whether that time is over. */
int lk_runs_are_over(void);

/* Starts a budget, and clears what killed the run before. */
void lk_arm(lk_vm *vm, lk_budget budget);
/* Says that the run that was armed has ended. */
void lk_disarm(lk_vm *vm);
uint64_t lk_instructions(const lk_vm *vm);
lk_limit lk_killed(const lk_vm *vm);
/* Whether the run under way is interrupted or out of time: what the host does for it should end. */
lk_limit lk_expired(lk_vm *vm);
/* A signal handler may set the flag; the running script ends at the next hook. */
void lk_set_interrupt(lk_vm *vm, volatile sig_atomic_t *flag);
/* Says that what objects show may have changed: remembered fields are forgotten. */
void lk_touch(lk_vm *vm);
/* Between these two, objects belong to the pass: when it has ended, using one is an error. */
void lk_begin_pass(lk_vm *vm);
void lk_end_pass(lk_vm *vm);

/* What the fields of one object are, and those of the items of a list that is one of them: they are
   answered from here, not by the host. Objects of it that scripts hold have LK_VIEWED in their slot,
   but for the object itself. */
typedef struct lk_view {
  int64_t word; /* of all of its objects */
  uint32_t object_class, list_class, item_class;
  uint32_t field_count, item_count, item_fields;
  const lk_value *fields; /* by slot; the host is asked for one of LK_OTHER */
  const lk_value *items;  /* item_fields of each */
} lk_view;
#define LK_VIEWED 0x80000000u
/* From now on a view answers; NULL for none. It must stay until the next one. */
void lk_show(lk_vm *vm, const lk_view *view);
/* Objects of a class are amounts of units; a whole number is as many of `scales[slot]`, 0 where that is
   not known. The table must stay. */
void lk_define_amounts(lk_vm *vm, uint32_t class_id, const int64_t *scales, uint32_t count);

/* Functions that are asked about one object, one after the other. */
typedef struct lk_turn {
  int function;
  const lk_value *parameters; /* the second argument, as values; it is made afresh each time */
  uint32_t parameter_count;
} lk_turn;
typedef enum lk_say { LK_NO = 0, LK_YES = 1, LK_UNSURE = 2 } lk_say;
typedef struct lk_verdict {
  lk_say kind; /* LK_UNSURE for an error, and for an answer that is none */
  uint32_t offset, length; /* of its text */
} lk_verdict;
typedef struct lk_turns {
  lk_object subject;
  const lk_turn *turns;
  lk_verdict *verdicts;
} lk_turns;
#define LK_VERDICT_LIMIT 500
/* Each has the whole budget that was armed last. When one is killed, those after it are not asked. */
lk_status lk_take_turns(lk_vm *vm, const lk_turns *turns, uint32_t count);
int lk_takes_two(lk_vm *vm, int function); /* whether it names two parameters, or takes any number */
uint32_t lk_turn_number(const lk_vm *vm); /* of the turn that calls the host */
lk_string lk_verdict_text(const lk_vm *vm, lk_verdict verdict);

/* Notes, from the next budget on, which lines of a chunk run, in `lines[line - 1]`; both must stay. With
   NULL lines it ends. */
void lk_note_lines(lk_vm *vm, const char *source, unsigned char *lines, uint32_t count);
/* Sets `lines[line - 1]` for each line of a function that can run. */
lk_status lk_active_lines(lk_vm *vm, int function, unsigned char *lines, uint32_t count);
/* Takes from the budget of output what the host is about to write for the script; 0 when there is not
   that much left, and the run is then cut off. */
int lk_spend_output(lk_vm *vm, uint64_t bytes);
/* Gives back time that the host spent on what is not this run's: nanoseconds. */
void lk_excuse(lk_vm *vm, uint64_t time);
/* Charges the host's own work to the budget of instructions. */
void lk_charge(lk_vm *vm, uint64_t amount);

/* Names for the host's operations: "carts", or "blacklist.add". */
lk_status lk_define_function(lk_vm *vm, const char *name, uint32_t operation);
lk_status lk_define_global(
    lk_vm *vm, const char *name, const lk_value *values, uint32_t count);
/* With `remembers`, what a field gave is kept until lk_touch, unless it is nil or a table. */
lk_status lk_define_class(
    lk_vm *vm, uint32_t class_id, const char *name, uint32_t missing, int remembers);
lk_status lk_define_member(
    lk_vm *vm, uint32_t class_id, const char *name, uint32_t operation, int is_method);
/* A field that a view may answer, from its slot, from 1. */
lk_status lk_define_viewed(
    lk_vm *vm, uint32_t class_id, const char *name, uint32_t operation, uint32_t slot);
/* `event` is one of index (by integer), len, call, tostring, eq, lt, le, add, sub, mul, div, unm. */
lk_status lk_define_event(lk_vm *vm, uint32_t class_id, const char *event, uint32_t operation);
/* Operations for a global that does not exist, for `print`, and for `pairs` of an object. */
void lk_define_missing_global(lk_vm *vm, uint32_t operation);
void lk_define_print(lk_vm *vm, uint32_t operation);
/* Operations for a key that a record has not (it gets its name, the key, the record, and answers or raises),
   and for a change of an object or of a sealed table (its name, the key), which raises. */
void lk_define_refusals(lk_vm *vm, uint32_t missing_member, uint32_t written_member);

/* A fresh environment; with `sealed`, setting a global in it raises. */
lk_status lk_environment(lk_vm *vm, int sealed, int *reference);
/* Compiles text (never bytecode) to a function over an environment; over LK_TEMPLATE to one that
   lk_instantiate runs over any. */
#define LK_TEMPLATE (-1)
lk_status lk_compile(
    lk_vm *vm, const char *source, size_t length, const char *name, int environment,
    int *reference);
typedef enum lk_mode {
  LK_COPY = 0,    /* results are copied whole */
  LK_DISPLAY = 1, /* results are copied for showing: bounded, never an error */
  LK_KEEP = 2     /* the first result stays in the VM; lk_results has its reference */
} lk_mode;

/* Calls a function; lk_results has what it returned. */
lk_status lk_call(
    lk_vm *vm, int reference, const lk_value *arguments, uint32_t count, lk_mode mode);
/* Runs a template over an environment, which only this instance's functions see, and keeps its first
   result as `*result`. */
lk_status lk_instantiate(lk_vm *vm, int chunk, int environment, int *result);
/* Holds a function that a call of the host brought; give it back with lk_release. */
void lk_keep(lk_vm *vm, int reference);
void lk_release(lk_vm *vm, int reference);
/* Sets a global of an environment to a value. */
lk_status lk_set_global(
    lk_vm *vm, int environment, const char *name, const lk_value *values, uint32_t count);
/* Sets a global to the first result of the last call for display, whatever it was. */
lk_status lk_set_last(lk_vm *vm, int environment, const char *name);
/* All that a script can reach from an environment without calling anything, as results: a text each,
   `string.byte function`. */
lk_status lk_inventory(lk_vm *vm, int environment);
/* Names of an environment's own globals, as results. */
lk_status lk_globals(lk_vm *vm, int environment);

const lk_value *lk_results(const lk_vm *vm, uint32_t *count);
lk_string lk_message(const lk_vm *vm);

/* The host's answer: values in order; a table is announced by its number of pairs. */
void lk_answer_reset(lk_vm *vm);
void lk_answer_nil(lk_vm *vm);
void lk_answer_boolean(lk_vm *vm, int value);
void lk_answer_integer(lk_vm *vm, int64_t value);
void lk_answer_number(lk_vm *vm, double value);
void lk_answer_string(lk_vm *vm, const char *bytes, size_t length);
void lk_answer_object(lk_vm *vm, lk_object value);
void lk_answer_reference(lk_vm *vm, int reference);
void lk_answer_table(lk_vm *vm, uint32_t pairs);
/* A read-only table, and a record, which may be read-only; the name is for messages: "cart.flags". */
void lk_answer_sealed(lk_vm *vm, uint32_t pairs, const char *name, size_t length);
void lk_answer_record(
    lk_vm *vm, uint32_t pairs, int is_sealed, const char *name, size_t length);
void lk_fail(lk_vm *vm, const char *bytes, size_t length);

/* Where the script is that called the host, as `file.lua:12`; the length, 0 outside a call. */
int lk_position(lk_vm *vm, char *into, size_t size);

/* From now on SIGINT sets a flag, whose address this gives, and interrupts system calls. A second one
   within two seconds ends the program, unless the flag was cleared or the program is idle. */
volatile sig_atomic_t *lk_watch_interrupts(void);
/* SIGTERM or SIGHUP, once it came; else 0. Since lk_watch_interrupts it sets that flag too, and a program
   that has not ended ten seconds later is ended. */
int lk_end_signal(void);
/* Whether the program waits for a person: then no interrupt ends it. */
void lk_set_idle(int idle);
/* From now on a run that is armed with a time limit, and stays in Lua a quarter of a second of processor
   time after it, ends the program: for programs, not for tests of many in one process. */
void lk_end_stuck_programs(void);
/* What is done first when the program ends so: only what a signal handler may do. */
void lk_before_end(void (*function)(void));
/* What such an end says of what was saved, and whether something was: exit 3 then; else 1 at a time limit,
   130 at a signal. */
void lk_set_last_words(const char *text, size_t length, int saved);

/* A number as Lua prints it; returns the length. */
int lk_number_text(double value, char *into, size_t size);

#endif
