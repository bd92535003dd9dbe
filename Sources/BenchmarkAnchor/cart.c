#include <string.h>

#include "anchor.h"

uint64_t read_number(const unsigned char **at) {
  uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    unsigned char byte = *(*at)++;
    value |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}

int64_t signed_number(uint64_t value) { return (int64_t)(value >> 1) ^ -(int64_t)(value & 1); }

static void set_text(lua_State *L, const char *name, const unsigned char *bytes, size_t length) {
  lua_pushlstring(L, (const char *)bytes, length);
  lua_setfield(L, -2, name);
}

static void set_number(lua_State *L, const char *name, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

/* Pushes a line's table. */
static void push_line(lua_State *L, const unsigned char *at, const unsigned char *end) {
  int64_t quantity = 0, price = 0;
  const unsigned char *sku = at;
  size_t sku_length = 0;
  int has_id = 0;
  lua_createtable(L, 0, 8);
  while (at < end) {
    unsigned char head = *at++;
    uint64_t value = read_number(&at);
    if ((head & 1) == 0) {
      if (head >> 1 == 4) quantity = signed_number(value);
      if (head >> 1 == 5) price = signed_number(value);
      continue;
    }
    switch (head >> 1) {
      case 1:
        has_id = 1;
        set_text(L, "id", at, value);
        break;
      case 2:
        sku = at;
        sku_length = value;
        set_text(L, "sku", at, value);
        break;
      case 3: set_text(L, "name", at, value); break;
      case 6: set_text(L, "image", at, value); break;
      default: break;
    }
    at += value;
  }
  if (!has_id) set_text(L, "id", sku, sku_length);
  lua_pushinteger(L, quantity);
  lua_setfield(L, -2, "quantity");
  double exact = (double)(price >> 4);
  for (int64_t scale = price & 15; scale > 0; scale--) exact /= 10;
  set_number(L, "price", exact);
  set_number(L, "total", exact * (double)quantity);
}

static const char *const fields[] = {
    NULL, "shopper_type", "email", "name", "phone", "company", "group", "customer_id", "session", "ip",
    "country", "browser",
};

static void set_column(lua_State *L, sqlite3_stmt *row, int column, const char *name) {
  set_text(
      L, name, sqlite3_column_blob(row, column), (size_t)sqlite3_column_bytes(row, column));
}

const char cart_columns[] =
    "SELECT id, name, created, updated, touched, email, ip, country, session, customer, quantity,"
    " subtotal, body, version FROM cart";

void push_cart(lua_State *L, sqlite3_stmt *row, int64_t now) {
  lua_createtable(L, 0, 32);
  set_column(L, row, 1, "id");
  lua_pushstring(
      L, now - sqlite3_column_int64(row, 4) > 3600000 ? "abandoned" : "active");
  lua_setfield(L, -2, "status");
  set_number(L, "created", (double)sqlite3_column_int64(row, 2) / 1000);
  set_number(L, "updated", (double)sqlite3_column_int64(row, 3) / 1000);
  set_number(L, "idle", (double)(now - sqlite3_column_int64(row, 4)) / 1000);
  lua_pushinteger(L, sqlite3_column_int64(row, 13));
  lua_setfield(L, -2, "version");
  lua_pushstring(L, "EUR");
  lua_setfield(L, -2, "currency");
  static const char *const absent[] = {"name", "phone", "company", "group", "coupon", "order_id",
                                       "browser"};
  for (size_t index = 0; index < sizeof absent / sizeof *absent; index++) {
    lua_pushstring(L, "");
    lua_setfield(L, -2, absent[index]);
  }
  lua_pushstring(L, "guest");
  lua_setfield(L, -2, "shopper_type");
  set_column(L, row, 5, "email");
  set_column(L, row, 6, "ip");
  set_column(L, row, 7, "country");
  set_column(L, row, 8, "session");
  lua_pushinteger(L, sqlite3_column_int64(row, 9));
  lua_setfield(L, -2, "customer_id");
  lua_pushinteger(L, sqlite3_column_int64(row, 10));
  lua_setfield(L, -2, "quantity");
  const char *mail = (const char *)sqlite3_column_text(row, 5);
  const char *domain = mail ? strrchr(mail, '@') : NULL;
  lua_pushstring(L, domain ? domain + 1 : "");
  lua_setfield(L, -2, "domain");
  double subtotal = (double)sqlite3_column_int64(row, 11) / 100;
  set_number(L, "subtotal", subtotal);
  set_number(L, "discount", 0);
  set_number(L, "shipping", 0);
  set_number(L, "tax", 0);
  set_number(L, "total", subtotal);
  lua_newtable(L);
  lua_setfield(L, -2, "coupons");
  lua_newtable(L);
  lua_setfield(L, -2, "flags");
  lua_createtable(L, 4, 0); /* cart lines */
  const unsigned char *at = sqlite3_column_blob(row, 12);
  const unsigned char *end = at + sqlite3_column_bytes(row, 12);
  int lines = 0;
  while (at < end) {
    unsigned char head = *at++;
    uint64_t value = read_number(&at);
    if ((head & 1) == 0) continue;
    if (head >> 1 == 1) {
      push_line(L, at, at + value);
      lua_rawseti(L, -2, ++lines);
    } else if (head >> 1 == 2) {
      const unsigned char *inner = at;
      inner++;
      int64_t field = signed_number(read_number(&inner));
      inner++;
      uint64_t length = read_number(&inner);
      if (field > 0 && field < 12) {
        lua_pushlstring(L, (const char *)inner, length);
        lua_setfield(L, -3, fields[field]);
      }
    }
    at += value;
  }
  lua_setfield(L, -2, "lines");
}
