import CartModel
import CartStorage

/// What stores say beside their carts.
extension Observer {
  /// Takes in how many decimals a store gives its currencies, by code.
  ///
  /// - Returns: the codes that are left out: of no currency of ISO 4217, or with more decimals than 4.
  /// - Throws: `refused` while `store.lua` cannot be used; what saving throws.
  @discardableResult
  public func observe(currencies: [String: Int]) throws(EngineError) -> [String] {
    do {
      let stated = run.shop.settings.stated(currencies)
      guard run.mode == .live, stated.known != run.shop.settings.currencies else {
        return stated.leftOut
      }
      // What was seen before was worth what it was then.
      try run.flush()
      try run.shop.record(currencies: stated.known, from: origin(.sync, run.now))
      return stated.leftOut
    } catch { throw EngineError(error) }
  }
}
