import CartModel
import CartStorage

/// What was done in a shop, operation by operation, and what rules said.
public struct Operations {
  let reader: CartReader

  /// How much of an operation stands.
  ///
  /// - Complexity: O(its events) where it was undone on single carts, or not on all, else O(1).
  public func standing(_ operation: Operation) throws(EngineError) -> OperationEntry.Standing {
    let undos: Undos
    do throws(StoreError) { undos = try reader.shop.store.undos(of: operation.id) } catch {
      throw EngineError(error)
    }
    return try standing(operation, undos)
  }

  /// The same of one whose undos are known.
  func standing(_ operation: Operation, _ undos: Undos) throws(EngineError)
    -> OperationEntry.Standing
  {
    do {
      guard let last = undos.last ?? (undos.areOfCarts ? .undo : nil) else { return .done }
      let isWhole =
        try !undos.areOfCarts && undos.carts >= reader.shop.store.size(of: operation).carts
      if isWhole { return last == .undo ? .undone : .done }
      var (done, undone) = (false, false)
      let keys = try reader.shop.store.carts(of: operation)
      for start in stride(from: 0, to: keys.count, by: StorageLimits.cartsAtOnce) {
        let part = Array(keys[start...].prefix(StorageLimits.cartsAtOnce))
        for stored in try reader.shop.store.histories(of: part).values {
          let history = History(stored.events, id: "")
          if history.undone().contains(operation.id) { undone = true } else { done = true }
          if done, undone { return .partly }
        }
      }
      return undone ? .undone : .done
    } catch { throw EngineError(error) }
  }

  /// Operations, newest first.
  ///
  /// - Complexity: O(operations) where the filter is narrow.
  public func list(_ filter: OperationFilter = .init()) throws(EngineError)
    -> [OperationEntry]
  {
    do {
      var own: Set<Int64>?
      if let cart = filter.cart {
        own = Set(try reader.shop.store.history(of: cart).map(\.operation))
      }
      let parents = own == nil ? [:] : try reader.shop.store.parents()
      if let list = own { own = list.union(list.compactMap { parents[$0] }) }
      var (list, before) = ([OperationEntry](), Int64.max)
      while list.count < filter.limit {
        let page = try reader.shop.store.undoneOperations(limit: 200, before: before)
        guard let oldest = page.last else { break }
        for (operation, undos) in page
        where filter.matches(operation) && own?.contains(operation.id) ?? true {
          let standing = try standing(operation, undos)
          // What is undone in part is both.
          if filter.isUndone.map({ standing != ($0 ? .done : .undone) }) ?? true {
            var whole = operation
            if operation.kind == .importing {
              let brought = try reader.shop.store.size(of: operation)
              (whole.extent.carts, whole.extent.events) = (brought.carts, brought.events)
            }
            list.append(OperationEntry(operation: whole, standing: standing))
          }
          if list.count == filter.limit { break }
        }
        before = oldest.operation.id
      }
      return list
    } catch { throw EngineError(error) }
  }

  /// The last word of each rule, in a span, on each cart that it was then against.
  ///
  /// - Parameters:
  ///   - since: nil for the beginning.
  ///   - until: nil for now, or for the moment that is read.
  /// - Complexity: O(hits); of a span, O(decisions in it).
  public func hits(since: Timestamp?, until: Timestamp?) throws(EngineError) -> [RuleHit] {
    do throws(StoreError) {
      if since == nil, until == nil, reader.moment == nil { return try reader.shop.store.hits() }
      struct Place: Hashable {
        var rule: String
        var cart: String
      }
      let end = [reader.moment?.advanced(by: 1), until].compactMap { $0 }.min()
      var last: [Place: Decision] = [:]
      for event in try reader.shop.store.decisions(since: since, until: end) {
        guard case .decisionMade(let decision) = event.body else { continue }
        last[Place(rule: decision.rule, cart: decision.cart)] = decision
      }
      var hits: [RuleHit] = []
      for decision in last.values where ![.error, .left].contains(decision.outcome) {
        guard let key = try reader.shop.store.key(named: decision.cart) else { continue }
        hits.append(
          RuleHit(
            rule: decision.rule, cart: key, version: decision.version, isShadow: decision.isShadow))
      }
      return hits.sorted { ($0.rule, $0.cart) < ($1.rule, $1.cart) }
    } catch { throw EngineError(error) }
  }
}
