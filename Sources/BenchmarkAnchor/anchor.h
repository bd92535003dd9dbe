/* What the parts of the anchor share: a database, numbers that look random, the log that changes are
   written to, and carts as tables of Lua. Each that fails prints why and exits. */
#include <lua.h>
#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

/* ---- database.c ------------------------------------------------------------------------------- */

extern sqlite3 *db;

void check(int code);
void run(const char *sql);
sqlite3_stmt *prepare(const char *sql);
/* Runs a statement that gives no rows, and resets it. */
void step(sqlite3_stmt *statement);
/* Opens a database with the settings that cartio writes with. */
void open_database(const char *path);
uint64_t next_random(void);
/* Milliseconds since 1970. */
int64_t clock_now(void);

/* ---- log.c: a shop's log, as cartio writes it ------------------------------------------------- */

/* Goes on after the last event of the database. */
void open_log(void);
/* Writes a fact with its salt; sets its commitment, 16 bytes, and gives its number. */
int64_t write_fact(const char *text, size_t length, unsigned char *commitment);
/* Writes an event and takes it into the hash of the next commit; gives its number. The cart and the
   event before are 0 where there is none. */
int64_t write_event(
    int64_t cart, int64_t prev, int64_t version, int64_t operation, int type, int64_t now,
    const char *data, size_t length);
int64_t events_since_commit(void);
/* Writes the link of the chain and commits; the caller begins. */
void commit_log(int64_t now);

/* ---- cart.c ----------------------------------------------------------------------------------- */

/* What a cart's row is read with, before a WHERE. */
extern const char cart_columns[];
/* A number of variable length, and what it is where it has a sign. */
uint64_t read_number(const unsigned char **at);
int64_t signed_number(uint64_t value);
/* Pushes the table of a cart of a row of cart_columns. */
void push_cart(lua_State *L, sqlite3_stmt *row, int64_t now);

/* ---- What the program does -------------------------------------------------------------------- */

int run_lua(const char *path);
int run_rules(const char *database, const char *file, const char *lists);
int run_edit(const char *database, int quantity);
