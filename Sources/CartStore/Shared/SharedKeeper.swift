import CartModel
import CartSupport

/// Keeps what rules ask of other carts in step with the event log, for the keys that were asked so far.
///
/// Remembers of carts what their next event needs; a write of another process, or a rollback, makes
/// it forget.
final class SharedKeeper {
  private var trackers: [Int64: SharedTracker] = [:]
  private var keys: [SharedKey] = []
  private var lateness = Lateness()
  private var version: Int64 = -1
  private var hasher: SharedHasher?
  private var events: [(event: Event, prev: Int64)] = []

  /// How many carts are remembered.
  private static let most = 50_000

  func forget() {
    (trackers, events, hasher) = ([:], [], nil)
  }

  /// Begins a transaction.
  ///
  /// - Returns: whether there is anything to keep.
  func begin(_ start: WriteStart) -> Bool {
    events.removeAll(keepingCapacity: true)
    if start.revision != version || start.shared.keys != keys { trackers = [:] }
    (version, keys, lateness) = (
      start.revision, start.shared.keys, Lateness(after: start.shared.peak)
    )
    return !keys.isEmpty
  }

  /// Notes an event that the transaction under way appended.
  func note(_ event: Event, prev: Int64) { events.append((event, prev)) }

  /// Writes what the transaction's events say; before it commits, after its link of the chain.
  func finish(_ statements: Statements) throws(StoreError) {
    guard !events.isEmpty else { return }
    defer { events.removeAll(keepingCapacity: true) }
    let hasher: SharedHasher
    if let known = self.hasher { hasher = known } else { hasher = try statements.sharedHasher() }
    self.hasher = hasher
    if trackers.count > Self.most { trackers = [:] }
    try readTrackers(statements, hasher)
    var rows: [SharedEntry] = []
    for (event, _) in events {
      let late = lateness.add(event.at)
      var tracker = trackers.removeValue(forKey: event.cart) ?? SharedTracker(keys)
      tracker.add(event, late: late, hasher) {
        rows.append(SharedEntry(key: $0, value: $1, row: $2))
      }
      trackers[event.cart] = tracker
    }
    try statements.insert(&rows)
    let update = try statements("UPDATE sharing SET peak = ?")
    update.bind(1, lateness.peak.milliseconds)
    try update.run()
  }

  /// Follows the carts that are not remembered up to the events that were noted.
  private func readTrackers(_ statements: Statements, _ hasher: SharedHasher) throws(StoreError) {
    // A cart's first event of this transaction says where the earlier ones end.
    var firsts: [Int64: Int64] = [:]
    for (event, prev) in events where firsts[event.cart] == nil { firsts[event.cart] = prev }
    let unknown = firsts.filter { $0.value != 0 && trackers[$0.key] == nil }
    let chains = try statements.chains(
      from: .events, unknown.values.sorted(), types: SharedTracker.types)
    for (cart, prev) in unknown {
      guard let chain = chains[prev], chain.gap == nil else { throw ByteReader.damaged }
      var tracker = SharedTracker(keys)
      for event in try chain.history.get().events { tracker.add(event, hasher) { _, _, _ in } }
      trackers[cart] = tracker
    }
  }
}

/// A row and where it stands.
struct SharedEntry {
  var key: SharedKey
  var value: UInt64
  var row: SharedRow

  var place: (UInt16, Int64, Int64) { (key.bits, Int64(bitPattern: value), row.seq) }
}

extension Statements {
  /// The keys that are kept along with the event log, and the latest time of what they were told.
  func keptKeys() throws(StoreError) -> (keys: [SharedKey], peak: Timestamp) {
    let statement = try self("SELECT kind, peak FROM sharing ORDER BY kind")
    var (keys, peak) = ([SharedKey](), Int64.min)
    while try statement.step() {
      guard let key = SharedKey(bits: statement.int(0)) else { continue }
      keys.append(key)
      peak = Swift.max(peak, statement.int(1))
    }
    return (keys, Timestamp(milliseconds: peak))
  }

  /// Its secret is the hash of the event log's first commit, which salts went into.
  func sharedHasher() throws(StoreError) -> SharedHasher {
    let statement = try self("SELECT hash FROM commits ORDER BY id LIMIT 1")
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
      let insert = try self(
        "INSERT OR REPLACE INTO shared VALUES \(marks.joined(separator: ", "))")
      for (place, entry) in part.enumerated() { insert.bind(entry, from: Int32(place * 12)) }
      try insert.run()
    }
  }

  /// The rows of a statement that writes many; each number of rows is a prepared statement.
  private static let sharedAtOnce = 64
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
