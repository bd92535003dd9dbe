import CartModel
import CartStorage

extension JobReads where Self: MemoryReads {
  func job(_ id: Int64) throws(StoreError) -> Job? { try state().jobs[id]?.counted }

  func job(of operation: String, place: String, ordinal: Int64) throws(StoreError) -> Job? {
    try state().jobs[operation, place, ordinal]?.counted
  }

  func jobs(limit: Int) throws(StoreError) -> [Job] {
    try state().jobs.entries.reversed().prefix(limit).map(\.counted)
  }

  func carts(ofJob id: Int64) throws(StoreError) -> (keys: [Int64], made: [Int64]) {
    let entry = try state().jobs[id]
    return (entry?.keys ?? [], entry?.made ?? [])
  }

  func failures(ofJob id: Int64) throws(StoreError) -> [(cart: Int64, message: String)] {
    (try state().jobs[id]?.failures ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  func failureCount(ofJob id: Int64) throws(StoreError) -> Int64 {
    Int64(try state().jobs[id]?.failures.count ?? 0)
  }

  func hasRejections() throws(StoreError) -> Bool { try !state().jobs.rejected.isEmpty }

  func rejection(of line: EventKey) throws(StoreError) -> Rejection? {
    try state().jobs.rejected[line]
  }

  func isLatest(_ rejection: Rejection, on cart: Int64) throws(StoreError) -> Bool {
    let log = try state().log
    return log.isLatest(rejection, in: log.history(of: cart))
  }

  func isLatestOfLists(_ rejection: Rejection) throws(StoreError) -> Bool {
    let log = try state().log
    return log.isLatest(
      rejection,
      in: log.loose(.entryAdded, .entryRemoved, .sourceRecorded, .ruleVersioned, .ruleSet))
  }
}

extension EventMemory {
  /// Whether the last of some events that an import brought is of the import of a rejection, or was
  /// before it ended.
  fileprivate func isLatest(_ rejection: Rejection, in events: [Event]) -> Bool {
    guard let latest = events.last(where: { importing($0.operation) != nil }) else { return true }
    return importing(latest.operation) == rejection.operation || latest.seq <= rejection.last
  }
}
