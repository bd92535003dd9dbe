import CartEngine
import CartModel
import CartSupport

/// Reads an order of `GET /v2/orders`, whose amounts are texts and whose dates are those of mails.
struct OrderReader {
  let order: JSONValue
  private let find: (String) -> Currency?

  init(_ order: JSONValue, currency: @escaping (String) -> Currency?) {
    (self.order, find) = (order, currency)
  }

  /// Nil while it is no sale: incomplete, or declined before it was one.
  ///
  /// Statuses by number: 0 incomplete, 4 refunded, 5 cancelled, 6 declined, 14 partially refunded. Pending (1),
  /// awaiting payment (7) and manual verification (12) are placed orders that nobody has paid as far as is
  /// known; the others follow a payment. What the payment itself says wins over both.
  var state: Order.State? {
    let status = order.whole("status_id") ?? 0
    let payment = order.text("payment_status").lowercased()
    switch status {
    case 0: return nil
    case 4: return .refunded
    case 5, 6: return .cancelled
    case 1, 7, 12: return Self.paid.contains(payment) ? .paid : .placed
    default:
      return Self.unpaid.contains(payment) ? .placed : .paid
    }
  }

  private static let paid: Set<String> = ["paid", "captured", "partially refunded"]
  private static let unpaid: Set<String> = [
    "authorized", "capture pending", "declined", "held for review", "pending", "void",
  ]

  /// - Throws: `garbled`.
  func seen() throws(StorefrontError) -> SeenOrder {
    let id = order.text("id")
    guard !id.isEmpty else { throw StorefrontError(.garbled, "order: expected an id") }
    do throws(StorefrontError) {
      // Amounts are in the currency of the shopper, as far as that is one in which the store takes money.
      let code =
        order.text("currency_code").isEmpty
        ? order.text("default_currency_code") : order.text("currency_code")
      guard let currency = find(code) else {
        throw StorefrontError(.garbled, "the currency \(quoted(code)) is not known")
      }
      guard let created = order.time("date_created") else {
        throw StorefrontError(.garbled, "date_created: expected a time")
      }
      guard let total = try order.decimal("total_inc_tax") else {
        throw StorefrontError(.garbled, "total_inc_tax: expected an amount")
      }
      return SeenOrder(
        id: id, cart: CartID(order.text("cart_id"))?.text ?? "", created: created,
        updated: order.time("date_modified") ?? created, state: state, currency: currency,
        total: total, shopper: shopper, lines: try lines())
    } catch { throw StorefrontError(.garbled, "order \(printable(id)): \(error.message)") }
  }

  // MARK: Lines

  /// Every consignment has its lines, whatever way they go; empty where the answer does not include them.
  private func lines() throws(StorefrontError) -> [OrderLine] {
    let consignments = order["consignments"] ?? .null
    var lines: [OrderLine] = []
    let parts =
      ["shipping", "pickups", "downloads"].flatMap { consignments.list($0) }
      + (consignments["email"]?.list("gift_certificates") ?? [])
    for item in parts.flatMap({ $0.list("line_items") }) {
      if let line = try line(item) { lines.append(line) }
    }
    return lines
  }

  /// Whether the answer has the lines; an order without them is read again by itself.
  var hasLines: Bool { if case .object? = order["consignments"] { true } else { false } }

  func line(_ item: JSONValue) throws(StorefrontError) -> OrderLine? {
    guard let quantity = item.whole("quantity"), Line.quantities.contains(quantity) else {
      if item.whole("quantity") == 0 { return nil }
      throw StorefrontError(.garbled, "line \(item.text("id")): quantity: expected 1 … 1000000")
    }
    let isIncluded = order.flag("is_tax_inclusive_pricing") ?? false
    var price = try item.decimal(isIncluded ? "price_inc_tax" : "price_ex_tax")
    if price == nil { price = try item.decimal("base_price") }
    guard let price else {
      throw StorefrontError(.garbled, "line \(item.text("id")): expected a price")
    }
    let options = item.list("product_options").compactMap { option -> Line.Option? in
      let name = option.text("display_name", limit: 500)
      let value = option.text("display_value", limit: 3500)
      return name.isEmpty ? nil : Line.Option(name: name, value: value)
    }.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
    return OrderLine(
      sku: item.text("sku"), name: item.text("name", limit: 4000), options: options,
      quantity: quantity, price: price)
  }

  // MARK: Shopper

  /// An order knows what a cart does not: the IP and its country.
  private var shopper: [ShopperField: String] {
    var fields: [ShopperField: String] = [:]
    let customer = order.id("customer_id")
    fields[.type] = customer.isEmpty ? "guest" : "registered"
    if !customer.isEmpty { fields[.customer] = customer }
    let billing = order["billing_address"] ?? .null
    func known(_ field: ShopperField, _ text: String) { if !text.isEmpty { fields[field] = text } }
    known(.email, billing.text("email", limit: 500))
    let name = [billing.text("first_name"), billing.text("last_name")]
      .filter { !$0.isEmpty }.joined(separator: " ")
    known(.name, JSONValue.clipped(name, 500))
    known(.phone, billing.text("phone"))
    known(.company, billing.text("company", limit: 500))
    let ip =
      order.text("ip_address").isEmpty ? order.text("ip_address_v6") : order.text("ip_address")
    known(.ip, ip)
    known(.country, CheckoutShopper.country(order.text("geoip_country_iso2")))
    add(billing, 20, to: &fields)
    let shipping = order["consignments"]?.list("shipping").first ?? .null
    add(shipping, 40, to: &fields)
    return fields
  }

  private static let members: [(key: String, field: UInt8)] = [
    ("first_name", 0), ("last_name", 1), ("company", 2), ("street_1", 3), ("street_2", 4),
    ("city", 5), ("state", 6), ("zip", 7), ("country_iso2", 8), ("phone", 9),
  ]

  private func add(_ address: JSONValue, _ base: UInt8, to fields: inout [ShopperField: String]) {
    for (key, offset) in Self.members {
      guard let field = ShopperField(rawValue: base + offset) else { continue }
      var text = address.text(key, limit: 500)
      if key == "country_iso2" { text = CheckoutShopper.country(text) }
      if !text.isEmpty { fields[field] = text }
    }
  }
}
