import CartModel

/// Reads of what rules ask of other carts: rows beside the event log, for each key from the first
/// question on.
///
/// Derived from the event log alone: code that erases persons from it must erase their rows too.
public protocol SharedReads: AnyObject {
  /// The hashes under which values stand in this storage.
  func sharedHasher() throws(StoreError) -> SharedHasher

  /// Whether a key is kept along with the event log.
  func keeps(_ key: SharedKey) throws(StoreError) -> Bool

  /// The rows of a value, in the order of the event log.
  ///
  /// - Parameters:
  ///   - after: the last event that is not wanted; 0 for none.
  ///   - through: the last that is.
  ///   - since: where given, rows may be left out that have nothing of a later time at or before them.
  /// - Returns: also whether any were left out.
  /// - Complexity: O(rows that are given), and one search.
  func sharedRows(
    _ key: SharedKey, _ value: UInt64, after: Int64, through: Int64, since: Timestamp?
  ) throws(StoreError) -> (rows: [SharedRow], isPart: Bool)

  /// How many rows there are of a key.
  func sharedCount(_ key: SharedKey) throws(StoreError) -> Int

  /// Calls with all rows of a key, those of one value together, in the order of the event log.
  func forEachSharedRow(
    _ key: SharedKey, through seq: Int64, _ body: (UInt64, SharedRow) -> Void
  ) throws(StoreError)

  /// Calls with each event after one of the event log that says something carts can share.
  func forEachSharedEvent(after seq: Int64, limit: Int, _ body: (Event) throws -> Void) throws
}

extension SharedReads {
  public func forEachSharedEvent(after seq: Int64, _ body: (Event) throws -> Void) throws {
    try forEachSharedEvent(after: seq, limit: .max, body)
  }
}
