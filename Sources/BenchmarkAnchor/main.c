/* The anchor of the benchmarks: a plain C program that does the same writes as an import (event log,
   identity, hash chain, person facts, states, names, counters, in batches of 10,000 events), and the
   same scan. It parses nothing and decides nothing.

     cartio-anchor import CARTS FILE
     cartio-anchor scan FILE

   The others are in files of their own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "anchor.h"

#define BATCH 10000
#define PRODUCTS 500

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

static unsigned random_number(void) { return (unsigned)(next_random() >> 32); }

static sqlite3_stmt *cart, *alias, *counter;
static int counts[PRODUCTS];

static void finish_batch(int64_t at) {
  for (int product = 0; product < PRODUCTS; product++) {
    if (!counts[product]) continue;
    sqlite3_bind_int64(counter, 1, at / 900000);
    sqlite3_bind_int(counter, 2, product);
    sqlite3_bind_int(counter, 3, counts[product]);
    step(counter);
    counts[product] = 0;
  }
  commit_log(at);
}

static void import(int64_t carts, const char *path) {
  remove(path);
  open_database(path);
  run(schema);
  open_log();
  cart = prepare("INSERT INTO cart VALUES(?, ?, 0, 4, ?, ?, ?, ?, 978, ?, ?, 'DE', ?, NULL, 3, 3897, ?)");
  alias = prepare("INSERT INTO alias VALUES(?, ?)");
  counter = prepare(
      "INSERT INTO counter VALUES(?, ?, ?, 0, 0) ON CONFLICT DO UPDATE SET"
      " added = added + excluded.added");
  run("BEGIN IMMEDIATE");
  int64_t at = 1700000000000;
  for (int64_t number = 1; number <= carts; number++) {
    char name[40], email[40], ip[20], session[16], data[300], body[700];
    at += 400;
    snprintf(
        name, sizeof name, "%08x-%04x-%04x-%04x-%08x%04x", random_number(), random_number() & 0xffff,
        random_number() & 0xffff, random_number() & 0xffff, random_number(), random_number() & 0xffff);
    snprintf(email, sizeof email, "shopper%u@example.com", random_number() % 500000);
    snprintf(
        ip, sizeof ip, "%u.%u.%u.%u", random_number() & 255, random_number() & 255,
        random_number() & 255, random_number() & 255);
    snprintf(session, sizeof session, "s%08x", random_number());
    int length = snprintf(data, sizeof data, "%s|%s|Mozilla/5.0 (X11; Linux x86_64)", email, ip);
    unsigned char commitment[16];
    write_fact(data, (size_t)length, commitment);
    length = snprintf(data, sizeof data, "EUR %s DE guest ", session);
    memcpy(data + length, commitment, sizeof commitment);
    int64_t head = write_event(number, 0, 1, 1, 1, at, data, (size_t)length + sizeof commitment);
    int used = 0;
    for (int line = 0; line < 3; line++) {
      unsigned product = random_number() % PRODUCTS;
      length = snprintf(
          data, sizeof data, "l%d SKU-%05u A product of the shop no %u 1 12.99 colour blue", line,
          product, product);
      memcpy(body + used, data, (size_t)length);
      used += length;
      counts[product]++;
      head = write_event(number, head, line + 2, 1, 2, at, data, (size_t)length);
    }
    sqlite3_bind_int64(cart, 1, number);
    sqlite3_bind_text(cart, 2, name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(cart, 3, head);
    for (int column = 4; column <= 6; column++) sqlite3_bind_int64(cart, column, at);
    sqlite3_bind_text(cart, 7, email, -1, SQLITE_STATIC);
    sqlite3_bind_text(cart, 8, ip, -1, SQLITE_STATIC);
    sqlite3_bind_text(cart, 9, session, -1, SQLITE_STATIC);
    sqlite3_bind_blob(cart, 10, body, used, SQLITE_STATIC);
    step(cart);
    sqlite3_bind_text(alias, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(alias, 2, number);
    step(alias);
    if (events_since_commit() >= BATCH || number == carts) {
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
  else if (count == 4 && strcmp(words[1], "edit") == 0) return run_edit(words[2], atoi(words[3]));
  else {
    fputs(
        "usage: cartio-anchor import CARTS FILE | scan FILE | lua FILE | rules DATABASE FILE LISTS"
        " | edit DATABASE QUANTITY\n",
        stderr);
    return 64;
  }
  return 0;
}
