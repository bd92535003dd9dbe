import CartModel

/// Lines that an import rejected keep their identity: importing a file again must not accept a line
/// only because what stood behind it is there by now.
extension CartStore {
  /// An import that rejected a line.
  public struct Rejection: Equatable, Sendable {
    public var operation: Int64
    /// The last event of the log when the import ended; 0 where it was interrupted.
    public var last: Int64
  }

  /// Whether any import rejected a line and changed something else.
  public func hasRejections() throws(StoreError) -> Bool {
    try read { try $0.single("SELECT EXISTS(SELECT 1 FROM rejected)") == 1 }
  }

  /// The import that rejected a line; nil where none did.
  public func rejection(of line: EventKey) throws(StoreError) -> Rejection? {
    try read {
      let statement = try $0("SELECT op, last FROM rejected WHERE key = ?")
      statement.bind(1, line.bytes)
      defer { statement.reset() }
      guard try statement.step() else { return nil }
      return Rejection(operation: statement.int(0), last: statement.int(1))
    }
  }

  /// Whether the last import that changed a cart is the one of a rejection, or was before it ended.
  ///
  /// - Complexity: O(later changes that no import made).
  public func isLatest(_ rejection: Rejection, on cart: Int64) throws(StoreError) -> Bool {
    try read { statements in
      let latest = try statements(
        """
        WITH RECURSIVE chain(seq) AS (SELECT head FROM cart WHERE id = ?1 AND head != 0
          UNION ALL SELECT prev FROM chain JOIN event USING(seq) WHERE prev < seq),
        imports AS (SELECT chain.seq, (\(Statements.importing) WHERE id = event.op) AS importing
          FROM chain LEFT JOIN event ON event.seq = chain.seq)
        SELECT seq, importing FROM imports WHERE importing IS NOT NULL LIMIT 1
        """)
      latest.bind(1, cart)
      defer { latest.reset() }
      guard try latest.step() else { return true }
      return latest.int(1) == rejection.operation || latest.int(0) <= rejection.last
    }
  }

  /// Whether the last import that changed lists or rules is the one of a rejection, or was before it
  /// ended.
  ///
  /// - Complexity: O(events of lists and rules).
  public func isLatestOfLists(_ rejection: Rejection) throws(StoreError) -> Bool {
    let types = [EventType.entryAdded, .entryRemoved, .sourceRecorded, .ruleVersioned, .ruleSet]
    return try consistently { statements in
      let rows = try statements.fresh(
        "SELECT seq, op FROM event WHERE cart IS NULL AND type IN "
          + "(\(types.map { String($0.rawValue) }.joined(separator: ", "))) ORDER BY seq DESC")
      while try rows.step() {
        if let importing = try statements.importing(rows.int(1)) {
          return importing == rejection.operation || rows.int(0) <= rejection.last
        }
      }
      return true
    }
  }
}

extension StoreWriter {
  /// Records lines that an import rejected; `operation` is its key.
  public func record(rejected lines: [EventKey], by operation: String) throws(StoreError) {
    guard let id = try statements.key("SELECT id FROM operation WHERE key = ?", operation) else {
      return
    }
    let insert = try statements("INSERT OR REPLACE INTO rejected VALUES(?, ?, 0)")
    for line in lines {
      insert.bind(1, line.bytes)
      insert.bind(2, id)
      try insert.run()
    }
  }

  /// Records that an import ended: its rejections hold for the log as it is now.
  public func close(rejectionsOf operation: Int64) throws(StoreError) {
    let last = try statements.single("SELECT max(seq) FROM event")
    let update = try statements("UPDATE rejected SET last = ? WHERE op = ?")
    update.bind(1, last)
    update.bind(2, operation)
    try update.run()
  }
}

extension Statements {
  fileprivate static let importing = """
    SELECT coalesce(parent, CASE kind WHEN \(Operation.Kind.importing.rawValue) THEN id END) \
    FROM operation
    """

  /// The import that an operation is, or that brought it; nil for any other operation.
  fileprivate func importing(_ operation: Int64) throws(StoreError) -> Int64? {
    let statement = try self("\(Self.importing) WHERE id = ?")
    statement.bind(1, operation)
    defer { statement.reset() }
    return try statement.step() && !statement.isNull(0) ? statement.int(0) : nil
  }
}
