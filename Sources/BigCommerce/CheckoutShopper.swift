import CartModel
import CartSupport

/// What a checkout says of its shopper. A store's cart knows neither IP, browser, session nor the country
/// of the IP: those are left out, and what a script reported stays.
struct CheckoutShopper {
  private(set) var fields: [ShopperField: String] = [:]

  init(_ checkout: JSONValue) {
    let cart = checkout["cart"] ?? .null
    let customer = cart.id("customer_id")
    fields[.type] = customer.isEmpty ? "guest" : "registered"
    // A shopper who signs out leaves neither: an empty text says so.
    fields[.customer] = customer
    let billing = checkout["billing_address"] ?? .null
    let email = cart.text("email", limit: 500)
    fields[.email] = email.isEmpty ? billing.text("email", limit: 500) : email
    let delivery = checkout.list("consignments").first { $0["address"] != nil }
    let shipping = delivery?["address"] ?? .null
    add(billing, to: 20)
    add(shipping, to: 40)
    for (field, keys) in [
      (ShopperField.name, ["first_name", "last_name"]), (.phone, ["phone"]),
      (.company, ["company"]),
    ] {
      let text = [billing, shipping].map { Self.joined($0, keys) }.first { !$0.isEmpty } ?? ""
      // Of a customer more is known than a cart says.
      if !text.isEmpty || customer.isEmpty { fields[field] = text }
    }
  }

  private static func joined(_ address: JSONValue, _ keys: [String]) -> String {
    JSONValue.clipped(
      keys.map { address.text($0) }.filter { !$0.isEmpty }.joined(separator: " "), 500)
  }

  private static let members: [(key: String, field: UInt8)] = [
    ("first_name", 0), ("last_name", 1), ("company", 2), ("address1", 3), ("address2", 4),
    ("city", 5), ("state_or_province", 6), ("postal_code", 7), ("country_code", 8), ("phone", 9),
  ]

  /// - Parameter base: the number of the address's first field.
  private mutating func add(_ address: JSONValue, to base: UInt8) {
    for (key, offset) in Self.members {
      guard let field = ShopperField(rawValue: base + offset) else { continue }
      var text = address.text(key, limit: 500)
      if key == "state_or_province", text.isEmpty { text = address.text("state_or_province_code") }
      fields[field] = key == "country_code" ? Self.country(text) : text
    }
  }

  /// A country of ISO 3166-1; empty for what is none.
  static func country(_ text: String) -> String {
    let code = text.uppercased()
    return (try? Country.check(code)) == nil ? "" : code
  }
}
