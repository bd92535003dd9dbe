/* What of SQLite takes a variable number of arguments, which Swift cannot call. */
#include <sqlite3.h>

/* Leaves the write-ahead log as it is when the connection closes; see SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE. */
static inline int cs_keep_log_on_close(sqlite3 *connection) {
  return sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}
