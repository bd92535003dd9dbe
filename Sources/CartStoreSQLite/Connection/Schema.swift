import GRDB

/// The tables, in the order of the releases that brought them.
///
/// Layout by measurement (a million carts of three lines, batches of 10,000 events): integer keys
/// against text keys 6.6 to 26 µs an event; lines packed into the cart's row against a table of
/// lines 6.6 to 7.3 µs an event and 0.29 to 0.55 s for a scan of all open carts.
enum Schema {
  static func migrator() -> DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 journal and carts") { try $0.execute(sql: first) }
    migrator.registerMigration("2 jobs") { try $0.execute(sql: second) }
    migrator.registerMigration("3 lists and rules") { try $0.execute(sql: third) }
    migrator.registerMigration("4 shared facts") { try $0.execute(sql: fourth) }
    migrator.registerMigration("5 claims") { try $0.execute(sql: fifth) }
    migrator.registerMigration("6 robots") { try $0.execute(sql: sixth) }
    migrator.registerMigration("7 tallies") { try $0.execute(sql: seventh) }
    migrator.registerMigration("8 rejected lines") { try $0.execute(sql: eighth) }
    migrator.registerMigration("9 totals") { try $0.execute(sql: ninth) }
    migrator.registerMigration("10 redeemed coupons") { database in
      try database.execute(sql: tenth)
      try fillCoupons(database)
    }
    migrator.registerMigration("11 looks at stores") { try $0.execute(sql: eleventh) }
    return migrator
  }

  /// When carts were last seen in their stores; no events, as nothing happened then.
  private static let eleventh = """
    CREATE TABLE look(
      cart INTEGER PRIMARY KEY, version INTEGER, updated INTEGER NOT NULL, seen INTEGER NOT NULL,
      swept INTEGER NOT NULL, fate INTEGER NOT NULL, partial INTEGER NOT NULL) STRICT;
    CREATE INDEX look_swept ON look(swept) WHERE fate = 0;
    """

  /// The coupons of orders that stand: how often each was used.
  private static let tenth = """
    CREATE TABLE redeemed(
      cart INTEGER NOT NULL, code TEXT NOT NULL, PRIMARY KEY(cart, code)) STRICT, WITHOUT ROWID;
    CREATE INDEX redeemed_code ON redeemed(code);
    """

  /// What each cart comes to, in minor units, by the settings that `meta.priced` names; see `RowTotals`.
  private static let ninth = "ALTER TABLE cart ADD COLUMN total INTEGER"

  /// Lines that an import rejected: its operation, and the log's last event when it ended.
  private static let eighth = """
    CREATE TABLE rejected(
      key BLOB PRIMARY KEY, op INTEGER NOT NULL, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    """

  /// The counters of products by UTC day, and of all time: a shop's counters by quarter hours are
  /// nearly as many as its events (measured: a million line events in eight days, 370,000 counters).
  private static let seventh = """
    CREATE TABLE tally(
      day INTEGER NOT NULL, product INTEGER NOT NULL, added INTEGER NOT NULL,
      removed INTEGER NOT NULL, ordered INTEGER NOT NULL,
      PRIMARY KEY(day, product)) STRICT, WITHOUT ROWID;
    INSERT INTO tally \(tallies);
    """

  /// What `tally` holds, from the counters: one day stands for all time; days before 1970 round down.
  static let tallies = """
    SELECT (quarter - (quarter % 96 + 96) % 96) / 96 AS day, product, sum(added) AS added,
      sum(removed) AS removed, sum(ordered) AS ordered FROM counter GROUP BY 1, 2
    UNION ALL
    SELECT \(Tally.ever), product, sum(added), sum(removed), sum(ordered) FROM counter
      GROUP BY product
    """

  enum Tally {
    /// The day that stands for all of them.
    static let ever: Int64 = -9_000_000_000_000_000
    static let quarters: Int64 = 96
  }

  /// Carts that are no person's.
  private static let sixth = """
    ALTER TABLE cart ADD COLUMN robot INTEGER;
    CREATE INDEX cart_robot ON cart(robot) WHERE robot IS NOT NULL;
    """

  /// Whose a cart is; when that ends stands in its body.
  private static let fifth = """
    ALTER TABLE cart ADD COLUMN claimed TEXT;
    CREATE INDEX cart_claimed ON cart(claimed) WHERE claimed IS NOT NULL;
    """

  /// What rules ask of other carts, for the keys in `sharing`; its values are keyed hashes.
  private static let fourth = """
    CREATE TABLE shared(
      kind INTEGER NOT NULL, value INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,
      cart INTEGER NOT NULL, late INTEGER NOT NULL, what INTEGER NOT NULL, email INTEGER,
      ip INTEGER, session INTEGER, total INTEGER, currency INTEGER,
      PRIMARY KEY(kind, value, seq)) STRICT, WITHOUT ROWID;
    CREATE TABLE sharing(kind INTEGER PRIMARY KEY, peak INTEGER NOT NULL) STRICT;
    """

  private static let third = """
    CREATE TABLE entry(
      id TEXT PRIMARY KEY, about TEXT NOT NULL, data BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX entry_about ON entry(about);
    CREATE TABLE source(digest TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE decision(
      rule TEXT NOT NULL, cart INTEGER NOT NULL, version INTEGER NOT NULL,
      outcome INTEGER NOT NULL, shadow INTEGER NOT NULL, at INTEGER NOT NULL,
      PRIMARY KEY(rule, cart)) STRICT, WITHOUT ROWID;
    """

  /// The keys of a job stand apart from what changes with each commit.
  private static let second = """
    CREATE TABLE job(
      id INTEGER PRIMARY KEY, operation TEXT NOT NULL, place TEXT NOT NULL,
      ordinal INTEGER NOT NULL, command TEXT NOT NULL, origin TEXT NOT NULL,
      actor INTEGER NOT NULL, at INTEGER NOT NULL, total INTEGER NOT NULL,
      next INTEGER NOT NULL, UNIQUE(operation, place, ordinal)) STRICT;
    CREATE TABLE job_carts(
      job INTEGER PRIMARY KEY, keys BLOB NOT NULL, made BLOB NOT NULL) STRICT;
    CREATE TABLE job_failure(
      job INTEGER NOT NULL, cart INTEGER NOT NULL, message TEXT NOT NULL,
      PRIMARY KEY(job, cart)) STRICT, WITHOUT ROWID;
    CREATE INDEX event_loose ON event(type, at) WHERE cart IS NULL;
    """

  private static let first = """
    CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE actor(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE operation(
      id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, actor INTEGER NOT NULL,
      kind INTEGER NOT NULL, command TEXT NOT NULL, at INTEGER NOT NULL, target INTEGER,
      target_cart INTEGER, parent INTEGER, fact INTEGER, commitment BLOB, first INTEGER NOT NULL,
      last INTEGER NOT NULL, carts INTEGER NOT NULL, events INTEGER NOT NULL) STRICT;
    CREATE INDEX operation_parent ON operation(parent) WHERE parent IS NOT NULL;
    CREATE INDEX operation_target ON operation(target) WHERE target IS NOT NULL;
    CREATE INDEX operation_first ON operation(first);
    CREATE TABLE event(
      seq INTEGER PRIMARY KEY, cart INTEGER, prev INTEGER, version INTEGER NOT NULL,
      op INTEGER NOT NULL, actor INTEGER NOT NULL, at INTEGER NOT NULL,
      recorded INTEGER NOT NULL, type INTEGER NOT NULL, key BLOB NOT NULL,
      data BLOB NOT NULL) STRICT;
    CREATE UNIQUE INDEX event_key ON event(key);
    CREATE TABLE fact(id INTEGER PRIMARY KEY, salt BLOB, data BLOB) STRICT;
    CREATE TABLE commits(
      id INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL,
      recorded INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;
    CREATE TABLE cart(
      id INTEGER PRIMARY KEY, name TEXT NOT NULL, state INTEGER NOT NULL,
      version INTEGER NOT NULL, head INTEGER NOT NULL, created INTEGER NOT NULL,
      updated INTEGER NOT NULL, touched INTEGER NOT NULL, currency INTEGER NOT NULL, email TEXT,
      ip TEXT, country TEXT, session TEXT, customer INTEGER, quantity INTEGER NOT NULL,
      subtotal INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
    CREATE INDEX cart_updated ON cart(updated);
    CREATE TABLE alias(name TEXT PRIMARY KEY, cart INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE orders(name TEXT PRIMARY KEY, cart INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE product(
      id INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE, name TEXT NOT NULL, data BLOB) STRICT;
    CREATE TABLE customer(key TEXT PRIMARY KEY, data BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE counter(
      quarter INTEGER NOT NULL, product INTEGER NOT NULL, added INTEGER NOT NULL,
      removed INTEGER NOT NULL, ordered INTEGER NOT NULL,
      PRIMARY KEY(quarter, product)) STRICT, WITHOUT ROWID;
    """
}
