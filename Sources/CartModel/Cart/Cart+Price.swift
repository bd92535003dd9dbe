/// What a shopper would pay for a cart.
public struct Totals: Equatable, Sendable {
  public var subtotal: Money
  public var discount: Money
  public var shipping: Money
  /// Included in the prices, or added to them, as the settings say.
  public var tax: Money
  public var total: Money
}

extension Cart {
  /// The amount of one line, rounded half up once.
  public func amount(of line: Line) throws(ModelError) -> Money {
    try line.price.amount(line.quantity, currency)
  }

  /// The sum of the lines' amounts.
  public func subtotal() throws(ModelError) -> Money {
    var sum = Money.zero(currency)
    for index in lines.indices {
      sum = try sum + lines[index].price.amount(lines[index].quantity, currency)
    }
    return sum
  }

  /// Prices the cart: lines, then coupons in their order, then shipping, then tax.
  ///
  /// Rounding is half up, at each line, each percentage coupon and the tax. A coupon counts only
  /// where its currency is the cart's, its minimum is met and a line matches; fixed discounts never
  /// take more than is left. An empty cart ships for nothing.
  /// - Throws: `outOfRange`.
  public func price(_ settings: StoreSettings) throws(ModelError) -> Totals {
    let subtotal = try subtotal()
    let own = currency == settings.currency
    var left = subtotal
    var freeShipping = false
    for code in coupons {
      guard let coupon = settings.coupon(code),
        let matching = try matching(coupon, subtotal, own)
      else { continue }
      let off: Money
      switch coupon.kind {
      case .percent(let percent): off = try matching.percent(percent)
      case .fixed(let minor): off = Money(minor: min(minor, matching.minor), currency)
      case .freeShipping:
        freeShipping = true
        continue
      }
      left = try left - Money(minor: min(max(off.minor, 0), left.minor), currency)
    }
    return try Totals(
      subtotal: subtotal, left: left, isFree: lines.isEmpty || freeShipping,
      to: settings.hasDestinations ? destination : Destination(), settings)
  }

  /// The amount a coupon counts for; nil where it does not count.
  private func matching(_ coupon: Coupon, _ subtotal: Money, _ own: Bool) throws(ModelError)
    -> Money?
  {
    if case .fixed = coupon.kind, !own { return nil }
    if let minimum = coupon.minimum, !own || subtotal.minor < minimum { return nil }
    guard !coupon.skus.isEmpty else { return subtotal }
    var sum = Money.zero(currency)
    var any = false
    for line in lines where coupon.skus.contains(where: { Glob($0).matches(line.sku) }) {
      sum = try sum + amount(of: line)
      any = true
    }
    return any ? sum : nil
  }
}

extension Totals {
  /// What a cart without coupons comes to.
  ///
  /// - Throws: `outOfRange`.
  public init(
    withoutCoupons subtotal: Money, isEmpty: Bool, to place: Destination, _ settings: StoreSettings
  ) throws(ModelError) {
    try self.init(subtotal: subtotal, left: subtotal, isFree: isEmpty, to: place, settings)
  }

  /// - Parameters:
  ///   - left: of the subtotal, when discounts are taken off.
  ///   - isFree: whether it ships for nothing.
  init(
    subtotal: Money, left: Money, isFree: Bool, to place: Destination, _ settings: StoreSettings
  ) throws(ModelError) {
    let own = subtotal.currency == settings.currency
    let fee = own && !isFree ? settings.shipping(left.minor, to: place).fee : 0
    let shipping = Money(minor: fee, subtotal.currency)
    let base = try left + shipping
    let (percent, included) = settings.tax(in: place)
    let rate = percent.millionths
    let tax = included ? try base.ratio(rate, 100_000_000 + rate) : try base.percent(percent)
    self.init(
      subtotal: subtotal, discount: try subtotal - left, shipping: shipping, tax: tax,
      total: included ? base : try base + tax)
  }
}
