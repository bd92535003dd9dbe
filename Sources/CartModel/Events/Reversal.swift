/// What undoing or redoing one operation makes of one cart; a function of the cart's history alone.
///
/// - Complexity: O(events of the cart) and the square of its lines.
public struct Reversal: Sendable {
  /// The operation's events on the cart.
  public let own: [Event]
  /// The cart as it is to become.
  public let cart: Cart
  /// The mark, then what makes up the difference.
  public let events: [EventBody]

  /// Whether nothing of the cart becomes different.
  public var isMark: Bool { events.count == 1 }

  public enum Refusal: Error {
    /// The cart is ordered or merged and stays as it is.
    case over
    /// It is undone already, or not undone where it is to be redone.
    case done
    /// None of its events here can be undone; these are they.
    case final([Event])
  }

  /// - Parameters:
  ///   - current: the cart after all events of the history.
  ///   - groups: the operations that another shop undid as part of it.
  public init(
    of operation: Int64, redo: Bool, groups: [Int64] = [], on current: Cart, _ history: History
  ) throws(Refusal) {
    let mark: EventBody =
      redo
      ? .operationRedone(target: operation) : .operationUndone(target: operation, groups: groups)
    let marked = groups.isEmpty ? history : history.adding([mark], of: .min)
    own = history.events.filter { marked.isUndone($0.operation, [operation]) }
    var undone = history.undone()
    guard undone.contains(operation) == redo else { throw .done }
    // What staff said of it is no part of what was sold.
    guard !current.state.isOver || own.allSatisfy(\.body.isRemark) else { throw .over }
    if redo { undone.remove(operation) } else { undone.insert(operation) }
    guard own.contains(where: { !$0.body.stands }), var cart = marked.folded(without: undone)
    else { throw .final(own) }
    cart.order = current.order
    self.cart = cart
    let pardoning = !redo && own.contains { $0.body.isHoldByRule }
    events =
      [mark]
      + (current.state.isOver
        ? current.remarks(to: cart) : current.difference(to: cart, pardoning: pardoning))
  }
}

extension History {
  /// The same events with others of one operation behind them.
  public func adding(_ bodies: [EventBody], of operation: Int64) -> History {
    guard var event = events.last else { return self }
    event.operation = operation
    let added = bodies.map { body in
      event.body = body
      return event
    }
    return History(events + added, id: id, parents: parents)
  }
}

extension EventBody {
  /// Whether a rule or a list held the cart.
  fileprivate var isHoldByRule: Bool {
    if case .cartHeld(_, .some) = self { true } else { false }
  }
}
