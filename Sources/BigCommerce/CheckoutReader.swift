import CartEngine
import CartModel
import CartSupport

/// Reads a cart from the store's answer to `GET /v3/checkouts/{id}`, which holds all of it.
struct CheckoutReader {
  let checkout: JSONValue
  let currency: Currency
  let lines: [Line]
  /// What the store says that each line comes to.
  let amounts: [StatedTotals.LineAmount]

  var cart: JSONValue { checkout["cart"] ?? .null }

  /// - Parameter currency: finds a currency with the store's number of decimals.
  /// - Throws: `garbled`, naming the member.
  init(_ checkout: JSONValue, currency find: (String) -> Currency?) throws(StorefrontError) {
    self.checkout = checkout
    guard case .object? = checkout["cart"] else {
      throw StorefrontError(.garbled, "checkout: expected an object 'cart'")
    }
    let code = checkout["cart"]?["currency"]?.text("code") ?? ""
    guard let currency = find(code) else {
      throw StorefrontError(.garbled, "cart: the currency \(quoted(code)) is not known")
    }
    self.currency = currency
    let items = try CheckoutLines(checkout["cart"]?["line_items"] ?? .null)
    (lines, amounts) = (items.lines, items.amounts)
  }

  /// - Throws: `garbled`.
  func seen(_ id: String, storefront: String) throws(StorefrontError) -> SeenCart {
    let named = cart.text("id").isEmpty ? checkout.text("id") : cart.text("id")
    guard named.lowercased() == id else {
      throw StorefrontError(.garbled, "cart \(id): the store answered with another cart")
    }
    let times = [checkout, cart]
    guard let updated = times.compactMap({ $0.time("updated_time") }).max() else {
      throw StorefrontError(.garbled, "cart \(id): updated_time: expected a time")
    }
    let binding = Binding(
      storefront: storefront, storeID: id, channel: max(cart.whole("channel_id") ?? 0, 0),
      locale: cart.text("locale", limit: 64))
    var codes: [String] = []
    for coupon in coupons where !codes.contains(coupon.text("code")) {
      codes.append(coupon.text("code"))
    }
    return SeenCart(
      binding: binding, version: checkout.whole("version") ?? cart.whole("version"),
      created: times.compactMap { $0.time("created_time") }.min() ?? updated, updated: updated,
      currency: currency, shopper: CheckoutShopper(checkout).fields, lines: lines, coupons: codes,
      totals: try CheckoutTotals(self).totals)
  }

  /// Those of the checkout, else those of the cart.
  var coupons: [JSONValue] {
    let own = checkout.list("coupons")
    return (own.isEmpty ? cart.list("coupons") : own).filter { !$0.text("code").isEmpty }
  }
}
