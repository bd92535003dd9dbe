import CartModel
import CartStorage
import CartSupport

/// One event of a cart's history, with what a reader wants beside it.
public struct HistoryEntry: Sendable {
  public var event: Event
  public var reason: String
  /// Whether its operation was undone on this cart.
  public var isUndone: Bool
}

/// What happened to a cart.
extension CartReader {
  /// The stored events of a cart, oldest first.
  public func history(of key: Int64) throws(EngineError) -> [HistoryEntry] {
    do {
      let cart = try cart(key)
      let stored = try unit.history(of: key)
      let events = moment.map { moment in Array(stored.events.prefix { $0.at <= moment }) }
      let history = History(
        events ?? stored.events, id: cart?.id ?? "", parents: stored.parents)
      let undone = history.undone()
      var reasons: [Int64: String] = [:]
      return try history.events.map { event in
        if reasons[event.operation] == nil {
          reasons[event.operation] = try shop.store.operation(event.operation)?.reason ?? ""
        }
        return HistoryEntry(
          event: event, reason: reasons[event.operation] ?? "",
          isUndone: history.isUndone(event.operation, undone) && !event.body.stands)
      }
    } catch { throw EngineError(error) }
  }

  /// What changed of a cart between two moments; nothing at all before it was made.
  ///
  /// - Parameter end: nil for now.
  /// - Throws: `notFound` where the cart was not made by the end.
  public func difference(of key: Int64, from start: Timestamp, to end: Timestamp?)
    throws(EngineError) -> [CartDifference]
  {
    let before = try cart(key, at: start)
    let after: Cart?
    if let end { after = try cart(key, at: end) } else { after = try cart(key) }
    guard let after else {
      throw EngineError(
        .notFound, "cart: was not made yet at \(shop.zone.text(end ?? now))")
    }
    var later = settings
    if let end { later = try settings(at: end) }
    var (was, then) = (before, after)
    was?.claim = before?.claim(at: start)
    then.claim = after.claim(at: end ?? now)
    return CartDifference.between(was, try settings(at: start), then, later)
  }
}
