import CartEngine
import CartModel
import CartSupport

/// Orders, products and customers of a BigCommerce store.
public struct BigCommerceRecords: StoreRecords {
  let client: StoreClient
  private let currency: @Sendable (String) -> Currency?
  /// The currency of the catalogue's prices.
  private let usual: Currency

  /// - Parameters:
  ///   - currency: finds a currency by its code, with the store's number of decimals.
  ///   - usual: the store's default currency, in which its catalogue is.
  public init(
    _ client: StoreClient, usual: Currency,
    currency: @escaping @Sendable (String) -> Currency? = { Currency(code: $0) }
  ) {
    (self.client, self.usual, self.currency) = (client, usual, currency)
  }

  /// Records of a page.
  static let limit: Int64 = 250
  /// Orders bring their lines with them, and are larger.
  static let orderLimit: Int64 = 50

  private static let lines = [
    ("include", "consignments.line_items"), ("consignment_structure", "object"),
  ]

  // MARK: Orders

  public func orders(changedSince time: Timestamp, page: Int64) throws(StorefrontError)
    -> RecordPage<SeenOrder>
  {
    let reply = try client.get(
      StoreCall(
        "v2/orders",
        query: [
          ("min_date_modified", time.description), ("sort", "date_modified:asc"),
          ("page", String(page)), ("limit", String(Self.orderLimit)),
        ] + Self.lines))
    // 204 without a body where there are none.
    guard case .array(let items) = reply.json else { return RecordPage([]) }
    var orders: [SeenOrder] = []
    for item in items { orders.append(try seen(item)) }
    return RecordPage(orders, next: Int64(items.count) < Self.orderLimit ? nil : page + 1)
  }

  /// - Throws: `notFound`.
  public func order(_ id: String) throws(StorefrontError) -> SeenOrder {
    let id = try StoreNumber.check(id, "an order")
    return try seen(try client.get(StoreCall("v2/orders/\(id)", query: Self.lines)).json)
  }

  private func seen(_ item: JSONValue) throws(StorefrontError) -> SeenOrder {
    let reader = OrderReader(item, currency: currency)
    var order = try reader.seen()
    guard !reader.hasLines || order.lines.isEmpty && item.whole("items_total") ?? 0 > 0 else {
      return order
    }
    // A store that does not know the include gives them only here.
    let id = try StoreNumber.check(order.id, "an order")
    let reply = try client.get(
      StoreCall("v2/orders/\(id)/products", query: [("limit", String(Self.limit))]))
    guard case .array(let items) = reply.json else { return order }
    for item in items { if let line = try reader.line(item) { order.lines.append(line) } }
    return order
  }

  // MARK: Products

  private static let catalogue = [("include", "variants,images")]

  public func products(changedSince time: Timestamp?, page: Int64) throws(StorefrontError)
    -> RecordPage<Product>
  {
    var query =
      [("page", String(page)), ("limit", String(Self.limit)), ("sort", "id")] + Self.catalogue
    if let time { query.append(("date_modified:min", time.description)) }
    let reply = try client.get(StoreCall("v3/catalog/products", query: query))
    var (products, leftOut) = ([Product](), 0)
    for item in reply.json.list("data") {
      let (found, left) = try reader(item).products()
      products += found
      leftOut += left
    }
    return RecordPage(products, next: Pages.next(reply.json, after: page), leftOut: leftOut)
  }

  /// - Throws: `notFound`.
  public func products(of id: String) throws(StorefrontError) -> [Product] {
    let id = try StoreNumber.check(id, "a product")
    let reply = try client.get(StoreCall("v3/catalog/products/\(id)", query: Self.catalogue))
    return try reader(reply.data).products().found
  }

  private func reader(_ item: JSONValue) -> ProductReader {
    ProductReader(item: item, currency: usual, at: client.now())
  }

  // MARK: Customers and carts

  public func customers(changedSince time: Timestamp?, page: Int64) throws(StorefrontError)
    -> RecordPage<SeenCustomer>
  {
    var query = [
      ("page", String(page)), ("limit", String(Self.limit)), ("sort", "date_created:asc"),
    ]
    if let time { query.append(("date_modified:min", time.description)) }
    let reply = try client.get(StoreCall("v3/customers", query: query))
    let items = reply.json.list("data")
    let customers = items.compactMap(CustomerReader.customer)
    return RecordPage(
      customers, next: Pages.next(reply.json, after: page), leftOut: items.count - customers.count)
  }

  /// - Throws: `notFound`.
  public func cart(ofToken token: String) throws(StorefrontError) -> String {
    guard (1...255).contains(token.utf8.count) else {
      throw StorefrontError(.notFound, "not a token of an abandoned cart")
    }
    let reply = try client.get(StoreCall("v3/abandoned-carts/\(StoreCall.part(token))"))
    return try CartID.check(reply.data.text("cart_id")).text
  }
}
