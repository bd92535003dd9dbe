#include <errno.h>
#include <histedit.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

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
/* The window as the editor knows it, beside what Swift keeps with the editor. */
typedef struct {
  void *owner;
  int input;
  unsigned short columns, rows;
  /* Whether a signal ended the line. */
  int interrupted;
} cel_data;

static inline cel_data *cel_data_of(EditLine *el) {
  void *data = NULL;
  el_get(el, EL_CLIENTDATA, &data);
  return data;
}
/* Whether the window has another size than before. */
static inline int cel_resized(cel_data *data) {
  struct winsize window;
  if (ioctl(data->input, TIOCGWINSZ, &window)) return 0;
  int is_other = window.ws_col != data->columns || window.ws_row != data->rows;
  data->columns = window.ws_col;
  data->rows = window.ws_row;
  return is_other;
}
/* What handlers of signals know. Inside a function, as Swift takes no variables from a header. */
typedef struct {
  volatile sig_atomic_t window_changed;
  /* The terminal's descriptors, and how it was found; guarded once. */
  volatile sig_atomic_t is_guarded, input, output, is_alternate;
  struct termios found;
} cel_signals;
static inline cel_signals *cel_signal_state(void) {
  static cel_signals state;
  return &state;
}
/* Reads a character. A signal ends the line, unless it was that of a window that changed. */
static inline int cel_getc(EditLine *el, wchar_t *out) {
  cel_data *data = cel_data_of(el);
  mbstate_t state;
  memset(&state, 0, sizeof state);
  int is_inside = 0;
  for (;;) {
    char byte;
    ssize_t count = read(data->input, &byte, 1);
    if (count == 0) return 0;
    if (count < 0) {
      /* Some program before left the terminal so that a read does not wait. */
      if (errno == EAGAIN) {
        struct pollfd ready = {.fd = data->input, .events = POLLIN};
        if (poll(&ready, 1, -1) >= 0 || errno != EINTR) continue;
      }
      if (errno != EINTR) return -1;
      if (!cel_signal_state()->window_changed) {
        data->interrupted = 1;
        return -1;
      }
      cel_signal_state()->window_changed = 0;
      if (cel_resized(data)) {
        el_resize(el);
        el_set(el, EL_REFRESH);
      }
      continue;
    }
    /* A Ctrl-D that came while the terminal took whole lines is read as a NUL, for which libedit would
       insert the next key as it is: no further Ctrl-D would leave. */
    if (!byte) continue;
    size_t length = mbrtowc(out, &byte, 1, &state);
    if (length == (size_t)-2) {
      is_inside = 1;
      continue;
    }
    if (length != (size_t)-1) return 1;
    /* Not UTF-8: what was begun is dropped; the byte that broke it off may begin another. */
    memset(&state, 0, sizeof state);
    if (!is_inside) continue;
    is_inside = 0;
    length = mbrtowc(out, &byte, 1, &state);
    if (length == (size_t)-2) is_inside = 1;
    else if (length != (size_t)-1) return 1;
    else memset(&state, 0, sizeof state);
  }
}
static inline void cel_on_resize(int signal_) {
  (void)signal_;
  cel_signal_state()->window_changed = 1;
}
static inline void cel_watch_window(EditLine *el) {
  cel_resized(cel_data_of(el));
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = cel_on_resize;
  sigaction(SIGWINCH, &action, NULL);
  el_wset(el, EL_GETCFN, cel_getc);
}
/* Leaves the terminal as it was found; a signal handler may call it. */
static inline void cel_restore_terminal(void) {
  cel_signals *state = cel_signal_state();
  if (!state->is_guarded) return;
  if (state->is_alternate && write(state->output, "\033[?1049l", 8) < 0) {}
  if (write(state->output, "\033[?2004l", 8) < 0) {}
  tcsetattr(state->input, TCSANOW, &state->found);
}
static inline void cel_on_end(int signal_) {
  cel_restore_terminal();
  /* It was reset when it came (SA_RESETHAND): now it ends the program. */
  raise(signal_);
}
static inline void cel_guard_terminal(int input, int output) {
  cel_signals *state = cel_signal_state();
  if (state->is_guarded || tcgetattr(input, &state->found)) return;
  state->input = input;
  state->output = output;
  state->is_guarded = 1;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = cel_on_end;
  action.sa_flags = (int)SA_RESETHAND;
  const int ends[] = {SIGTERM, SIGHUP, SIGQUIT};
  for (int i = 0; i < 3; i++) {
    struct sigaction before;
    /* What was ignored, as nohup does, stays ignored; who handles it ends the program by itself. */
    if (!sigaction(ends[i], NULL, &before) && before.sa_handler != SIG_DFL) continue;
    sigaction(ends[i], &action, NULL);
  }
}
static inline void cel_alternate(int is_shown) { cel_signal_state()->is_alternate = is_shown; }
/* What a terminal brackets as pasted, up to this many characters. */
#define CEL_PASTE (1 << 20)
/* Takes what is pasted as text: its ends of lines and tabs do nothing by themselves. */
static inline unsigned char cel_paste(EditLine *el, int key) {
  (void)key;
  static const wchar_t end[] = L"\033[201~";
  enum { LENGTH = 6 };
  size_t count = 0, room = 256;
  wchar_t *text = malloc(room * sizeof *text);
  while (text && el_wgetc(el, &text[count]) == 1) {
    if (text[count] == L'\r') text[count] = L'\n';
    count++;
    if (count >= LENGTH && !wmemcmp(text + count - LENGTH, end, LENGTH)) {
      count -= LENGTH;
      break;
    }
    if (count + 1 < room) continue;
    wchar_t *more = room < CEL_PASTE ? realloc(text, 2 * room * sizeof *text) : NULL;
    if (more) {
      text = more;
      room *= 2;
    } else {
      /* The rest is read and dropped, but for what may be the mark's beginning: as keys its lines
         would run. */
      wmemmove(text + count - 2 * LENGTH, text + count - LENGTH, LENGTH);
      count -= LENGTH;
    }
  }
  if (!text) return CC_ERROR;
  /* The end of the last line is Enter, which is the person's. */
  while (count > 0 && text[count - 1] == L'\n') count--;
  text[count] = 0;
  int failed = count > 0 && el_winsertstr(el, text);
  free(text);
  return failed ? CC_ERROR : CC_REFRESH;
}
static inline int cel_set_paste(EditLine *el) {
  if (el_set(el, EL_ADDFN, "paste-text", "Takes pasted text", cel_paste)) return -1;
  return el_set(el, EL_BIND, "\033[200~", "paste-text", NULL);
}
static inline int cel_set_editor(EditLine *el, const char *mode) {
  return el_set(el, EL_EDITOR, mode);
}
static inline int cel_prepare(EditLine *el) { return el_set(el, EL_PREP_TERM, 1); }
static inline int cel_set_signal(EditLine *el, int on) { return el_set(el, EL_SIGNAL, on); }
static inline int cel_set_client(EditLine *el, cel_data *data) {
  return el_set(el, EL_CLIENTDATA, data);
}
static inline void *cel_client(EditLine *el) {
  cel_data *data = cel_data_of(el);
  return data ? data->owner : NULL;
}
/* Shows text below the line. */
static inline void cel_show(cel_streams streams, const char *text) {
  fputs(text, streams.output);
  fflush(streams.output);
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
/* H_SAVE would not say that the disk is full: the file's end is written when it is closed. */
static inline int cel_history_save(History *h, const char *path) {
  HistEvent event;
  FILE *file = fopen(path, "we");
  if (!file) return -1;
  int failed = fchmod(fileno(file), S_IRUSR | S_IWUSR) || history(h, &event, H_SAVE_FP, file) < 0
      || fflush(file) || ferror(file) || fsync(fileno(file));
  return fclose(file) || failed ? -1 : 0;
}
/* A prompt with UTF-8 crashes libedit 3.1-20221030 in a one-byte locale (php-src#8968). */
static inline void cel_locale(void) {
  setlocale(LC_CTYPE, "");
  if (MB_CUR_MAX == 1) setlocale(LC_CTYPE, "C.UTF-8");
}
static inline int cel_errno(void) { return errno; }
static inline void cel_clear_errno(void) { errno = 0; }
