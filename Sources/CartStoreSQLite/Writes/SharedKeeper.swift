import CartModel
import CartStorage
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
    if let known = self.hasher {
      hasher = known
    } else {
      hasher = try SharedFactTable(statements).hasher()
    }
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
    try SharedFactTable(statements).insert(&rows)
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
    let chains = try EventTable(statements).chains(
      from: .events, unknown.values.sorted(), types: SharedTracker.types)
    for (cart, prev) in unknown {
      guard let chain = chains[prev], chain.gap == nil else { throw ByteReader.damaged }
      var tracker = SharedTracker(keys)
      for event in try chain.history.get().events { tracker.add(event, hasher) { _, _, _ in } }
      trackers[cart] = tracker
    }
  }
}
