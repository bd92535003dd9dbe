import CartSupport

/// What a shopper would pay for a cart.
public struct Totals: Equatable, Sendable {
  public var subtotal: Money
  public var discount: Money
  public var shipping: Money
  /// Included in the prices, or added to them, as the settings say.
  public var tax: Money
  public var total: Money
  /// What a store takes for packing and the like, beside shipping; only a store states it.
  public var handling: Money
  public var fees: Money

  public init(subtotal: Money, discount: Money, shipping: Money, tax: Money, total: Money) {
    (self.subtotal, self.discount, self.shipping) = (subtotal, discount, shipping)
    (self.tax, self.total) = (tax, total)
    (handling, fees) = (.zero(total.currency), .zero(total.currency))
  }

  /// Checks that no part is negative and that the parts come to the total, be the tax included in the
  /// prices or added to them.
  ///
  /// - Throws: `malformed`, `outOfRange`.
  func check() throws(ModelError) {
    let parts = [
      ("subtotal", subtotal), ("discount", discount), ("shipping", shipping),
      ("handling", handling), ("fees", fees), ("tax", tax),
    ]
    for (name, part) in parts where part.minor < 0 {
      throw ModelError(.malformed, "\(name): expected an amount that is not negative, got \(part)")
    }
    guard discount.minor <= subtotal.minor else {
      throw ModelError(
        .malformed, "discount: expected at most the subtotal, \(subtotal), got \(discount)")
    }
    let sum = try subtotal - discount + shipping + handling + fees
    let taxed = try sum + tax
    guard total == sum || total == taxed else {
      throw ModelError(
        .malformed,
        "total: expected \(sum), subtotal less discount plus shipping, or that plus tax, got "
          + "\(total)")
    }
  }
}

extension Cart {
  /// The amount of one line: what its store states, else its price by its pieces, rounded half up once.
  public func amount(of line: Line) throws(ModelError) -> Money {
    if let stated = try statedAmount(of: line) { return stated }
    return try line.price.amount(line.quantity, currency)
  }

  /// What the lines come to: what its store states, else the sum of their amounts.
  public func subtotal() throws(ModelError) -> Money {
    if let stated = try statedTotals() { return stated.subtotal }
    return try linesSum()
  }

  /// The sum of the lines' prices by their pieces.
  func linesSum() throws(ModelError) -> Money {
    var sum = Money.zero(currency)
    for index in lines.indices {
      sum = try sum + lines[index].price.amount(lines[index].quantity, currency)
    }
    return sum
  }

  /// What the cart comes to: the one function that every total comes from.
  ///
  /// An ordered cart comes to what its order says, whatever the settings are now, and a store's cart to
  /// what its store states. Any other is priced by its lines, then coupons, then shipping, then tax.
  ///
  /// Rounding is half up, at each line, each percentage coupon and the tax. A coupon counts only
  /// where its currency is the cart's, its minimum is met and a line matches; a percentage is of the
  /// matching lines' amounts before discounts. A coupon takes at most what its lines hold, also
  /// beside others. An empty cart ships for nothing.
  /// - Throws: `outOfRange`.
  public func price(_ settings: StoreSettings) throws(ModelError) -> Totals {
    guard let order else { return try repriced(settings) }
    var totals: Totals
    if let amounts = order.amounts { totals = amounts } else { totals = try repriced(settings) }
    totals.total = order.total
    return totals
  }

  /// What the cart would come to, were it not ordered.
  func repriced(_ settings: StoreSettings) throws(ModelError) -> Totals {
    try basis(settings).totals(settings)
  }

  private func basis(_ settings: StoreSettings) throws(ModelError) -> TotalsBasis {
    if let stated = try statedTotals() { return .stated(stated) }
    let place = settings.hasDestinations ? destination : Destination()
    guard !coupons.isEmpty else {
      return .plain(try subtotal(), isEmpty: lines.isEmpty, to: place)
    }
    let reduced = try reduced(settings)
    return .lines(
      reduced.subtotal, discount: reduced.discount,
      isFree: lines.isEmpty || reduced.hasFreeShipping, to: place)
  }

  /// What coupons take off each line, in the order of the lines; their sum is the cart's discount.
  ///
  /// - Throws: `outOfRange`.
  public func lineDiscounts(_ settings: StoreSettings) throws(ModelError) -> [Money] {
    try reduced(settings).byLine
  }

  private struct Reduced {
    var subtotal: Money
    var byLine: [Money]
    var discount: Money
    var hasFreeShipping = false
  }

  private func reduced(_ settings: StoreSettings) throws(ModelError) -> Reduced {
    var amounts: [Int64] = []
    amounts.reserveCapacity(lines.count)
    for index in lines.indices { amounts.append(try amount(of: lines[index]).minor) }
    let subtotal = try subtotal()
    var discounts = Discounts(amounts)
    var hasFreeShipping = false
    for code in coupons {
      guard let coupon = settings.coupon(code),
        case .success(let matching) = matching(coupon, subtotal, settings.currency)
      else { continue }
      switch coupon.kind {
      case .percent(let percent):
        var base = Money.zero(currency)
        for line in matching { base = try base + Money(minor: amounts[line], currency) }
        discounts.take(try base.percent(percent).minor, from: matching)
      case .fixed(let minor): discounts.take(minor, from: matching)
      case .freeShipping: hasFreeShipping = true
      }
    }
    var byLine: [Money] = []
    byLine.reserveCapacity(lines.count)
    var sum = Money.zero(currency)
    for (amount, left) in zip(amounts, discounts.left) {
      let part = Money(minor: max(amount, 0) - left, currency)
      byLine.append(part)
      sum = try sum + part
    }
    return Reduced(
      subtotal: subtotal, byLine: byLine, discount: sum, hasFreeShipping: hasFreeShipping)
  }

  /// Why a coupon of the cart takes nothing off; nil where it does.
  ///
  /// - Throws: `outOfRange`.
  public func couponMiss(_ code: String, _ settings: StoreSettings) throws(ModelError)
    -> CouponMiss?
  {
    guard let coupon = settings.coupon(code) else { return .unknown }
    guard !lines.isEmpty else { return .emptyCart }
    if case .failure(let miss) = matching(coupon, try subtotal(), settings.currency) { return miss }
    var without = self
    without.coupons.removeAll { $0 == code }
    let (now, before) = (try repriced(settings), try without.repriced(settings))
    guard now.discount == before.discount, now.shipping == before.shipping else { return nil }
    return coupon.kind == .freeShipping ? .shippingIsFree : .nothingLeft
  }

  /// The places of the lines that a coupon counts for, or why it does not count.
  private func matching(_ coupon: Coupon, _ subtotal: Money, _ own: Currency)
    -> Result<[Int], CouponMiss>
  {
    // Without a clock: what was last changed while it counted keeps it.
    if let miss = coupon.miss(at: updated) { return .failure(miss) }
    let isOwn = currency == own
    if case .fixed = coupon.kind, !isOwn { return .failure(.currency(own)) }
    if let minimum = coupon.minimum {
      guard isOwn else { return .failure(.currency(own)) }
      guard subtotal.minor >= minimum else {
        return .failure(.minimum(Money(minor: minimum, own), subtotal: subtotal))
      }
    }
    let found = lines.indices.filter { coupon.counts(for: lines[$0].sku) }
    return found.isEmpty && !lines.isEmpty ? .failure(.products(coupon.skus)) : .success(found)
  }
}

/// Why a coupon takes nothing off a cart.
public enum CouponMiss: Error, Equatable, Sendable, CustomStringConvertible {
  /// The settings do not define it.
  case unknown
  case notStarted(CouponTime)
  case expired(CouponTime)
  /// It was used for as many orders as it may be.
  case used(Int64)
  /// This customer used it for as many orders as one may.
  case usedByCustomer(Int64)
  /// It is in another currency than the cart.
  case currency(Currency)
  case minimum(Money, subtotal: Money)
  /// No line has one of these SKUs.
  case products([String])
  case emptyCart
  /// Other coupons take all that it could take.
  case nothingLeft
  case shippingIsFree

  public var description: String {
    switch self {
    case .unknown: "store.lua does not define it"
    case .notStarted(let time): "it starts at \(time.description)"
    case .expired(let time): "it expired at \(time.description)"
    case .used(let most): "it was used for \(most) of \(most) orders"
    case .usedByCustomer(let most):
      "this customer used it for \(most) of \(CountText.count(most, "order"))"
    case .currency(let currency): "it counts for carts in \(currency) only"
    case .minimum(let minimum, let subtotal):
      "its minimum is \(minimum) \(minimum.currency), the subtotal is \(subtotal) \(subtotal.currency)"
    case .products(let skus):
      "it counts for \(skus.map { printable($0) }.joined(separator: ", ")) only, and no line is one"
    case .emptyCart: "the cart is empty"
    case .nothingLeft: "nothing is left to take off"
    case .shippingIsFree: "shipping is free already"
    }
  }
}
