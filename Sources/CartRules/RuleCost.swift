import CartEngine
import CartModel
import CartScripting

/// What rules and policies cost.
struct RuleCost: CatalogueWork {
  let catalogue: RuleCatalogue

  init(_ catalogue: RuleCatalogue) { self.catalogue = catalogue }

  /// What the version that judges costs: Lua instructions a cart, over a sample of the open ones.
  ///
  /// Nothing follows from asking.
  /// - Returns: nil where there are no carts, and for one that does not load, errs, is cut off or is
  ///   suspended.
  /// - Throws: `interrupted`.
  func cost(of name: String, over carts: [Cart], _ view: CartView) throws -> Int64? {
    guard !carts.isEmpty else { return nil }
    let state = try rule(name)
    guard !state.isSuspended else { return nil }
    do {
      if state.current.kind == .policy {
        let instance = try PolicyInstance(state.current, handler) { _ in }
        return try average(carts) {
          _ = try instance.decide($0)
          return instance.instructions
        }
      }
      let instance = try RuleInstance(state.current, handler, view: view) { _ in }
      return try average(carts) {
        _ = try instance.judge($0)
        return instance.instructions
      }
    } catch let error as ScriptError {
      guard error.code != .interrupted else { throw error }
      return nil
    } catch let error as EngineError {
      guard error.code == .notFound else { throw error }
      return nil
    }
  }

  private func average(_ carts: [Cart], _ cost: (Cart) throws -> UInt64) throws -> Int64? {
    let sum = try carts.reduce(UInt64(0)) { sum, cart in
      try handler.hooks.checkInterruption()
      return try sum + cost(cart)
    }
    return Int64(sum / UInt64(carts.count))
  }

  /// Open carts to measure with, the first so many.
  func sample(_ most: Int) throws -> [Cart] {
    try handler.reader.keys(matching: Filter()).sorted().prefix(most).compactMap {
      try handler.reader.cart($0)
    }
  }
}
