/* Runs a fuzzer's target over files, whose names stand in a file: for valgrind, and for a finding. */
#include <stdio.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int main(int count, char **words) {
  static unsigned char data[1 << 16];
  char name[4096];
  FILE *names = count == 2 ? fopen(words[1], "r") : NULL;
  if (!names) return 64;
  while (fscanf(names, "%4095[^\n]\n", name) == 1) {
    FILE *file = fopen(name, "r");
    if (!file) return 1;
    size_t size = fread(data, 1, sizeof data, file);
    fclose(file);
    LLVMFuzzerTestOneInput(data, size);
  }
  fclose(names);
  return 0;
}
