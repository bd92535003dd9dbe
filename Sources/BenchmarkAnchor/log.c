#include <sha2.h>
#include <string.h>

#include "anchor.h"

static sqlite3_stmt *event, *fact, *commits;
static SHA2_CTX chain;
static unsigned char hash[32];
static int64_t seq, facts, first, commit_count;

void open_log(void) {
  sqlite3_stmt *last = prepare("SELECT (SELECT max(seq) FROM event), (SELECT max(id) FROM fact),"
                               " (SELECT max(id) FROM commits)");
  check(sqlite3_step(last));
  seq = sqlite3_column_int64(last, 0);
  facts = sqlite3_column_int64(last, 1);
  commit_count = sqlite3_column_int64(last, 2);
  first = seq + 1;
  sqlite3_finalize(last);
  event = prepare("INSERT INTO event VALUES(?, ?, ?, ?, ?, 2, ?, ?, ?, ?, ?)");
  fact = prepare("INSERT INTO fact VALUES(?, ?, ?)");
  commits = prepare("INSERT INTO commits VALUES(?, ?, ?, ?, ?)");
  SHA256Init(&chain);
}

int64_t write_fact(const char *text, size_t length, unsigned char *commitment) {
  uint64_t salt[2] = {next_random(), next_random()};
  unsigned char digest[32];
  SHA2_CTX context;
  SHA256Init(&context);
  SHA256Update(&context, (const unsigned char *)salt, sizeof salt);
  SHA256Update(&context, (const unsigned char *)text, length);
  SHA256Final(digest, &context);
  memcpy(commitment, digest, 16);
  sqlite3_bind_int64(fact, 1, ++facts);
  sqlite3_bind_blob(fact, 2, salt, sizeof salt, SQLITE_STATIC);
  sqlite3_bind_blob(fact, 3, text, (int)length, SQLITE_STATIC);
  step(fact);
  return facts;
}

static void bind_known(int place, int64_t value) {
  if (value) check(sqlite3_bind_int64(event, place, value));
  else check(sqlite3_bind_null(event, place));
}

int64_t write_event(
    int64_t cart, int64_t prev, int64_t version, int64_t operation, int type, int64_t now,
    const char *data, size_t length) {
  /* Keys sort by their time, as those of cartio do. */
  unsigned char key[16];
  for (int byte = 0; byte < 6; byte++) key[byte] = (unsigned char)(now >> (40 - 8 * byte));
  uint64_t random[2] = {next_random(), next_random()};
  memcpy(key + 6, random, 10);
  sqlite3_bind_int64(event, 1, ++seq);
  bind_known(2, cart);
  bind_known(3, prev);
  sqlite3_bind_int64(event, 4, version);
  sqlite3_bind_int64(event, 5, operation);
  sqlite3_bind_int64(event, 6, now);
  sqlite3_bind_int64(event, 7, now);
  sqlite3_bind_int(event, 8, type);
  sqlite3_bind_blob(event, 9, key, sizeof key, SQLITE_STATIC);
  sqlite3_bind_blob(event, 10, data, (int)length, SQLITE_STATIC);
  step(event);
  int64_t numbers[9] = {seq, cart, prev, version, operation, now, now, type, (int64_t)length};
  SHA256Update(&chain, (unsigned char *)numbers, sizeof numbers);
  SHA256Update(&chain, key, sizeof key);
  SHA256Update(&chain, (const unsigned char *)data, length);
  return seq;
}

int64_t events_since_commit(void) { return seq - first + 1; }

void commit_log(int64_t now) {
  SHA256Update(&chain, hash, sizeof hash);
  SHA256Final(hash, &chain);
  SHA256Init(&chain);
  sqlite3_bind_int64(commits, 1, ++commit_count);
  sqlite3_bind_int64(commits, 2, first);
  sqlite3_bind_int64(commits, 3, seq);
  sqlite3_bind_int64(commits, 4, now);
  sqlite3_bind_blob(commits, 5, hash, sizeof hash, SQLITE_STATIC);
  step(commits);
  first = seq + 1;
  run("COMMIT");
}
