/* What the fuzzers share: a VM with one host function, and what must hold after each input. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "luakit.h"

#define REQUIRE(condition, text)                            \
  do {                                                      \
    if (!(condition)) {                                     \
      fprintf(stderr, "broken: %s (%s)\n", text, #condition); \
      abort();                                              \
    }                                                       \
  } while (0)

enum { FUZZ_ECHO, FUZZ_PRINT, FUZZ_MISSING, FUZZ_CALL, FUZZ_FAIL };

/* Answers with what came, or calls a function that came, or fails. */
static lk_answer fuzz_host(
    void *context, lk_vm *vm, uint32_t operation, const lk_value *arguments, uint32_t count) {
  (void)context;
  switch (operation) {
    case FUZZ_ECHO:
      for (uint32_t index = 0; index < count; index++) {
        const lk_value *value = &arguments[index];
        switch (value->kind) {
          case LK_NIL: lk_answer_nil(vm); break;
          case LK_BOOLEAN: lk_answer_boolean(vm, value->as.integer != 0); break;
          case LK_INTEGER: lk_answer_integer(vm, value->as.integer); break;
          case LK_NUMBER: lk_answer_number(vm, value->as.number); break;
          case LK_STRING:
            lk_answer_string(vm, value->as.string.bytes, value->as.string.length);
            break;
          case LK_OBJECT: lk_answer_object(vm, value->as.object); break;
          case LK_FUNCTION: lk_answer_reference(vm, (int)value->as.integer); break;
          case LK_TABLE: lk_answer_table(vm, value->count); break;
          default: lk_answer_nil(vm);
        }
      }
      return LK_DONE;
    case FUZZ_CALL: {
      lk_status status = LK_OK;
      if (count > 0 && arguments[0].kind == LK_FUNCTION) {
        int reference = (int)arguments[0].as.integer;
        status = lk_call(vm, reference, NULL, 0, LK_COPY);
        lk_release(vm, reference);
      }
      lk_answer_reset(vm);
      lk_answer_object(vm, (lk_object){.class_id = 1, .word = 7});
      return status == LK_KILLED ? LK_KILL : LK_DONE;
    }
    case FUZZ_PRINT: return LK_DONE;
    default:
      lk_fail(vm, "no", 2);
      return LK_RAISE;
  }
}

static lk_vm *fuzz_open(lk_profile profile) {
  lk_limits limits = {
      .memory = 4 << 20, .block = 1 << 20, .source = 64 << 10, .arguments = 16};
  lk_vm *vm = lk_open(profile, limits, 1, fuzz_host, NULL);
  REQUIRE(vm, "the VM opens");
  lk_define_function(vm, "echo", FUZZ_ECHO);
  lk_define_function(vm, "call", FUZZ_CALL);
  lk_define_function(vm, "host.fail", FUZZ_FAIL);
  lk_define_class(vm, 1, "thing", FUZZ_MISSING, 1);
  lk_define_member(vm, 1, "size", FUZZ_ECHO, 0);
  lk_define_member(vm, 1, "grow", FUZZ_CALL, 1);
  lk_define_event(vm, 1, "index", FUZZ_ECHO);
  lk_define_event(vm, 1, "len", FUZZ_ECHO);
  lk_define_missing_global(vm, FUZZ_MISSING);
  lk_define_print(vm, FUZZ_PRINT);
  return vm;
}

/* Runs a chunk under a small budget; the status of the call, or of compiling. */
static lk_status fuzz_run(lk_vm *vm, const char *source, size_t length, int environment) {
  int chunk;
  lk_status status = lk_compile(vm, source, length, "=fuzz", environment, &chunk);
  if (status != LK_OK) return status;
  lk_arm(vm, (lk_budget){.instructions = 50000, .output = 4096});
  status = lk_call(vm, chunk, NULL, 0, LK_DISPLAY);
  lk_release(vm, chunk);
  return status;
}

/* An innocent chunk gives its normal answer, and everything is given back. */
static void fuzz_close(lk_vm *vm) {
  static const char innocent[] = "local t = {} for k in pairs{b=1, a=2} do t[#t+1] = k end "
                                 "return table.concat(t) .. ('x'):rep(2)";
  if (lk_killed(vm) != LK_MEMORY) {
    int environment;
    uint32_t count;
    lk_arm(vm, (lk_budget){.output = 4096});
    if (lk_environment(vm, 1, &environment) == LK_OK) {
      lk_status status = fuzz_run(vm, innocent, sizeof innocent - 1, environment);
      const lk_value *results = lk_results(vm, &count);
      if (status != LK_KILLED)
        REQUIRE(
            status == LK_OK && count == 1 && results[0].kind == LK_STRING &&
                results[0].as.string.length == 4 &&
                memcmp(results[0].as.string.bytes, "abxx", 4) == 0,
            "an innocent chunk gives its answer");
    }
  }
  REQUIRE(lk_close(vm) == 0, "all memory is given back");
}

#endif
