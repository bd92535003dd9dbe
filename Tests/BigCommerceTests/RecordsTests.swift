import CartEngine
import CartModel
import CartSupport
import HTTPClient
import Synchronization
import Testing

@testable import BigCommerce

/// Orders, products and customers as the store shows them.
struct RecordsTests {
  private let time = Timestamp(milliseconds: 1_764_000_000_500)

  private func records(_ server: ScriptedServer) throws -> BigCommerceRecords {
    BigCommerceRecords(try server.client(), usual: .eur)
  }

  private static func order(
    _ id: Int, status: Int = 11, payment: String = "captured",
    modified: String = "Mon, 24 Nov 2025 16:00:10 +0000", lines: String = lines
  ) -> String {
    """
    {"id": \(id), "cart_id": "\(cartID(id))", "status_id": \(status),
     "payment_status": "\(payment)", "currency_code": "EUR", "default_currency_code": "USD",
     "date_created": "Mon, 24 Nov 2025 15:00:00 +0000", "date_modified": "\(modified)",
     "total_inc_tax": "23.3500", "items_total": 3, "customer_id": 0, "is_tax_inclusive_pricing": false,
     "ip_address": "", "ip_address_v6": "2001:DB8::1", "geoip_country_iso2": "de",
     "billing_address": {"first_name": "Jane", "last_name": "Doe", "email": "jane@example.com",
       "street_1": "1 Main St", "zip": "78701", "country_iso2": "US", "phone": ""},
     \(lines)}
    """
  }

  private static let lines = """
    "consignments": {
      "shipping": [{"id": 1, "first_name": "Tim", "country_iso2": "US", "line_items": [
        {"id": 1, "sku": "TEA", "name": "Assam", "quantity": 2, "price_ex_tax": "7.9000",
         "price_inc_tax": "9.4010", "base_price": "7.9000", "product_options": [
           {"display_name": "Tin", "display_value": "red"}]}]}],
      "pickups": [], "downloads": [{"line_items": [
        {"id": 2, "sku": "", "name": "Book", "quantity": 1, "price_ex_tax": "5.0000"}]}],
      "email": {"gift_certificates": [{"line_items": [
        {"id": 3, "name": "Certificate", "quantity": 1, "base_price": "25.0000"}]}]}}
    """

  @Test("An order brings its lines of all ways of delivery, its cart and its shopper")
  func order() throws {
    let server = ScriptedServer(["v2/orders/7": Self.order(7)])
    let order = try records(server).order("7")
    #expect(
      server.requests == [
        "GET v2/orders/7?include=consignments.line_items&consignment_structure=object"
      ])
    #expect(order.id == "7" && order.cart == cartID(7) && order.state == .paid)
    #expect(order.created == (try Timestamp("2025-11-24T15:00:00Z")))
    #expect(order.updated == (try Timestamp("2025-11-24T16:00:10Z")))
    #expect(try order.currency == .eur && order.total == (decimal("23.35")))
    #expect(order.lines.map(\.name) == ["Assam", "Book", "Certificate"])
    #expect(order.lines.map(\.quantity) == [2, 1, 1])
    #expect(order.lines.map(\.price.plainText) == ["7.9", "5", "25"])
    #expect(order.lines[0].options == [.init(name: "Tin", value: "red")])
    #expect(order.shopper[.ip] == "2001:DB8::1" && order.shopper[.country] == "DE")
    #expect(order.shopper[.name] == "Jane Doe" && order.shopper[.shippingFirstName] == "Tim")
    #expect(order.shopper[.customer] == nil && order.shopper[.billingPhone] == nil)
  }

  @Test("Lines that the answer does not include are read by themselves")
  func linesApart() throws {
    let server = ScriptedServer([
      "v2/orders/7": Self.order(
        7, lines: "\"consignments\": {\"url\": \"x\", \"resource\": \"y\"}"),
      "v2/orders/7/products":
        "[{\"id\": 1, \"sku\": \"A\", \"quantity\": 3, \"price_ex_tax\": \"1.0000\"}]",
    ])
    let order = try records(server).order("7")
    #expect(order.lines == [OrderLine(sku: "A", quantity: 3, price: try decimal("1"))])
    #expect(server.requests.last == "GET v2/orders/7/products?limit=250")
  }

  @Test(
    "The state follows the status, and the payment where that says more",
    arguments: [
      (0, "", nil), (0, "captured", nil), (1, "", .placed), (1, "captured", .paid),
      (7, "", .placed), (7, "paid", .paid), (12, "authorized", .placed), (2, "", .paid),
      (3, "", .paid), (8, "", .paid), (9, "", .paid), (10, "", .paid), (11, "", .paid),
      (11, "authorized", .placed), (13, "captured", .paid), (14, "partially refunded", .paid),
      (4, "refunded", .refunded), (5, "captured", .cancelled), (6, "declined", .cancelled),
    ] as [(Int, String, Order.State?)])
  func states(status: Int, payment: String, state: Order.State?) throws {
    let json = try JSONParser.parse(Self.order(7, status: status, payment: payment))
    #expect(OrderReader(json, currency: { Currency(code: $0) }).state == state)
  }

  @Test("No orders are 204 without a body, and an order that is not there is not found")
  func none() throws {
    let server = ScriptedServer { request in
      request.url.contains("/orders/") ? HTTPResponse(404) : HTTPResponse(204)
    }
    let page = try records(server).orders(changedSince: time, page: 1)
    #expect(page.records.isEmpty && page.next == nil)
    #expect(
      server.requests == [
        "GET v2/orders?min_date_modified=2025-11-24T16:00:00.500Z&sort=date_modified:asc&page=1"
          + "&limit=50&include=consignments.line_items&consignment_structure=object"
      ])
    for id in ["7", "", "-1", "7/products", "0"] {
      #expect(storeError { _ = try records(server).order(id) }?.code == .notFound)
    }
    #expect(server.requests.count == 2)
  }

  @Test("An order that cannot be read is counted, and keeps no other one away")
  func unreadable() throws {
    let odd = Self.order(2).replacing("\"EUR\"", with: "\"XXX\"")
    let server = ScriptedServer(["v2/orders": "[\(Self.order(1)), \(odd), \(Self.order(3))]"])
    let page = try records(server).orders(changedSince: time, page: 1)
    #expect(page.records.map(\.id) == ["1", "3"] && page.leftOut == 1 && page.next == nil)
  }

  /// A store whose orders move to the end of the list while it is read.
  @Test("An order that changes between two pages is read again, and leaves no other one out")
  func moving() throws {
    // By the second of its last change.
    let changes = Mutex(Dictionary(uniqueKeysWithValues: (1...120).map { ($0, $0 / 30) }))
    let server = ScriptedServer { request in
      func value(_ name: String) -> String {
        let query = request.url.split(separator: "?").last ?? ""
        let pair = query.split(separator: "&").first { $0.hasPrefix(name + "=") } ?? ""
        return String(pair.dropFirst(name.count + 1))
      }
      let since = (try? Timestamp(value("min_date_modified"))) ?? ScriptedServer.start
      let page = Int(value("page")) ?? 1
      let base = Int64(1_764_000_100)
      let found = changes.withLock { $0 }.filter {
        (base + Int64($0.value)) * 1000 >= since.milliseconds
      }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
      let items = found.dropFirst((page - 1) * 50).prefix(50).map { id, second in
        Self.order(id, modified: String(base + Int64(second)))
      }
      // What was just read changes.
      changes.withLock { if let first = found.first, page == 1 { $0[first.key] = 9 } }
      return items.isEmpty
        ? HTTPResponse(204) : ScriptedServer.ok("[\(items.joined(separator: ","))]")
    }
    let records = try records(server)
    var (seen, page) = (Set<String>(), Int64(1))
    for _ in 0..<20 {
      let found = try records.orders(changedSince: time, page: page)
      seen.formUnion(found.records.map(\.id))
      guard let next = found.next else { break }
      page = next
    }
    #expect(seen == Set((1...120).map(String.init)))
  }

  private static let product = """
    {"id": 111, "name": "Mug", "sku": "MUG", "price": 10, "calculated_price": 9, "cost_price": 4,
     "weight": 0.3, "inventory_tracking": "variant", "inventory_level": 7, "availability": "available",
     "images": [{"is_thumbnail": false, "url_standard": "https://x/1.jpg"},
                {"is_thumbnail": true, "url_standard": "https://x/2.jpg"}],
     "variants": [
       {"id": 1, "sku": "MUG-R", "price": 12, "calculated_price": 11.5, "inventory_level": 3,
        "image_url": "https://x/r.jpg", "option_values": [
          {"option_display_name": "Colour", "label": "red", "id": 5, "option_id": 6}]},
       {"id": 2, "sku": "MUG-B", "price": null, "calculated_price": null, "inventory_level": 0,
        "cost_price": 5, "image_url": "", "purchasing_disabled": false, "option_values": []},
       {"id": 3, "sku": "", "price": 1, "option_values": []}]}
    """

  @Test("Each variant with a SKU is a product, and those without are counted")
  func products() throws {
    let server = ScriptedServer([
      "v3/catalog/products": """
      {"data": [\(Self.product)], "meta": {"pagination": {"total_pages": 2, "current_page": 1}}}
      """
    ])
    let page = try records(server).products(changedSince: time, page: 1)
    #expect(
      server.requests == [
        "GET v3/catalog/products?page=1&limit=250&sort=id&include=variants,images"
          + "&date_modified:min=2025-11-24T16:00:00.500Z"
      ])
    #expect(page.next == 2 && page.leftOut == 1)
    let (red, blue) = (page.records[0], page.records[1])
    #expect(red.sku == "MUG-R" && red.name == "Mug, red" && red.image == "https://x/r.jpg")
    #expect(try red.price == (decimal("11.5")) && red.stock == 3)
    #expect(red.stocked == ScriptedServer.start && red.currency == .eur)
    #expect(red.details.attributes == [.init(name: "Colour", value: "red")])
    #expect(try red.details.cost == (decimal("4")) && red.details.weight == (decimal("0.3")))
    #expect(try blue.price == (decimal("9")) && blue.image == "https://x/2.jpg")
    #expect(try blue.stock == 0 && blue.details.cost == (decimal("5")))
  }

  @Test(
    "Stock is what the store counts, and nothing of what cannot be bought",
    arguments: [
      ("none", "available", nil), ("product", "available", 7), ("variant", "available", 3),
      ("none", "disabled", 0), ("product", "preorder", 7),
    ] as [(String, String, Int64?)])
  func stock(tracking: String, availability: String, stock: Int64?) throws {
    let json = Self.product.replacing(
      "\"inventory_tracking\": \"variant\"", with: "\"inventory_tracking\": \"\(tracking)\""
    )
    .replacing("\"availability\": \"available\"", with: "\"availability\": \"\(availability)\"")
    let server = ScriptedServer(["v3/catalog/products/111": "{\"data\": \(json)}"])
    let product = try #require(try records(server).products(of: "111").first)
    #expect(product.stock == stock)
    #expect(product.details.isBackordered == (availability == "preorder"))
    #expect(server.requests == ["GET v3/catalog/products/111?include=variants,images"])
  }

  @Test("Customers come with what the store knows of them")
  func customers() throws {
    let server = ScriptedServer([
      "v3/customers": """
      {"data": [{"id": 11, "email": "jane@example.com", "first_name": "Jane", "last_name": "Doe",
        "company": "", "phone": "1", "customer_group_id": 3}, {"id": null}],
       "meta": {"pagination": {"total_pages": 1, "current_page": 1}}}
      """
    ])
    let page = try records(server).customers(changedSince: nil, page: 1)
    #expect(
      page.records == [
        SeenCustomer(
          id: "11",
          fields: [
            .customer: "11", .type: "registered", .email: "jane@example.com", .name: "Jane Doe",
            .phone: "1", .group: "3",
          ])
      ])
    #expect(page.leftOut == 1 && page.next == nil)
    #expect(server.requests == ["GET v3/customers?page=1&limit=250&sort=date_created:asc"])
  }

  @Test("A token of an abandoned cart leads to its cart and to nothing else")
  func tokens() throws {
    let server = ScriptedServer([
      "v3/abandoned-carts/a%2Fb": "{\"data\": {\"cart_id\": \"\(cartID(3))\"}}"
    ])
    #expect(try records(server).cart(ofToken: "a/b") == cartID(3))
    #expect(storeError { _ = try records(server).cart(ofToken: "other") }?.code == .notFound)
    #expect(storeError { _ = try records(server).cart(ofToken: "") }?.code == .notFound)
  }
}
