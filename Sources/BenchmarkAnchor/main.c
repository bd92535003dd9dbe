/* The anchor of the benchmarks: a plain C program that does the same writes as an import (event log,
   identity, hash chain, person facts, states, names, counters, in batches of 10,000 events), and the
   same scan. It parses nothing and decides nothing.

     cartio-anchor import CARTS FILE
     cartio-anchor scan FILE

   The others are in files of their own. */
#include <sha2.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stock.h"

#define BATCH 10000
#define PRODUCTS 500

static sqlite3 *db;

static void check(int code) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
  fprintf(stderr, "anchor: %s\n", sqlite3_errmsg(db));
  exit(1);
}

static void run(const char *sql) { check(sqlite3_exec(db, sql, NULL, NULL, NULL)); }

static sqlite3_stmt *prepare(const char *sql) {
  sqlite3_stmt *statement;
  check(sqlite3_prepare_v2(db, sql, -1, &statement, NULL));
  return statement;
}

static void step(sqlite3_stmt *statement) {
  check(sqlite3_step(statement));
  check(sqlite3_reset(statement));
}

static uint64_t state = 88172645463325252u;
static unsigned next_random(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (unsigned)(state >> 32);
}

static const char schema[] =
    "CREATE TABLE event(seq INTEGER PRIMARY KEY, cart INTEGER, prev INTEGER, version INTEGER NOT NULL,"
    " op INTEGER NOT NULL, actor INTEGER NOT NULL, at INTEGER NOT NULL, recorded INTEGER NOT NULL,"
    " type INTEGER NOT NULL, key BLOB NOT NULL, data BLOB NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX event_key ON event(key);"
    "CREATE TABLE fact(id INTEGER PRIMARY KEY, salt BLOB, data BLOB) STRICT;"
    "CREATE TABLE commits(id INTEGER PRIMARY KEY, first INTEGER, last INTEGER, recorded INTEGER,"
    " hash BLOB) STRICT;"
    "CREATE TABLE cart(id INTEGER PRIMARY KEY, name TEXT NOT NULL, state INTEGER, version INTEGER,"
    " head INTEGER, created INTEGER, updated INTEGER, touched INTEGER, currency INTEGER, email TEXT,"
    " ip TEXT, country TEXT, session TEXT, customer INTEGER, quantity INTEGER, subtotal INTEGER,"
    " body BLOB) STRICT;"
    "CREATE INDEX cart_updated ON cart(updated);"
    "CREATE TABLE alias(name TEXT PRIMARY KEY, cart INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE counter(quarter INTEGER, product INTEGER, added INTEGER, removed INTEGER,"
    " ordered INTEGER, PRIMARY KEY(quarter, product)) STRICT, WITHOUT ROWID;";

static sqlite3_stmt *event, *fact, *cart, *alias, *counter, *commits;
static SHA2_CTX chain;
static unsigned char hash[32];
static int counts[PRODUCTS];
static int64_t seq, first = 1, commit_count;

static void finish_batch(int64_t at) {
  for (int product = 0; product < PRODUCTS; product++) {
    if (!counts[product]) continue;
    sqlite3_bind_int64(counter, 1, at / 900000);
    sqlite3_bind_int(counter, 2, product);
    sqlite3_bind_int(counter, 3, counts[product]);
    step(counter);
    counts[product] = 0;
  }
  SHA256Update(&chain, hash, 32);
  SHA256Final(hash, &chain);
  SHA256Init(&chain);
  sqlite3_bind_int64(commits, 1, ++commit_count);
  sqlite3_bind_int64(commits, 2, first);
  sqlite3_bind_int64(commits, 3, seq);
  sqlite3_bind_int64(commits, 4, at);
  sqlite3_bind_blob(commits, 5, hash, 32, SQLITE_STATIC);
  step(commits);
  first = seq + 1;
  run("COMMIT");
}

static void write_event(
    int64_t owner, int64_t prev, int version, int64_t at, int type, const char *data, int length) {
  unsigned char key[16];
  for (int byte = 0; byte < 6; byte++) key[byte] = (unsigned char)(at >> (40 - 8 * byte));
  for (int byte = 6; byte < 16; byte++) key[byte] = (unsigned char)next_random();
  sqlite3_bind_int64(event, 1, ++seq);
  sqlite3_bind_int64(event, 2, owner);
  if (prev) sqlite3_bind_int64(event, 3, prev);
  else sqlite3_bind_null(event, 3);
  sqlite3_bind_int(event, 4, version);
  sqlite3_bind_int(event, 5, 1);
  sqlite3_bind_int(event, 6, 2);
  sqlite3_bind_int64(event, 7, at);
  sqlite3_bind_int64(event, 8, at);
  sqlite3_bind_int(event, 9, type);
  sqlite3_bind_blob(event, 10, key, 16, SQLITE_STATIC);
  sqlite3_bind_blob(event, 11, data, length, SQLITE_STATIC);
  step(event);
  int64_t numbers[9] = {seq, owner, prev, version, 1, at, at, type, length};
  SHA256Update(&chain, (unsigned char *)numbers, sizeof numbers);
  SHA256Update(&chain, key, 16);
  SHA256Update(&chain, (const unsigned char *)data, (size_t)length);
}

static void import(int64_t carts, const char *path) {
  remove(path);
  check(sqlite3_open(path, &db));
  run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536;"
      "PRAGMA wal_autocheckpoint = 4000; PRAGMA secure_delete = ON");
  run(schema);
  event = prepare("INSERT INTO event VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  fact = prepare("INSERT INTO fact VALUES(?, ?, ?)");
  cart = prepare("INSERT INTO cart VALUES(?, ?, 0, 4, ?, ?, ?, ?, 978, ?, ?, 'DE', ?, NULL, 3, 3897, ?)");
  alias = prepare("INSERT INTO alias VALUES(?, ?)");
  counter = prepare(
      "INSERT INTO counter VALUES(?, ?, ?, 0, 0) ON CONFLICT DO UPDATE SET"
      " added = added + excluded.added");
  commits = prepare("INSERT INTO commits VALUES(?, ?, ?, ?, ?)");
  SHA256Init(&chain);
  run("BEGIN IMMEDIATE");
  int64_t at = 1700000000000;
  for (int64_t number = 1; number <= carts; number++) {
    char name[40], email[40], ip[20], session[16], data[300], body[700];
    unsigned char salt[16];
    at += 400;
    snprintf(
        name, sizeof name, "%08x-%04x-%04x-%04x-%08x%04x", next_random(), next_random() & 0xffff,
        next_random() & 0xffff, next_random() & 0xffff, next_random(), next_random() & 0xffff);
    snprintf(email, sizeof email, "shopper%u@example.com", next_random() % 500000);
    snprintf(
        ip, sizeof ip, "%u.%u.%u.%u", next_random() & 255, next_random() & 255,
        next_random() & 255, next_random() & 255);
    snprintf(session, sizeof session, "s%08x", next_random());
    for (int byte = 0; byte < 16; byte++) salt[byte] = (unsigned char)next_random();
    int length = snprintf(data, sizeof data, "%s|%s|Mozilla/5.0 (X11; Linux x86_64)", email, ip);
    SHA2_CTX commitment;
    unsigned char digest[32];
    SHA256Init(&commitment);
    SHA256Update(&commitment, salt, 16);
    SHA256Update(&commitment, (unsigned char *)data, (size_t)length);
    SHA256Final(digest, &commitment);
    sqlite3_bind_int64(fact, 1, number);
    sqlite3_bind_blob(fact, 2, salt, 16, SQLITE_STATIC);
    sqlite3_bind_blob(fact, 3, data, length, SQLITE_STATIC);
    step(fact);
    length = snprintf(data, sizeof data, "EUR %s DE guest ", session);
    memcpy(data + length, digest, 16);
    write_event(number, 0, 1, at, 1, data, length + 16);
    int used = 0;
    for (int line = 0; line < 3; line++) {
      unsigned product = next_random() % PRODUCTS;
      length = snprintf(
          data, sizeof data, "l%d SKU-%05u A product of the shop no %u 1 12.99 colour blue", line,
          product, product);
      memcpy(body + used, data, (size_t)length);
      used += length;
      counts[product]++;
      write_event(number, seq, line + 2, at, 2, data, length);
    }
    sqlite3_bind_int64(cart, 1, number);
    sqlite3_bind_text(cart, 2, name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(cart, 3, seq);
    for (int column = 4; column <= 6; column++) sqlite3_bind_int64(cart, column, at);
    sqlite3_bind_text(cart, 7, email, -1, SQLITE_STATIC);
    sqlite3_bind_text(cart, 8, ip, -1, SQLITE_STATIC);
    sqlite3_bind_text(cart, 9, session, -1, SQLITE_STATIC);
    sqlite3_bind_blob(cart, 10, body, used, SQLITE_STATIC);
    step(cart);
    sqlite3_bind_text(alias, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(alias, 2, number);
    step(alias);
    if (seq - first + 1 >= BATCH || number == carts) {
      finish_batch(at);
      if (number < carts) run("BEGIN IMMEDIATE");
    }
  }
}

/* Reads what cartio wrote: each open cart with its packed lines. */
static void scan(const char *path) {
  check(sqlite3_open(path, &db));
  sqlite3_stmt *rows = prepare(
      "SELECT id, name, version, updated, touched, email, ip, country, session, body FROM cart"
      " WHERE state = 0");
  int64_t sum = 0;
  while (sqlite3_step(rows) == SQLITE_ROW) {
    const unsigned char *bytes = sqlite3_column_blob(rows, 9);
    int length = sqlite3_column_bytes(rows, 9);
    for (int index = 0; index < length; index++) sum += bytes[index];
    sum += sqlite3_column_bytes(rows, 1) + sqlite3_column_bytes(rows, 5);
  }
  printf("%lld\n", (long long)sum);
}

int main(int count, char **words) {
  if (count == 4 && strcmp(words[1], "import") == 0) import(atoll(words[2]), words[3]);
  else if (count == 3 && strcmp(words[1], "scan") == 0) scan(words[2]);
  else if (count == 3 && strcmp(words[1], "lua") == 0) return run_lua(words[2]);
  else if (count == 5 && strcmp(words[1], "rules") == 0)
    return run_rules(words[2], words[3], words[4]);
  else {
    fputs(
        "usage: cartio-anchor import CARTS FILE | scan FILE | lua FILE | rules DATABASE FILE LISTS\n",
        stderr);
    return 64;
  }
  return 0;
}
