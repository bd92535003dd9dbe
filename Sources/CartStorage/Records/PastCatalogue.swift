import CartModel

extension Product {
  /// The catalogue that events make, by SKU.
  ///
  /// - Parameter events: in the order of their times.
  package static func catalogue(of events: [Event]) -> [Product] {
    var products: [String: Product] = [:]
    for event in events {
      if case .productUpserted(_, let product) = event.body { products[product.sku] = product }
    }
    return products.values.sorted { $0.sku.utf8.lexicographicallyPrecedes($1.sku.utf8) }
  }
}

extension Shopper {
  /// What events say of a customer; nil where they say nothing.
  ///
  /// - Parameter events: in the order of their times.
  package static func customer(_ key: String, of events: [Event]) -> Shopper? {
    var shopper: Shopper?
    for event in events {
      guard case .customerUpserted(key, let changes) = event.body else { continue }
      var known = shopper ?? Shopper()
      for change in changes { known[change.field] = change.after }
      shopper = known
    }
    return shopper
  }
}
