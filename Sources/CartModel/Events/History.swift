/// One cart's events in their order, and the states they make.
public struct History: Sendable {
  public let events: [Event]
  /// The cart's public id.
  public let id: String
  /// Imported operations belong to the import that brought them: child → parent.
  public let parents: [Int64: Int64]
  /// The operations that another shop undid an operation as part of, as the marks here say.
  private let stated: [Int64: Set<Int64>]

  public init(_ events: [Event], id: String, parents: [Int64: Int64] = [:]) {
    self.events = events
    self.id = id
    self.parents = parents
    var stated: [Int64: Set<Int64>] = [:]
    for event in events {
      guard let mark = event.body.mark else { continue }
      for group in mark.groups { stated[group, default: []].insert(mark.target) }
    }
    self.stated = stated
  }

  /// The state after all events, compensating ones included; nil without events.
  public func replayed() -> Cart? {
    guard var cart = empty() else { return nil }
    for event in events { cart.apply(event) }
    return cart
  }

  /// Operations undone on this cart, by the markers in its history.
  public func undone() -> Set<Int64> {
    var undone: Set<Int64> = []
    for event in events {
      guard let mark = event.body.mark else { continue }
      if mark.isRedo { undone.remove(mark.target) } else { undone.insert(mark.target) }
    }
    return undone
  }

  /// The fold of the events without those of `undone` operations and without compensating ones.
  ///
  /// Depends only on the set, not on the order in which operations were undone. Orders, mails and what a
  /// store said stay. A cart whose creation is undone and that nothing else touched folds to a deleted one.
  public func folded(without undone: Set<Int64>) -> Cart? {
    guard var cart = empty() else { return nil }
    let compensating = compensatingOperations()
    cart.state = .deleted
    var exists = false
    var actual = Cart.State.open
    for event in events {
      if let state = event.body.state, !actual.isOver || state == .ordered { actual = state }
      let isSkipped =
        compensating.contains(event.operation) || isUndone(event.operation, undone)
      if isSkipped, !event.body.stands { continue }
      // What staff say about a cart or a store notes of it, and flags of a deleted one, do not bring it
      // back.
      let leavesIt =
        event.body.isRemark || event.body.traits.undo == .kept
        || actual == .deleted && event.body.isFlag
      if !exists, !leavesIt {
        cart.state = .open
        exists = true
      }
      cart.apply(event)
    }
    if let last = events.last {
      cart.version = last.version
      cart.head = last.seq
      cart.updated = last.at
    }
    return cart
  }

  /// Whether an operation, or one that it is part of, is among the undone ones.
  public func isUndone(_ operation: Int64, _ undone: Set<Int64>) -> Bool {
    undone.contains(operation) || parents[operation].map(undone.contains) ?? false
      || stated[operation].map { !$0.isDisjoint(with: undone) } ?? false
  }

  /// The operations that are undone here, with those that are part of them, also where they have no
  /// events here: an event of one would not count.
  public func closed() -> Set<Int64> {
    let undone = undone()
    var closed = undone
    for operation in Set(events.map(\.operation)).union(stated.keys)
    where isUndone(operation, undone) {
      closed.insert(operation)
    }
    return closed
  }

  /// The operations with events here that are part of another one, in the order of their events.
  public func parts(of operation: Int64) -> [Int64] {
    var (parts, seen) = ([Int64](), Set<Int64>())
    for event in events where event.operation != operation && seen.insert(event.operation).inserted
    {
      if isUndone(event.operation, [operation]) { parts.append(event.operation) }
    }
    return parts
  }

  /// The operations whose events here only make up for others.
  public func compensatingOperations() -> Set<Int64> {
    events.reduce(into: []) { set, event in
      if event.body.isMark { set.insert(event.operation) }
    }
  }

  private func empty() -> Cart? {
    guard let first = events.first else { return nil }
    var currency = Currency.eur
    for event in events {
      if case .cartCreated(let stated, _, _) = event.body {
        currency = stated
        break
      }
    }
    return Cart(key: first.cart, id: id, currency: currency, at: first.at)
  }
}
