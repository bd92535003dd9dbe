import CartModel
import CartStore

/// One event of a cart's history, with what a reader wants beside it.
public struct HistoryEntry: Sendable {
  public var event: Event
  public var reason: String
  /// Whether its operation was taken back on this cart.
  public var isUndone: Bool
}

extension CommandHandler {
  /// The stored events of a cart, oldest first.
  public func history(of key: Int64) throws(EngineError) -> [HistoryEntry] {
    do {
      let cart = try cart(key)
      let parents = try shop.store.parents()
      let history = History(
        try shop.store.history(of: cart?.key ?? key), id: cart?.id ?? "", parents: parents)
      let undone = history.undone()
      var reasons: [Int64: String] = [:]
      return try history.events.map { event in
        if reasons[event.operation] == nil {
          reasons[event.operation] = try shop.store.operation(event.operation)?.reason ?? ""
        }
        return HistoryEntry(
          event: event, reason: reasons[event.operation] ?? "",
          isUndone: history.isUndone(event.operation, undone) && !event.body.isFinal)
      }
    } catch { throw EngineError(error) }
  }

  /// Operations, newest first, with whether each was taken back.
  public func operations(limit: Int) throws(EngineError) -> [(operation: Operation, isUndone: Bool)]
  {
    do {
      return try shop.store.operations(limit: limit).map { ($0, try isUndone($0.id)) }
    } catch { throw EngineError(error) }
  }

  /// A person by e-mail or customer number, with the keys of all carts, the latest first; nil where
  /// neither the carts nor the shop's customers know one.
  public func customer(_ who: String) throws(EngineError) -> (shopper: Shopper, carts: [Int64])? {
    var filter = Filter()
    filter.anyStatus = true
    guard !who.isEmpty else { return nil }
    if let number = Int64(who) {
      filter.conditions = [.init(.customer, .equal, [.number(number)])]
    } else {
      filter.conditions = [.init(.email, .equal, [.text(who)])]
    }
    let keys = try keys(matching: filter)
    var shopper = Shopper()
    for key in keys.reversed() {
      guard let cart = try cart(key) else { continue }
      for entry in cart.shopper.fields { shopper[entry.field] = entry.value }
    }
    do throws(StoreError) {
      if let known = try shop.store.customer(who) {
        for entry in known.fields { shopper[entry.field] = entry.value }
      } else if keys.isEmpty {
        return nil
      }
    } catch { throw EngineError(error) }
    return (shopper, keys)
  }
}
