import CartModel
import CartStorage

/// The counters of products.
extension Catalogue {
  /// Pieces by product over quarter hours `from` ..< `until`.
  ///
  /// - Complexity: O(quarters × products); for an earlier moment, O(events).
  public func productCounts(from: Int64, until: Int64) throws(EngineError) -> [ProductCount] {
    do {
      guard let moment = reader.moment else {
        return try reader.shop.store.counts(from: from, until: until)
      }
      var counts: [String: ProductCount] = [:]
      let parents = try reader.shop.store.parents()
      try reader.shop.store.forEachCart { cart in
        guard cart.created <= moment else { return }
        let events = try reader.shop.store.history(of: cart.key).prefix { $0.at <= moment }
        let history = History(Array(events), id: cart.id, parents: parents)
        for change in Self.counted(history, from..<until) {
          counts[change.sku, default: ProductCount(sku: change.sku, name: change.name)].add(change)
        }
      }
      return counts.values.filter { $0.added != 0 || $0.removed != 0 || $0.ordered != 0 }
    } catch { throw EngineError(error) }
  }

  /// What of the counters carts added that are no person's, by SKU.
  ///
  /// - Complexity: O(events of those carts).
  public func robotCounts(from: Int64, until: Int64) throws(EngineError) -> [String: ProductCount] {
    do {
      var counts: [String: ProductCount] = [:]
      let keys = try reader.shop.store.robotKeys()
      let parents = keys.isEmpty ? [:] : try reader.shop.store.parents()
      for key in keys {
        var events = try reader.shop.store.history(of: key)
        if let moment = reader.moment { events = Array(events.prefix { $0.at <= moment }) }
        // Who was flagged later was a person's at the moment that is looked at.
        let history = History(events, id: "", parents: parents)
        guard let cart = history.replayed(), !cart.isHuman else { continue }
        for change in Self.counted(history, from..<until) {
          counts[change.sku, default: ProductCount(sku: change.sku, name: change.name)].add(change)
        }
      }
      return counts
    } catch { throw EngineError(error) }
  }

  /// What a cart's events add to the counters: without undone and compensating ones.
  private static func counted(_ history: History, _ quarters: Range<Int64>) -> [ProductCount] {
    let (undone, compensating) = (history.undone(), history.compensatingOperations())
    return history.events.filter { event in
      quarters.contains(event.at.quarter) && !compensating.contains(event.operation)
        && (event.body.stands || !history.isUndone(event.operation, undone))
    }.flatMap { ProductCounter.changes($0.body) }
  }
}

extension ProductCount {
  fileprivate mutating func add(_ other: ProductCount) {
    added += other.added
    removed += other.removed
    ordered += other.ordered
  }
}
