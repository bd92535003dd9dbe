import CartModel

/// Reads of carts as they are now.
public protocol CartReads: AnyObject {
  /// The cart of a key; nil if it does not exist.
  func cart(_ key: Int64) throws(StoreError) -> Cart?

  /// The carts of some keys; those that do not exist are left out.
  ///
  /// - Complexity: O(carts), in one statement.
  func carts(_ keys: [Int64]) throws(StoreError) -> [Int64: Cart]

  /// The keys of carts by exact names, public ids or aliases, in the order of the names; nil for a name
  /// of no cart.
  ///
  /// Not by name: two names that Swift calls equal may be two carts.
  /// - Complexity: O(names), in one statement.
  func keys(named names: [String]) throws(StoreError) -> [Int64?]

  /// The key of a cart's exact name, its public id or an alias.
  func key(named name: String) throws(StoreError) -> Int64?

  /// The key of the cart that became an order.
  func key(order: String) throws(StoreError) -> Int64?

  /// The carts whose name begins so, at most `limit`.
  func keys(prefix: String, limit: Int) throws(StoreError) -> [Int64]

  /// The cart's version; nil where there is no such cart.
  func version(of key: Int64) throws(StoreError) -> Int64?

  /// The carts that are claimed, the last to change first.
  ///
  /// - Parameters:
  ///   - by: the person; nil for anybody.
  ///   - now: claims that have run out by then may be left out.
  /// - Complexity: O(claims of a week), the longest that one holds.
  func keys(claimedBy by: String?, at now: Timestamp) throws(StoreError) -> [Int64]

  /// The carts that are no person's: flagged as a bot's, of staff or as a test.
  func robotKeys() throws(StoreError) -> [Int64]

  /// The carts that something happened to after a moment.
  func keys(changedAfter time: Timestamp) throws(StoreError) -> [Int64]

  /// How many carts there are, of any state.
  func cartCount() throws(StoreError) -> Int64

  /// The key of the last cart that was made; 0 without any.
  func lastCart() throws(StoreError) -> Int64

  /// How many open carts there are.
  ///
  /// - Parameter time: only carts whose shopper did something then or later.
  func openCartCount(touched time: Timestamp) throws(StoreError) -> Int64

  /// Calls `body` with each cart, in the order of their keys.
  func forEachCart(_ body: (Cart) throws -> Void) throws

  /// Calls `body` with each open cart, in the order of their keys.
  func forEachOpenCart(_ body: (Cart) throws -> Void) throws

  /// Calls `body` with the open carts that changed last, the latest first, until it is false.
  ///
  /// - Parameter most: how many carts of any state are looked at.
  /// - Complexity: O(most).
  func forEachLatestOpenCart(_ most: Int, _ body: (Cart) throws -> Bool) throws

  /// Reads open carts into a block, in the order of their keys.
  ///
  /// - Parameters:
  ///   - key: the last one that was seen.
  ///   - time: only carts whose shopper did something then or later.
  ///   - most: how many at a time.
  ///   - block: what it held is replaced.
  /// - Complexity: O(carts read), in one statement.
  func readOpenRows(
    after key: Int64, touched time: Timestamp, most: Int, into block: CartBlock
  ) throws(StoreError)
}

extension CartReads {
  public func openCartCount() throws(StoreError) -> Int64 {
    try openCartCount(touched: Timestamp(milliseconds: .min))
  }
}
