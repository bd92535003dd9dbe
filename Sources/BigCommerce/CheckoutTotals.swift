import CartEngine
import CartModel
import CartSupport

/// What the store says that a cart comes to, so that the figures of its page add up.
///
/// Figures of a store whose prices include the tax are those with it, else those without. What was taken off
/// is what the store says of coupons and discounts, where the sum is then the total; else, as discounts of
/// lines and of shipping are in no figure of their own, what the total is below its parts. What the total is
/// above them, as for gift wrapping, counts as a fee.
struct CheckoutTotals {
  private(set) var totals: StatedTotals

  /// - Throws: `garbled`.
  init(_ reader: CheckoutReader) throws(StorefrontError) {
    let (checkout, cart) = (reader.checkout, reader.cart)
    let isIncluded = cart.flag("tax_included") ?? false
    let suffix = isIncluded ? "_inc_tax" : "_ex_tax"
    let other = isIncluded ? "_ex_tax" : "_inc_tax"
    func amount(_ value: JSONValue, _ name: String) throws(StorefrontError) -> UnitPrice? {
      if let amount = try value.decimal(name + suffix) { return amount }
      return try value.decimal(name + other)
    }
    var total = try checkout.decimal("grand_total")
    if total == nil { total = try amount(cart, "cart_amount") }
    var subtotal = try amount(checkout, "subtotal")
    if subtotal == nil { subtotal = try cart.decimal("base_amount") }
    guard let total, let subtotal else {
      throw StorefrontError(.garbled, "checkout: expected subtotal and grand_total")
    }
    totals = StatedTotals(subtotal: subtotal, total: total)
    totals.shipping = try amount(checkout, "shipping_cost_total")
    totals.handling = try amount(checkout, "handling_cost_total")
    totals.tax = try checkout.decimal("tax_total")
    var fees: [UnitPrice] = []
    for fee in checkout.list("fees") {
      if let cost = try amount(fee, "cost") { fees.append(cost) }
    }
    for tax in checkout.list("taxes") {
      let name = tax.text("name").isEmpty ? "Tax" : tax.text("name")
      totals.taxes.append(.init(name: name, amount: try tax.decimal("amount") ?? .zero))
    }
    for coupon in reader.coupons {
      totals.coupons.append(
        .init(
          code: coupon.text("code"), name: coupon.text("display_name"),
          amount: try coupon.decimal("discounted_amount") ?? .zero))
    }
    totals.lines = reader.amounts
    totals.shippingName = Self.shippingName(checkout)
    let stated = totals.coupons.map(\.amount) + [try cart.decimal("discount_amount")]
    do throws(ModelError) {
      try balance(fees, stated, isIncluded: isIncluded, reader.currency)
    } catch { throw StorefrontError(.garbled, "checkout: \(error.message)") }
  }

  private mutating func balance(
    _ fees: [UnitPrice], _ stated: [UnitPrice?], isIncluded: Bool, _ currency: Currency
  ) throws(ModelError) {
    func sum(_ parts: [UnitPrice?]) throws(ModelError) -> Money {
      var sum = Money.zero(currency)
      for part in parts { if let part { sum = try sum + part.amount(1, currency) } }
      return sum
    }
    let fees = try sum(fees)
    let parts = try sum(
      [totals.subtotal, totals.shipping, totals.handling] + (isIncluded ? [] : [totals.tax]))
    let left = try parts + fees - sum([totals.total])
    let discount = try sum(stated)
    // Each figure is rounded by itself.
    let isSame = (try left - discount).minor.magnitude <= 2
    totals.discount = UnitPrice(isSame ? discount : Money(minor: max(left.minor, 0), currency))
    let more = isSame ? Money.zero(currency) : Money(minor: max(0, -left.minor), currency)
    totals.fees = UnitPrice(try fees + more)
  }

  /// The chosen methods, each once.
  private static func shippingName(_ checkout: JSONValue) -> String {
    var names: [String] = []
    for consignment in checkout.list("consignments") {
      let option = consignment["selected_shipping_option"] ?? .null
      var name = option.text("description")
      if name.isEmpty { name = option.text("type") }
      if name.isEmpty, case .object? = consignment["selected_pickup_option"] { name = "Pickup" }
      if !name.isEmpty, !names.contains(name) { names.append(name) }
    }
    return JSONValue.clipped(names.joined(separator: ", "), 255)
  }
}
