import CartModel
import CartStorage

/// What rules ask of other carts, in memory, for the keys that are kept.
struct SharedMemory: Sendable {
  let hasher: SharedHasher
  private(set) var keys: [SharedKey] = []
  private(set) var rows: [SharedKey: [UInt64: [SharedRow]]] = [:]
  private var trackers: [Int64: SharedTracker] = [:]
  private var lateness = Lateness()

  init(secret: EventKey) { hasher = SharedHasher(secret: secret) }

  /// Takes in an event of the log.
  mutating func add(_ event: Event) {
    guard !keys.isEmpty, event.cart != 0, SharedTracker.types.contains(event.body.type) else {
      return
    }
    let late = lateness.add(event.at)
    var tracker = trackers[event.cart] ?? SharedTracker(keys)
    var news: [(SharedKey, UInt64, SharedRow)] = []
    tracker.add(event, late: late, hasher) { news.append(($0, $1, $2)) }
    trackers[event.cart] = tracker
    for (key, value, row) in news { rows[key, default: [:]][value, default: []].append(row) }
  }

  /// Keeps a key from now on, for all that is recorded.
  mutating func keep(_ key: SharedKey, _ log: EventMemory) {
    guard !keys.contains(key) else { return }
    keys.append(key)
    (rows, trackers, lateness) = ([:], [:], Lateness())
    for entry in log.entries { add(entry.event) }
  }
}
