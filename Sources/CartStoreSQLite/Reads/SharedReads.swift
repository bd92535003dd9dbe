import CartModel
import CartStorage

extension SharedReads where Self: SQLReads {
  func sharedHasher() throws(StoreError) -> SharedHasher {
    try read { try SharedFactTable($0).hasher() }
  }

  func keeps(_ key: SharedKey) throws(StoreError) -> Bool {
    try read {
      try $0.single(
        "SELECT EXISTS(SELECT 1 FROM sharing WHERE kind = ?)", Int64(key.bits))
        == 1
    }
  }

  func sharedRows(
    _ key: SharedKey, _ value: UInt64, after: Int64, through: Int64, since: Timestamp?
  ) throws(StoreError) -> (rows: [SharedRow], isPart: Bool) {
    try read { statements in
      let statement = try statements(
        "SELECT \(SharedRow.columns) FROM shared "
          + "WHERE kind = ? AND value = ? AND seq > ? AND seq <= ? ORDER BY seq DESC")
      statement.bind(1, Int64(key.bits))
      statement.bind(2, Int64(bitPattern: value))
      statement.bind(3, after)
      statement.bind(4, through)
      defer { statement.reset() }
      var (rows, isPart) = ([SharedRow](), false)
      while try statement.step() {
        let row = try statement.sharedRow()
        if let since, row.peak <= since {
          isPart = true
          break
        }
        rows.append(row)
      }
      rows.reverse()
      return (rows, isPart)
    }
  }

  func sharedCount(_ key: SharedKey) throws(StoreError) -> Int {
    try read {
      Int(try $0.single("SELECT count(*) FROM shared WHERE kind = ?", Int64(key.bits)))
    }
  }

  func forEachSharedRow(
    _ key: SharedKey, through seq: Int64, _ body: (UInt64, SharedRow) -> Void
  ) throws(StoreError) {
    try read { statements in
      let rows = try statements.fresh(
        "SELECT \(SharedRow.columns), value FROM shared WHERE kind = ? ORDER BY value, seq")
      rows.bind(1, Int64(key.bits))
      while try rows.step() {
        if rows.int(0) > seq { continue }
        body(UInt64(bitPattern: rows.int(10)), try rows.sharedRow())
      }
    }
  }

  func forEachSharedEvent(
    after seq: Int64, limit: Int, _ body: (Event) throws -> Void
  ) throws {
    try cursor { try SharedFactTable($0).forEachEvent(after: seq, limit: limit, body) }
  }
}
