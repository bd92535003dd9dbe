/* What of SQLite takes a variable number of arguments, which Swift cannot call. */
#include <sqlite3.h>

/* Leaves out SQLite's count of the memory in use, which takes a lock at each allocation and which nobody
   reads. Only before the first use of SQLite; later it does nothing. */
static inline int cs_count_no_memory(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

/* Leaves the write-ahead log as it is when the connection closes; see SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE. */
static inline int cs_keep_log_on_close(sqlite3 *connection) {
  return sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}
