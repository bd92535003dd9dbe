import CartModel
import CartStore
import CartSupport

/// Coupons of the settings: when they count, and for how many orders.
extension CommandHandler {
  /// Applies a coupon that the settings define.
  ///
  /// - Throws: `notFound` with the codes there are; `refused`, with the reason, for one that does not
  ///   count now.
  @discardableResult
  public func applyCoupon(_ code: String, to key: Int64) throws(EngineError) -> Cart {
    let codes = shop.settings.coupons.map(\.code)
    guard codes.contains(code) else {
      let hint = didYouMean(code, among: codes)
      let known =
        codes.isEmpty ? "store.lua defines none" : "store.lua has \(codes.joined(separator: ", "))"
      throw EngineError(
        .notFound, "coupon \(quoted(code)): unknown" + (hint.isEmpty ? "; \(known)" : hint))
    }
    if let cart = try cart(key), let miss = try couponRefusal(code, cart) {
      throw EngineError(.refused, "coupon \(quoted(code)): \(miss)")
    }
    return try execute(.applyCoupon(code), on: key)
  }

  /// - Throws: `refused` for an order with a coupon that does not count now.
  func checkCoupons(of cart: Cart) throws(EngineError) {
    for code in cart.coupons {
      guard let miss = try couponRefusal(code, cart) else { continue }
      throw EngineError(
        .refused,
        "cart \(cart.id): no order is made of it: coupon \(quoted(code)): \(miss); take it off first: "
          + ".coupon \(cart.id) -\(code)")
    }
  }

  /// Why a coupon of the settings does not count for a cart now; nil where it does.
  ///
  /// - Complexity: O(carts) for one with a number of uses.
  private func couponRefusal(_ code: String, _ cart: Cart) throws(EngineError) -> CouponMiss? {
    guard let coupon = shop.settings.coupon(code) else { return nil }
    if let miss = coupon.miss(at: now) { return miss }
    guard coupon.uses != nil || coupon.perCustomer != nil else { return nil }
    let isKnown = cart.shopper.customer > 0 || !cart.shopper[.email].isEmpty
    var (all, own) = (Int64(0), Int64(0))
    try forEachCart { other in
      guard let order = other.order, order.state.stands, other.key != cart.key,
        other.coupons.contains(code)
      else { return }
      all += 1
      if isKnown, other.shopper.mayBe(cart.shopper) { own += 1 }
    }
    if let most = coupon.uses, all >= most { return .used(most) }
    if let most = coupon.perCustomer, own >= most { return .usedByCustomer(most) }
    return nil
  }
}
