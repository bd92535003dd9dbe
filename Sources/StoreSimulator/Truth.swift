/// A cart as the store has it, for tests that compare.
public struct TrueCart: Equatable, Sendable {
  public let id: String
  public let version: Int
  public let customer: Int
  public let email: String
  public let channel: Int
  public let currency: String
  public let lines: [TrueLine]
  public let coupons: [String]
  public let country: String
  public let totals: TrueTotals

  init(_ cart: SimulatedCart) {
    (id, version, customer) = (cart.id, cart.version, cart.customer)
    (email, channel, currency) = (cart.email, cart.channel, cart.currency.code)
    (coupons, country) = (cart.coupons.map(\.code), cart.billing?["country_code"] ?? "")
    (lines, totals) = (cart.lines.map(TrueLine.init), TrueTotals(SimulatedTotals(cart)))
  }
}

public struct TrueLine: Equatable, Sendable {
  public let id: String
  /// `physical`, `digital`, `gift` for a certificate, `custom`.
  public let kind: String
  public let sku: String
  public let name: String
  public let quantity: Int
  /// Exact decimals of one piece.
  public let listPrice: String
  public let salePrice: String
  public let parent: String?
  public let isMutable: Bool

  init(_ line: SimulatedLine) {
    (id, kind, sku, name) = (line.id, String(describing: line.kind), line.sku, line.name)
    (quantity, listPrice) = (line.quantity, line.listPrice.text)
    (salePrice, parent, isMutable) = (line.salePrice.text, line.parent, line.isMutable)
  }
}

/// Exact decimals, as a checkout has them.
public struct TrueTotals: Equatable, Sendable {
  /// Of the lines, before discounts of lines.
  public let base: String
  /// What those take off.
  public let itemDiscounts: String
  public let discount: String
  public let coupons: String
  public let subtotalIncTax: String
  public let subtotalExTax: String
  public let shippingIncTax: String
  public let shippingExTax: String
  public let tax: String
  public let grand: String

  init(_ totals: SimulatedTotals) {
    (base, itemDiscounts) = (totals.list.text, (totals.list - totals.goods).text)
    (discount, coupons) = (totals.discount.text, totals.coupons.text)
    (subtotalIncTax, subtotalExTax) = (totals.subtotalIncTax.text, totals.subtotalExTax.text)
    (shippingIncTax, shippingExTax) = (totals.shippingIncTax.text, totals.shippingExTax.text)
    (tax, grand) = (totals.tax.text, totals.grand.text)
  }
}

public struct TrueOrder: Equatable, Sendable {
  public let id: Int
  public let cart: String
  public let status: Int
  public let email: String
  public let customer: Int
  public let currency: String
  public let total: String
  public let refunded: String
  public let lines: [TrueLine]

  init(_ order: SimulatedOrder) {
    (id, cart, status) = (order.id, order.cart.id, order.status)
    (email, customer, currency) = (order.cart.email, order.cart.customer, order.cart.currency.code)
    (total, refunded) = (order.totals.grand.text, order.refunded.text)
    lines = order.cart.lines.map(TrueLine.init)
  }
}

/// A product's variant with its price now.
public struct TrueProduct: Equatable, Sendable {
  public let product: Int
  public let variant: Int
  public let sku: String
  public let name: String
  public let price: String
  public let inventory: Int?
}

/// What a store was asked and did so far.
public struct SimulatorStatistics: Sendable {
  /// Requests that the specification does not allow; a test expects none.
  public let violations: [String]
  /// By route: `GET v3/carts/{cart}`.
  public let requests: [String: Int]
  public let statuses: [Int: Int]
  /// By their names.
  public let faults: [String: Int]
  /// Requests beyond the quota.
  public let overQuota: Int
  /// The most requests in a window of 30 s.
  public let mostInWindow: Int
  public let hooksSent: Int
  public let hooksWaiting: Int
}
