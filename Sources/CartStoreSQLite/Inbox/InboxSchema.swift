import GRDB

/// The tables of an inbox.
enum InboxSchema {
  static func migrator() -> DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 looks, reports, values and leases") {
      try $0.execute(sql: first)
    }
    return migrator
  }

  private static let first = """
    CREATE TABLE due(
      kind INTEGER NOT NULL,
      name TEXT NOT NULL,
      generation INTEGER NOT NULL,
      rank INTEGER NOT NULL,
      first INTEGER NOT NULL,
      due INTEGER NOT NULL,
      tries INTEGER NOT NULL,
      note TEXT NOT NULL,
      PRIMARY KEY(kind, name)) STRICT, WITHOUT ROWID;
    CREATE INDEX due_rank ON due(rank, due);
    CREATE INDEX due_time ON due(due);
    -- No generation is given twice, also not to what was served and is hinted at again.
    CREATE TABLE generation(id INTEGER PRIMARY KEY CHECK(id = 1), last INTEGER NOT NULL) STRICT;
    INSERT INTO generation VALUES(1, 0);
    CREATE TABLE report(
      id INTEGER PRIMARY KEY,
      cart TEXT NOT NULL,
      at INTEGER NOT NULL,
      fields TEXT NOT NULL) STRICT;
    CREATE INDEX report_cart ON report(cart, id);
    CREATE INDEX report_time ON report(at);
    CREATE TABLE value(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE lease(
      name TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    """
}
