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

  /// Orders that changed since a moment, the oldest change first.
  ///
  /// An order that changes meanwhile moves to the end, and would shift another one out of the next page:
  /// that begins anew with the second of the last change seen. Orders may so come twice, and none is left out.
  public func orders(changedSince time: Timestamp, page: Int64) throws(StorefrontError)
    -> RecordPage<SeenOrder>
  {
    let place = OrderPlace(page, since: time)
    let reply = try client.get(
      StoreCall(
        "v2/orders",
        query: [
          ("min_date_modified", place.since.description), ("sort", "date_modified:asc"),
          ("page", String(place.page)), ("limit", String(Self.orderLimit)),
        ] + Self.lines))
    // 204 without a body where there are none.
    guard case .array(let items) = reply.json else { return RecordPage([]) }
    var page = RecordPage<SeenOrder>([])
    for item in items {
      do throws(StorefrontError) { page.records.append(try seen(item)) } catch {
        // One that cannot be read must not keep all behind it away.
        guard error.code == .garbled else { throw error }
        page.leftOut += 1
      }
    }
    if Int64(items.count) >= Self.orderLimit {
      page.next = place.next(after: items.compactMap { $0.time("date_modified") }.max())
    }
    return page
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
    var found = RecordPage<Product>([], next: Pages.next(reply.json, after: page))
    for item in reply.json.list("data") {
      do throws(StorefrontError) {
        let (products, leftOut) = try reader(item).products()
        found.records += products
        found.leftOut += leftOut
      } catch {
        guard error.code == .garbled else { throw error }
        found.leftOut += 1
      }
    }
    return found
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

/// Where in the list of changed orders a page begins: a moment, and a page behind it.
struct OrderPlace {
  var since: Timestamp
  var page: Int64
  /// Pages that one second of changes may have.
  private static let most: Int64 = 1000

  /// - Parameter number: 1 for the beginning, else what `next` gave.
  init(_ number: Int64, since time: Timestamp) {
    if number < Self.most {
      (since, page) = (time, max(number, 1))
    } else {
      since = Timestamp(milliseconds: number / Self.most * 1000)
      page = number % Self.most
    }
  }

  /// - Parameter last: the last change of this page.
  func next(after last: Timestamp?) -> Int64 {
    // Dates have whole seconds, and the moment itself is included.
    let seconds = (last?.milliseconds ?? 0) / 1000
    if seconds * 1000 > since.milliseconds { return seconds * Self.most + 1 }
    // More of one second than a page holds.
    guard since.milliseconds >= 1000 else { return page + 1 }
    return since.milliseconds / 1000 * Self.most + min(page + 1, Self.most - 1)
  }
}
