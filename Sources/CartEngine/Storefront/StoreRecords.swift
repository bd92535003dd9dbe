import CartModel

/// What a store says beside its carts: orders, products and customers, a page at a time.
public protocol StoreRecords: Sendable {
  /// Orders that changed since a moment, the oldest change first.
  ///
  /// - Parameter page: 1 and up; `next` of the page before.
  func orders(changedSince time: Timestamp, page: Int64) throws(StorefrontError)
    -> RecordPage<SeenOrder>

  /// - Throws: `notFound`.
  func order(_ id: String) throws(StorefrontError) -> SeenOrder

  /// The catalogue; what has no SKU is left out and counted.
  ///
  /// - Parameter time: only products that changed since then; nil for all.
  func products(changedSince time: Timestamp?, page: Int64) throws(StorefrontError)
    -> RecordPage<Product>

  /// A product with its variants, each by its SKU.
  ///
  /// - Throws: `notFound`.
  func products(of id: String) throws(StorefrontError) -> [Product]

  func customers(changedSince time: Timestamp?, page: Int64) throws(StorefrontError)
    -> RecordPage<SeenCustomer>

  /// The cart that a token of the store's mail about an abandoned cart stands for.
  ///
  /// - Throws: `notFound`.
  func cart(ofToken token: String) throws(StorefrontError) -> String
}

/// One page of a store's records.
public struct RecordPage<Record: Sendable>: Sendable {
  public var records: [Record]
  /// The next page; nil behind the last.
  public var next: Int64?
  /// How many were left out because they cannot be kept, as products without a SKU.
  public var leftOut: Int

  public init(_ records: [Record], next: Int64? = nil, leftOut: Int = 0) {
    (self.records, self.next, self.leftOut) = (records, next, leftOut)
  }
}
