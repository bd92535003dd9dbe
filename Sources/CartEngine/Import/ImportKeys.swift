import CartModel
import CartStorage
import CartSupport

/// The identity of a file's lines: which were imported before, and which an import rejected.
struct ImportKeys {
  /// A connection that nobody writes over.
  private let store: any ReadSnapshot
  /// How often a line stood before, by half of its digest.
  private var seen: [UInt64: UInt32] = [:]
  /// Keys that this file gave.
  private var given: Set<EventKey> = []
  /// Keys that lines gave which wait for others.
  private var waiting: Set<EventKey> = []
  /// The greatest key of the store before this import.
  private var newest: EventKey?
  private let hasRejections: Bool
  /// Lines that were rejected and are not recorded yet.
  private(set) var rejected: [EventKey] = []
  /// Whether any were taken to be recorded.
  private(set) var hasRecorded = false

  init(_ store: any ReadSnapshot) throws(StoreError) {
    self.store = store
    newest = try store.lastEventKey()
    hasRejections = try store.hasRejections()
  }

  /// The key of an event, and that of its line, which is another one where the file gives an id.
  mutating func keys(of event: StatedEvent, _ base: EventKey) -> (event: EventKey, line: EventKey) {
    guard event.id.isEmpty else {
      return (
        EventKey(event.id) ?? Digest.key(of: "id:" + event.id),
        EventKey(at: event.at, base.high, base.low)
      )
    }
    let count = UInt64(seen[base.low, default: 0])
    seen[base.low] = UInt32(truncatingIfNeeded: count + 1)
    let key = EventKey(at: event.at, base.high, base.low &+ count &* 0x9e37_79b9_7f4a_7c15)
    return (key, key)
  }

  func isKnown(_ key: EventKey, isGiven: Bool) throws(StoreError) -> Bool {
    // Made keys differ within a file by how often their line stood before.
    if isGiven, given.contains(key) { return true }
    // Most files run forward in time: a key behind all that were there before cannot be there.
    guard let newest, newest.high > key.high || newest.high == key.high && newest.low >= key.low
    else { return false }
    return try store.hasEvent(key)
  }

  /// A key for what an event brings along; the same in each database, unless a file states another
  /// event by it.
  mutating func derive(_ what: String, from key: EventKey, at time: Timestamp) throws(StoreError)
    -> EventKey
  {
    var derived = key
    repeat {
      let made = Digest.key(of: "\(what):" + hexadecimal(derived.bytes))
      derived = EventKey(at: time, made.high, made.low)
    } while try isKnown(derived, isGiven: true)
    give(derived)
    return derived
  }

  /// Remembers a key that the file gave.
  mutating func give(_ key: EventKey) { given.insert(key) }

  mutating func wait(_ key: EventKey) { waiting.insert(key) }
  mutating func endWait(_ key: EventKey) { waiting.remove(key) }
  func isWaiting(_ key: EventKey) -> Bool { waiting.contains(key) }

  /// What was not there may be there by now, as another process wrote.
  mutating func refresh() throws(StoreError) { newest = try store.lastEventKey() }

  mutating func reject(_ line: EventKey) { rejected.append(line) }

  mutating func takeRejected() -> [EventKey] {
    defer { rejected = [] }
    if !rejected.isEmpty { hasRecorded = true }
    return rejected
  }

  func rejection(of line: EventKey) throws(StoreError) -> Rejection? {
    hasRejections ? try store.rejection(of: line) : nil
  }
}
