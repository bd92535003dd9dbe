import CartModel
import CartStorage

/// The lines that imports rejected, with the import of each.
struct RejectTable {
  let statements: Statements

  init(_ statements: Statements) { self.statements = statements }

  /// Records lines that an import rejected; `operation` is its key.
  func record(_ lines: [EventKey], by operation: String) throws(StoreError) {
    guard let id = try OperationTable(statements).number(of: operation) else { return }
    let insert = try statements("INSERT OR REPLACE INTO rejected VALUES(?, ?, 0)")
    for line in lines {
      insert.bind(1, line.bytes)
      insert.bind(2, id)
      try insert.run()
    }
  }

  /// Records that an import ended: its rejections hold for the log as it is now.
  func close(_ operation: Int64) throws(StoreError) {
    let last = try statements.single("SELECT max(seq) FROM event")
    let update = try statements("UPDATE rejected SET last = ? WHERE op = ?")
    update.bind(1, last)
    update.bind(2, operation)
    try update.run()
  }
}
