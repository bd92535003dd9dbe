#include <errno.h>
#include <histedit.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

/* el_set and history are variadic, which Swift cannot call; stdio's streams are macros that Swift 6
   holds for shared mutable state. One inline function each. */

/* The standard streams, or a terminal opened elsewhere. */
typedef struct {
  FILE *input, *output;
} cel_streams;

static inline cel_streams cel_standard(void) { return (cel_streams){stdin, stdout}; }
static inline cel_streams cel_terminal(const char *path) {
  return (cel_streams){fopen(path, "re"), fopen(path, "we")};
}
static inline void cel_close(cel_streams streams) {
  if (streams.input && streams.input != stdin) fclose(streams.input);
  if (streams.output && streams.output != stdout) fclose(streams.output);
}
static inline EditLine *cel_init(const char *program, cel_streams streams) {
  if (!streams.input || !streams.output) return NULL;
  return el_init(program, streams.input, streams.output, stderr);
}
static inline int cel_set_prompt(EditLine *el, char *(*prompt)(EditLine *)) {
  return el_set(el, EL_PROMPT_ESC, prompt, '\1');
}
static inline int cel_set_editor(EditLine *el, const char *mode) {
  return el_set(el, EL_EDITOR, mode);
}
static inline int cel_prepare(EditLine *el) { return el_set(el, EL_PREP_TERM, 1); }
static inline int cel_set_signal(EditLine *el, int on) { return el_set(el, EL_SIGNAL, on); }
static inline int cel_set_client(EditLine *el, void *data) {
  return el_set(el, EL_CLIENTDATA, data);
}
static inline void *cel_client(EditLine *el) {
  void *data = NULL;
  el_get(el, EL_CLIENTDATA, &data);
  return data;
}
static inline int cel_add_function(
    EditLine *el, const char *name, const char *help,
    unsigned char (*function)(EditLine *, int)) {
  return el_set(el, EL_ADDFN, name, help, function);
}
static inline int cel_bind(EditLine *el, const char *key, const char *function) {
  return el_set(el, EL_BIND, key, function, NULL);
}
static inline int cel_set_history(EditLine *el, History *history_) {
  return el_set(el, EL_HIST, history, history_);
}
static inline int cel_history_size(History *h, int size) {
  HistEvent event;
  return history(h, &event, H_SETSIZE, size);
}
static inline int cel_history_unique(History *h) {
  HistEvent event;
  return history(h, &event, H_SETUNIQUE, 1);
}
static inline int cel_history_enter(History *h, const char *line) {
  HistEvent event;
  return history(h, &event, H_ENTER, line);
}
static inline int cel_history_load(History *h, const char *path) {
  HistEvent event;
  return history(h, &event, H_LOAD, path);
}
static inline int cel_history_save(History *h, const char *path) {
  HistEvent event;
  return history(h, &event, H_SAVE, path);
}
/* A prompt with UTF-8 crashes libedit 3.1-20221030 in a one-byte locale (php-src#8968). */
static inline void cel_locale(void) {
  setlocale(LC_CTYPE, "");
  if (MB_CUR_MAX == 1) setlocale(LC_CTYPE, "C.UTF-8");
}
static inline int cel_errno(void) { return errno; }
static inline void cel_clear_errno(void) { errno = 0; }
