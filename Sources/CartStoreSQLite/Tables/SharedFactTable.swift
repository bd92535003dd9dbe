import CartModel
import CartStorage
import CartSupport

/// A row and where it stands.
struct SharedEntry {
  var key: SharedKey
  var value: UInt64
  var row: SharedRow

  var place: (UInt16, Int64, Int64) { (key.bits, Int64(bitPattern: value), row.seq) }
}

/// What rules ask of other carts, and the keys that are kept of it.
struct SharedFactTable {
  let statements: Statements

  init(_ statements: Statements) { self.statements = statements }

  /// The keys that are kept along with the event log, and the latest time among their events.
  func keptKeys() throws(StoreError) -> (keys: [SharedKey], peak: Timestamp) {
    let statement = try statements("SELECT kind, peak FROM sharing ORDER BY kind")
    var (keys, peak) = ([SharedKey](), Int64.min)
    while try statement.step() {
      guard let key = SharedKey(bits: statement.int(0)) else { continue }
      keys.append(key)
      peak = Swift.max(peak, statement.int(1))
    }
    return (keys, Timestamp(milliseconds: peak))
  }

  /// Its secret is the hash of the event log's first commit, which salts went into.
  func hasher() throws(StoreError) -> SharedHasher {
    let statement = try statements("SELECT hash FROM commits ORDER BY id LIMIT 1")
    defer { statement.reset() }
    var digest = Digest()
    digest.add("shared facts")
    if try statement.step() { digest.add(statement.bytes(0)) }
    return SharedHasher(secret: digest.finishKey())
  }

  /// Writes rows in the order of the table, which touches each of its pages once.
  func insert(_ rows: inout [SharedEntry]) throws(StoreError) {
    rows.sort { $0.place < $1.place }
    for start in stride(from: 0, to: rows.count, by: Self.sharedAtOnce) {
      let part = rows[start...].prefix(Self.sharedAtOnce)
      let marks = repeatElement("(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", count: part.count)
      let insert = try statements(
        "INSERT OR REPLACE INTO shared VALUES \(marks.joined(separator: ", "))")
      for (place, entry) in part.enumerated() { insert.bind(entry, from: Int32(place * 12)) }
      try insert.run()
    }
  }

  /// The rows of a statement that writes many; each number of rows is a prepared statement.
  private static let sharedAtOnce = 64

  /// Calls with each event after one of the event log that says something carts can share.
  func forEachEvent(
    after seq: Int64, limit: Int, _ body: (Event) throws -> Void
  ) throws {
    let marks = SharedTracker.types.map { _ in "?" }.joined(separator: ", ")
    let rows = try statements.fresh(
      "\(EventTable.select) WHERE seq > ? AND type IN (\(marks)) ORDER BY seq LIMIT ?")
    rows.bind(1, seq)
    for (index, type) in SharedTracker.types.enumerated() {
      rows.bind(Int32(index) + 2, Int64(type.rawValue))
    }
    rows.bind(Int32(SharedTracker.types.count) + 2, Int64(limit))
    let table = EventTable(statements)
    while try rows.step() { try body(try table.entry(rows).event) }
  }

  /// Keeps a key along with the event log from now on.
  func setKept(_ key: SharedKey, peak: Int64) throws(StoreError) {
    let statement = try statements("INSERT OR REPLACE INTO sharing VALUES(?, ?)")
    statement.bind(1, Int64(key.bits))
    statement.bind(2, peak)
    try statement.run()
  }
}

extension Statement {
  /// Binds a row behind so many values.
  fileprivate func bind(_ entry: SharedEntry, from start: Int32) {
    let row = entry.row
    bind(start + 1, Int64(entry.key.bits))
    bind(start + 2, Int64(bitPattern: entry.value))
    bind(start + 3, row.seq)
    bind(start + 4, row.at.milliseconds)
    bind(start + 5, row.cart)
    bind(start + 6, row.late)
    bind(start + 7, Int64(row.what.rawValue))
    bind(start + 8, hash: row.email)
    bind(start + 9, hash: row.ip)
    bind(start + 10, hash: row.session)
    // A declined card has no total, but may have a code.
    bind(start + 11, row.total?.minor ?? (row.code == 0 ? nil : Int64(bitPattern: row.code)))
    bind(start + 12, (row.total?.currency.number).map(Int64.init))
  }
}

extension Statement {
  fileprivate func bind(_ index: Int32, hash: UInt64) {
    bind(index, hash == 0 ? nil : Int64(bitPattern: hash))
  }
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
      row.total = Money(minor: int(8), try ValueCodec.currency(int(9)))
    } else if row.what.contains(.declined) {
      row.code = UInt64(bitPattern: int(8))
    }
    return row
  }
}
