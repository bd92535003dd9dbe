import CartModel

/// Reads of products, customers and counters.
public protocol CatalogueReads: AnyObject {
  /// The product of a SKU; nil where the catalogue does not have it.
  func product(_ sku: String) throws(StoreError) -> Product?

  /// The catalogue, by SKU; only what has `text` in its SKU or name, in any case; empty for all.
  func products(containing text: String, limit: Int) throws(StoreError) -> [Product]

  /// The catalogue at a moment, by SKU.
  ///
  /// - Complexity: O(events of the catalogue).
  func products(at time: Timestamp) throws(StoreError) -> [Product]

  /// What the shop knows of a customer; nil where it has none of this key.
  func customer(_ key: String) throws(StoreError) -> Shopper?

  /// What the shop knew of a customer at a moment; nil where it knew none.
  ///
  /// - Complexity: O(events of customers).
  func customer(_ key: String, at time: Timestamp) throws(StoreError) -> Shopper?

  /// The shop's customers for whom a test holds, by their keys.
  ///
  /// - Complexity: O(customers).
  func customers(limit: Int, where isMeant: (Shopper) -> Bool) throws(StoreError) -> [String]

  /// Pieces by product over quarter hours `from` ..< `until`, most added first.
  ///
  /// - Complexity: O(products) over all time, else O(days × products) and the quarters at the ends.
  func counts(from: Int64, until: Int64) throws(StoreError) -> [ProductCount]

  /// Pieces ordered of each product by quarter hour, the latest first.
  ///
  /// - Complexity: O(quarter hours × products sold in them).
  func orderedPieces(since time: Timestamp) throws(StoreError) -> [String: [(
    quarter: Int64, pieces: Int64
  )]]

  /// How many orders a coupon was used for.
  ///
  /// - Parameters:
  ///   - excluding: carts that do not count.
  ///   - most: where counting ends.
  /// - Complexity: O(most).
  func uses(of code: String, excluding: Set<Int64>, most: Int64) throws(StoreError) -> Int64

  /// The carts whose orders used a coupon and may be of one shopper; `Shopper.mayBe` decides.
  ///
  /// - Complexity: O(orders with the coupon).
  func keys(using code: String, by shopper: Shopper) throws(StoreError) -> [Int64]
}

extension CatalogueReads {
  public func products(limit: Int = .max) throws(StoreError) -> [Product] {
    try products(containing: "", limit: limit)
  }
}
