/* System calls that Swift's Glibc module does not show. */
#include <sys/types.h>

/* Opens a terminal of the given width; its name goes to `name`. Returns the master, or -1. */
int ct_open_terminal(unsigned short columns, char *name, size_t size);
/* Waits until a program reads the terminal key by key; -1 after about 20 seconds. */
int ct_wait_raw(int master);
/* Gives a terminal another width, as a person does who drags its window. */
int ct_resize(int master, unsigned short columns);
/* A pipe that children do not inherit. */
int ct_pipe(int ends[2]);
/* Removes a folder and what is in it. */
void ct_remove_tree(const char *path);

/* Stock Lua with all its libraries. */
typedef struct ct_lua ct_lua;
ct_lua *ct_lua_open(void);
/* Runs a chunk with one argument and gives its first result, or the error, as a text that stays until
   the next call. */
const char *ct_lua_run(ct_lua *lua, const char *source, long long argument, size_t *length);
void ct_lua_close(ct_lua *lua);
