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
  func begin(_ statements: Statements) throws(StoreError) -> Bool {
    events.removeAll(keepingCapacity: true)
    let version = try statements.single("PRAGMA data_version")
    let kept = try statements.keptKeys()
    if version != self.version || kept.keys != keys { trackers = [:] }
    (self.version, keys, lateness) = (version, kept.keys, Lateness(after: kept.peak))
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
    var rows: [SharedEntry] = []
    for (event, prev) in events {
      let late = lateness.add(event.at)
      var tracker: SharedTracker
      if let known = trackers.removeValue(forKey: event.cart) {
        tracker = known
      } else {
        tracker = try statements.sharedTracker(keys, until: prev, hasher)
      }
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

  /// What a cart's events up to one say.
  ///
  /// - Parameter seq: of its last; 0 for none.
  func sharedTracker(_ keys: [SharedKey], until seq: Int64, _ hasher: SharedHasher)
    throws(StoreError) -> SharedTracker
  {
    var (seq, events) = (seq, [Event]())
    let row = try self("\(Statements.selectEvent) WHERE seq = ?")
    while seq != 0 {
      row.bind(1, seq)
      defer { row.reset() }
      guard try row.step() else { throw ByteReader.damaged }
      if SharedTracker.types.contains(where: { Int64($0.rawValue) == row.int(7) }) {
        events.append(try entry(row).event)
      }
      seq = row.int(2)
    }
    var tracker = SharedTracker(keys)
    for event in events.reversed() { tracker.add(event, hasher) { _, _, _ in } }
    return tracker
  }

  /// Writes rows in the order of the table, which touches each of its pages once.
  func insert(_ rows: inout [SharedEntry]) throws(StoreError) {
    rows.sort { $0.place < $1.place }
    let insert = try self(
      "INSERT OR REPLACE INTO shared VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    for entry in rows {
      let row = entry.row
      insert.bind(1, Int64(entry.key.bits))
      insert.bind(2, Int64(bitPattern: entry.value))
      insert.bind(3, row.seq)
      insert.bind(4, row.at.milliseconds)
      insert.bind(5, row.cart)
      insert.bind(6, row.late)
      insert.bind(7, Int64(row.what.rawValue))
      insert.bind(8, hash: row.email)
      insert.bind(9, hash: row.ip)
      insert.bind(10, hash: row.session)
      // A declined card has no total, but may have a code.
      insert.bind(11, row.total?.minor ?? (row.code == 0 ? nil : Int64(bitPattern: row.code)))
      insert.bind(12, (row.total?.currency.number).map(Int64.init))
      try insert.run()
    }
  }
}

extension Statement {
  fileprivate func bind(_ index: Int32, hash: UInt64) {
    bind(index, hash == 0 ? nil : Int64(bitPattern: hash))
  }
}
