import CartModel
import CartStorage

extension EventReads where Self: MemoryReads {
  func forEachEvent(
    from first: Int64, to last: Int64, _ body: (LoggedEvent) throws -> Void
  ) throws {
    let entries = try state().log.entries
    let (start, end) = (max(first, 1), min(last, Int64(entries.count)))
    guard start <= end else { return }
    try each(entries[Int(start) - 1..<Int(end)]) { try body($0.logged) }
  }

  func forEachEventByTime(_ body: (LoggedEvent) throws -> Void) throws {
    let entries = try state().log.entries.sorted {
      ($0.event.at, $0.event.seq) < ($1.event.at, $1.event.seq)
    }
    try each(entries) { try body($0.logged) }
  }

  func histories(of keys: [Int64]) throws(StoreError) -> [Int64: StoredHistory] {
    let state = try state()
    var histories: [Int64: StoredHistory] = [:]
    for key in keys where state.carts[key] != nil {
      let events = state.log.history(of: key)
      guard !events.isEmpty else { continue }
      var history = StoredHistory()
      history.events = events
      history.parents = state.log.parents(of: events.map(\.operation))
      histories[key] = history
    }
    return histories
  }

  func hasEvent(_ key: EventKey) throws(StoreError) -> Bool {
    try state().log.keys.contains(key)
  }

  func lastEventKey() throws(StoreError) -> EventKey? {
    try state().log.keys.max { ($0.high, $0.low) < ($1.high, $1.low) }
  }

  func lastSeq() throws(StoreError) -> Int64 { try state().log.lastSeq }

  func firstSeq(recordedFrom time: Timestamp) throws(StoreError) -> Int64 {
    let log = try state().log
    return log.commits.filter { $0.recorded >= time }.map(\.first).min() ?? log.lastSeq + 1
  }
}
