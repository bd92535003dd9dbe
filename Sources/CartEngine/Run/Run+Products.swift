import CartModel
import CartStorage
import CartSupport

/// Products and coupons by their names, as people and scripts say them; an import states them in full.
extension Run {
  /// Adds a product of the catalogue: a line without options at the catalogue's price, or more of the
  /// one that is there.
  ///
  /// - Parameter word: a SKU, or the id of a line that is there.
  /// - Throws: `notFound` with a suggestion, `ambiguous` where several lines are alike, `refused`.
  @discardableResult
  public func add(_ word: String, _ quantity: Int64, to key: Int64) throws(EngineError) -> Cart {
    guard let cart = try reader.cart(key) else {
      throw EngineError(.notFound, "cart: it does not exist any more")
    }
    var line: Line
    if let named = cart.line(named: word) {
      line = named
    } else {
      line = try reader.catalogue.addition(of: word, to: cart)
    }
    line.quantity = quantity
    return try execute(.add(line), on: key)
  }

  /// Applies a coupon that the settings define, or any code to a cart whose store knows them.
  ///
  /// - Throws: `notFound` with the codes there are; `refused`, with the reason, for one that does not
  ///   count now.
  @discardableResult
  public func applyCoupon(_ code: String, to key: Int64) throws(EngineError) -> Cart {
    // A store knows its own codes.
    if try reader.cart(key)?.isOfStore == true { return try execute(.applyCoupon(code), on: key) }
    let codes = shop.settings.coupons.map(\.code)
    guard codes.contains(code) else {
      let hint = didYouMean(code, among: codes)
      let known =
        codes.isEmpty ? "store.lua defines none" : "store.lua has \(codes.joined(separator: ", "))"
      throw EngineError(
        .notFound, "coupon \(quoted(code)): unknown" + (hint.isEmpty ? "; \(known)" : hint))
    }
    if let cart = try reader.cart(key), let miss = try CouponCheck(self).refusal(of: code, cart) {
      throw EngineError(.refused, "coupon \(quoted(code)): \(miss)")
    }
    return try execute(.applyCoupon(code), on: key)
  }
}
