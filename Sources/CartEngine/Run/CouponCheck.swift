import CartModel
import CartStorage
import CartSupport

/// Whether coupons of the settings count now: their times, and for how many orders.
struct CouponCheck {
  private let run: Run

  init(_ run: Run) { self.run = run }

  /// - Throws: `refused` for an order with a coupon that does not count now.
  func checkOrder(of cart: Cart) throws(EngineError) {
    for code in cart.coupons {
      guard let miss = try refusal(of: code, cart) else { continue }
      throw EngineError(
        .refused,
        "cart \(cart.id): no order is made of it: coupon \(quoted(code)): \(miss); take it off first: "
          + ".coupon \(cart.id) -\(code)")
    }
  }

  /// Why a coupon of the settings does not count for a cart now; nil where it does.
  ///
  /// - Complexity: O(uses) for one with a number of uses; O(orders with it) for one with a number of
  ///   uses by a customer; O(carts) at an earlier moment.
  func refusal(of code: String, _ cart: Cart) throws(EngineError) -> CouponMiss? {
    guard !cart.isOfStore, let coupon = run.shop.settings.coupon(code) else { return nil }
    if let miss = coupon.miss(at: run.now) { return miss }
    if let most = coupon.uses, try uses(of: code, beside: cart, most: most) >= most {
      return .used(most)
    }
    let isKnown = cart.shopper.customer > 0 || !cart.shopper[.email].isEmpty
    if let most = coupon.perCustomer, isKnown, try usesByShopper(of: code, cart) >= most {
      return .usedByCustomer(most)
    }
    return nil
  }

  /// How many other carts' orders used a coupon, counted up to a number.
  private func uses(of code: String, beside cart: Cart, most: Int64) throws(EngineError) -> Int64 {
    let unsaved = unsavedUses(of: code, beside: cart)
    guard run.reader.moment == nil else { return Int64(try pastUses(of: code, beside: cart).count) }
    do throws(StoreError) {
      return try run.shop.store.uses(
        of: code, excluding: Set(run.unit.dirty.map(\.cart.key)).union([cart.key]), most: most)
        + Int64(unsaved.count)
    } catch { throw EngineError(error) }
  }

  private func usesByShopper(of code: String, _ cart: Cart) throws(EngineError) -> Int64 {
    var others: [Cart] = []
    if run.reader.moment != nil {
      others = try pastUses(of: code, beside: cart)
    } else {
      others = unsavedUses(of: code, beside: cart)
      let mine = Set(run.unit.dirty.map(\.cart.key)).union([cart.key])
      do throws(StoreError) {
        for key in try run.shop.store.keys(using: code, by: cart.shopper) where !mine.contains(key)
        {
          if let other = try run.shop.store.cart(key) { others.append(other) }
        }
      } catch { throw EngineError(error) }
    }
    // The order of a stranger may be anybody's, and so counts for nobody.
    return Int64(others.count { !$0.shopper.isStranger && $0.shopper.mayBe(cart.shopper) })
  }

  /// The carts of this run that are not saved yet and whose orders used a coupon.
  private func unsavedUses(of code: String, beside cart: Cart) -> [Cart] {
    run.unit.dirty.map(\.cart).filter { $0.key != cart.key && $0.hasUsed(code) }
  }

  private func pastUses(of code: String, beside cart: Cart) throws(EngineError) -> [Cart] {
    var carts: [Cart] = []
    try run.reader.forEachCart { other in
      if other.key != cart.key, other.hasUsed(code) { carts.append(other) }
    }
    return carts
  }
}

extension Cart {
  /// Whether its order, which was neither cancelled nor refunded, used a coupon.
  fileprivate func hasUsed(_ code: String) -> Bool {
    order?.state.stands == true && coupons.contains(code)
  }
}
