import CartModel

/// Reads of the event log.
public protocol EventReads: AnyObject {
  /// Calls `body` with each event in event log order, from `first` to `last`.
  func forEachEvent(
    from first: Int64, to last: Int64, _ body: (LoggedEvent) throws -> Void
  ) throws

  /// Calls `body` with each event in the order in which they happened, whatever order they were
  /// written in.
  func forEachEventByTime(_ body: (LoggedEvent) throws -> Void) throws

  /// All events of some carts; carts that do not exist are left out.
  ///
  /// All are in memory at once: ask for `StorageLimits.cartsAtOnce` carts at a time.
  /// - Throws: `corrupt` where the event log has a gap.
  /// - Complexity: O(their events), in one statement.
  func histories(of keys: [Int64]) throws(StoreError) -> [Int64: StoredHistory]

  /// Whether an event of this key is in the event log.
  func hasEvent(_ key: EventKey) throws(StoreError) -> Bool

  /// The greatest key of the event log; nil while it is empty.
  func lastEventKey() throws(StoreError) -> EventKey?

  /// The number of the event log's last event; 0 while it is empty.
  func lastSeq() throws(StoreError) -> Int64

  /// The number of the first event that was written then or later; one beyond the last without any.
  ///
  /// - Complexity: O(commits).
  func firstSeq(recordedFrom time: Timestamp) throws(StoreError) -> Int64
}

extension EventReads {
  /// All events of a cart in their order; empty where there is no such cart.
  ///
  /// - Throws: `corrupt` where the event log has a gap.
  /// - Complexity: O(its events), in one statement.
  public func history(of key: Int64) throws(StoreError) -> [Event] {
    try histories(of: [key])[key]?.events ?? []
  }

  /// Calls `body` with each event in event log order, from `first` on.
  public func forEachEvent(from first: Int64 = 1, _ body: (LoggedEvent) throws -> Void) throws {
    try forEachEvent(from: first, to: .max, body)
  }
}
