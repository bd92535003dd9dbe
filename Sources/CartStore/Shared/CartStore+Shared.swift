import CartModel

/// What rules ask of other carts: a table beside the event log, for each key from the first question on.
///
/// Derived from the event log alone: code that erases persons from it must erase their rows here.
extension CartStore {
  /// The hashes under which values stand in this database.
  public func sharedHasher() throws(StoreError) -> SharedHasher {
    try read { try $0.sharedHasher() }
  }

  /// Whether a key is kept along with the event log.
  public func keeps(_ key: SharedKey) throws(StoreError) -> Bool {
    try read {
      try $0.single(
        "SELECT EXISTS(SELECT 1 FROM sharing WHERE kind = ?)", Int64(key.bits))
        == 1
    }
  }

  /// The rows of a value, in the order of the event log.
  ///
  /// - Parameters:
  ///   - after: the last event that is not wanted; 0 for none.
  ///   - through: the last that is.
  ///   - since: where given, rows may be left out that have nothing of a later time at or before them.
  /// - Returns: also whether any were left out.
  /// - Complexity: O(rows that are given), and one search.
  public func sharedRows(
    _ key: SharedKey, _ value: UInt64, after: Int64 = 0, through: Int64, since: Timestamp? = nil
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

  /// The key of the last cart that was made.
  public func lastCart() throws(StoreError) -> Int64 {
    try read { try $0.single("SELECT max(id) FROM cart") }
  }

  /// How many rows there are of a key.
  public func sharedCount(_ key: SharedKey) throws(StoreError) -> Int {
    try read {
      Int(try $0.single("SELECT count(*) FROM shared WHERE kind = ?", Int64(key.bits)))
    }
  }

  /// Calls with all rows of a key, those of one value together, in the order of the event log.
  public func forEachSharedRow(
    _ key: SharedKey, through seq: Int64, _ body: (UInt64, SharedRow) -> Void
  ) throws(StoreError) {
    try stepping { statements in
      let rows = try statements.fresh(
        "SELECT \(SharedRow.columns), value FROM shared WHERE kind = ? ORDER BY value, seq")
      rows.bind(1, Int64(key.bits))
      while try rows.step() {
        if rows.int(0) > seq { continue }
        body(UInt64(bitPattern: rows.int(10)), try rows.sharedRow())
      }
    }
  }

  /// Calls with each event after one of the event log that says something carts can share.
  public func forEachSharedEvent(
    after seq: Int64, limit: Int = .max, _ body: (Event) throws -> Void
  ) throws {
    try cursor { try $0.forEachSharedEvent(after: seq, limit: limit, body) }
  }

  /// Writes the rows of a key for all that is recorded, and keeps them from then on.
  ///
  /// In many transactions, so that no process waits long for the lock; one that is interrupted, or builds
  /// the same at once, does no harm: a row follows from the event log alone.
  ///
  /// - Complexity: O(event log).
  public func keep(_ key: SharedKey, recorded: Timestamp) throws {
    let hasher = try sharedHasher()
    var (trackers, until, lateness, count) = ([Int64: SharedTracker](), Int64(0), Lateness(), 0)
    var rows: [SharedEntry] = []
    func add(_ event: Event) {
      let late = lateness.add(event.at)
      (until, count) = (event.seq, count + 1)
      trackers[event.cart, default: SharedTracker([key])].add(event, late: late, hasher) {
        rows.append(SharedEntry(key: $0, value: $1, row: $2))
      }
    }
    var isDone = false
    while !isDone {
      count = 0
      try forEachSharedEvent(after: until, limit: Self.eventsAtOnce, add)
      try write(recorded: recorded) { writer in
        // What came in between is read under the lock.
        if count < Self.eventsAtOnce {
          try writer.statements.forEachSharedEvent(after: until, limit: .max, add)
          isDone = true
        }
        try writer.statements.insert(&rows)
        if isDone { try writer.statements.setKept(key, peak: lateness.peak.milliseconds) }
      }
      rows.removeAll(keepingCapacity: true)
    }
  }

  /// The rows of so many events are written at once, which takes some tenths of a second: they lie all
  /// over the table, and in smaller pieces each of its pages would be written more often.
  private static let eventsAtOnce = 100_000
}

extension SharedRow {
  static let columns =
    "seq, at, cart, late, what, email, ip, session, total, currency"
}

extension Statement {
  /// The row of `SharedRow.columns`.
  func sharedRow() throws(StoreError) -> SharedRow {
    var row = SharedRow(at: Timestamp(milliseconds: int(1)), seq: int(0), cart: int(2))
    row.late = int(3)
    row.what = SharedRow.What(rawValue: UInt8(clamping: int(4)))
    row.email = UInt64(bitPattern: int(5))
    row.ip = UInt64(bitPattern: int(6))
    row.session = UInt64(bitPattern: int(7))
    if row.what.contains(.ordered) {
      row.total = Money(minor: int(8), try CartCodec.currency(int(9)))
    } else if row.what.contains(.declined) {
      row.code = UInt64(bitPattern: int(8))
    }
    return row
  }
}

extension Statements {
  fileprivate func forEachSharedEvent(
    after seq: Int64, limit: Int, _ body: (Event) throws -> Void
  ) throws {
    let marks = SharedTracker.types.map { _ in "?" }.joined(separator: ", ")
    let rows = try fresh(
      "\(Statements.selectEvent) WHERE seq > ? AND type IN (\(marks)) ORDER BY seq LIMIT ?")
    rows.bind(1, seq)
    for (index, type) in SharedTracker.types.enumerated() {
      rows.bind(Int32(index) + 2, Int64(type.rawValue))
    }
    rows.bind(Int32(SharedTracker.types.count) + 2, Int64(limit))
    while try rows.step() { try body(try entry(rows).event) }
  }

  fileprivate func setKept(_ key: SharedKey, peak: Int64) throws(StoreError) {
    let statement = try self("INSERT OR REPLACE INTO sharing VALUES(?, ?)")
    statement.bind(1, Int64(key.bits))
    statement.bind(2, peak)
    try statement.run()
  }
}
