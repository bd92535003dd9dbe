import CartModel

/// Reads of bulk runs, and of what imports rejected.
public protocol JobReads: AnyObject {
  /// A bulk run by its number; nil if it does not exist.
  func job(_ id: Int64) throws(StoreError) -> Job?

  /// A bulk run by its place in an operation.
  func job(of operation: String, place: String, ordinal: Int64) throws(StoreError) -> Job?

  /// Bulk runs, newest first.
  func jobs(limit: Int) throws(StoreError) -> [Job]

  /// The carts of a bulk run, in its order, and those that its operation made outside of bulk runs.
  func carts(ofJob id: Int64) throws(StoreError) -> (keys: [Int64], made: [Int64])

  /// The carts that a bulk run failed on, and why.
  func failures(ofJob id: Int64) throws(StoreError) -> [(cart: Int64, message: String)]

  /// On how many carts a bulk run failed.
  func failureCount(ofJob id: Int64) throws(StoreError) -> Int64

  /// Whether any import rejected a line and changed something else.
  func hasRejections() throws(StoreError) -> Bool

  /// The import that rejected a line; nil where none did.
  func rejection(of line: EventKey) throws(StoreError) -> Rejection?

  /// Whether the last import that changed a cart is the one of a rejection, or was before it ended.
  ///
  /// - Complexity: O(later changes that no import made).
  func isLatest(_ rejection: Rejection, on cart: Int64) throws(StoreError) -> Bool

  /// Whether the last import that changed lists or rules is the one of a rejection, or was before it
  /// ended.
  ///
  /// - Complexity: O(events of lists and rules).
  func isLatestOfLists(_ rejection: Rejection) throws(StoreError) -> Bool
}
