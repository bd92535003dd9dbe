/* Values on their way into Lua, through the host and back: the same comes out, whatever they are. */
#include "fuzz.h"

typedef struct input {
  const unsigned char *data;
  size_t size;
  lk_value values[256];
  uint32_t count;
} input;

static unsigned char next(input *in) {
  if (in->size == 0) return 0;
  in->size--;
  return *in->data++;
}

static int64_t number(input *in) {
  uint64_t value = 0;
  for (int byte = 0; byte < 8; byte++) value = value << 8 | next(in);
  return (int64_t)value;
}

static void make(input *in, int depth, int is_key) {
  if (in->count >= 200) return;
  lk_value *value = &in->values[in->count++];
  switch (next(in) % (is_key ? 4 : 7)) {
    case 0: *value = (lk_value){.kind = LK_INTEGER, .as.integer = number(in)}; break;
    case 1: *value = (lk_value){.kind = LK_BOOLEAN, .as.integer = next(in) & 1}; break;
    case 2: *value = (lk_value){.kind = LK_INTEGER, .as.integer = next(in)}; break;
    case 3: {
      size_t length = next(in);
      if (length > in->size) length = in->size;
      *value = (lk_value){
          .kind = LK_STRING, .as.string = {.bytes = (const char *)in->data, .length = length}};
      in->data += length;
      in->size -= length;
      break;
    }
    case 4: {
      union {
        int64_t bits;
        double number;
      } both = {.bits = number(in)};
      *value = (lk_value){.kind = LK_NUMBER, .as.number = both.number};
      break;
    }
    case 5:
      *value = (lk_value){
          .kind = LK_OBJECT,
          .as.object = {.class_id = next(in) & 1, .slot = next(in), .word = number(in)}};
      break;
    default: {
      uint32_t pairs = depth < 20 ? next(in) % 5 : 0;
      uint32_t place = in->count - 1;
      *value = (lk_value){.kind = LK_TABLE};
      for (uint32_t pair = 0; pair < pairs && in->count < 190; pair++) {
        in->values[place].count++;
        make(in, depth + 1, 1);
        make(in, depth + 1, 0);
      }
    }
  }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
  if (size < 2) return 0;
  input in = {.data = data + 1, .size = size - 1};
  while (in.size > 0 && in.count < 180) make(&in, 0, 0);
  lk_vm *vm = fuzz_open(data[0] & 1 ? LK_CONSOLE : LK_RULE);
  int environment, chunk;
  lk_environment(vm, 0, &environment);
  static const char source[] = "return echo(...)";
  REQUIRE(
      lk_compile(vm, source, sizeof source - 1, "=fuzz", environment, &chunk) == LK_OK, "compiles");
  lk_arm(vm, (lk_budget){.output = 4096});
  if (data[0] & 2) lk_fail_allocation(vm, data[0] >> 2);
  lk_status status = lk_call(vm, chunk, in.values, in.count, data[0] & 4 ? LK_DISPLAY : LK_COPY);
  lk_fail_allocation(vm, -1);
  uint32_t count;
  const lk_value *results = lk_results(vm, &count);
  int plain = status == LK_OK && !(data[0] & 4);
  for (uint32_t index = 0; index < in.count; index++)
    if (in.values[index].kind == LK_TABLE) plain = 0; /* keys may fall together */
  if (plain) {
    REQUIRE(count == in.count, "as many come back");
    for (uint32_t index = 0; index < count; index++) {
      const lk_value *sent = &in.values[index], *came = &results[index];
      REQUIRE(sent->kind == came->kind, "of the same kind");
      if (sent->kind == LK_STRING)
        REQUIRE(
            sent->as.string.length == came->as.string.length &&
                memcmp(sent->as.string.bytes, came->as.string.bytes, sent->as.string.length) == 0,
            "the same text");
      else if (sent->kind == LK_INTEGER || sent->kind == LK_NUMBER)
        REQUIRE(sent->as.integer == came->as.integer, "the same number");
    }
  }
  fuzz_close(vm);
  return 0;
}
