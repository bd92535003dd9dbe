import CartStorage

/// What a database remembers by name.
struct MetaTable {
  let statements: Statements

  init(_ statements: Statements) { self.statements = statements }

  /// Empty where it has none.
  func text(_ name: String) throws(StoreError) -> String {
    try statements.text("SELECT value FROM meta WHERE name = ?", name) ?? ""
  }

  func set(_ name: String, _ value: String) throws(StoreError) {
    let statement = try statements("INSERT OR REPLACE INTO meta VALUES(?, ?)")
    statement.bind(1, name)
    statement.bind(2, value)
    try statement.run()
  }

  /// Adds one to a number.
  func increment(_ name: String) throws(StoreError) {
    let statement = try statements(
      """
      INSERT INTO meta VALUES(?, '1')
      ON CONFLICT DO UPDATE SET value = CAST(value AS INTEGER) + 1
      """)
    statement.bind(1, name)
    try statement.run()
  }
}
