import CartModel

/// What a replay leaves out: what rules and policies did that are replaced from a moment on.
struct Replacement {
  let since: Timestamp
  /// The rules and policies.
  let names: Set<String>
  /// Keys of causes that a person may do again, as they belong to rules that are enforced here.
  let standing: Set<String>
  /// The actors of those names.
  let actors: Set<Actor>

  init(of names: Set<String>, since: Timestamp, standing: Set<String>) {
    (self.since, self.names, self.standing) = (since, names, standing)
    actors = Set(names.flatMap { [Actor.rule($0), .policy($0)] })
  }
}

/// How the carts of a replay stand, beside those of the source.
struct ReplayedCarts {
  /// The scratch shop's key of each cart of the source.
  var targets: [Int64: Int64] = [:]
  /// Operations that undo or redo others.
  var compensating: Set<Int64> = []
  /// The ids of carts that came to stand otherwise than in the source.
  var diverged: Set<String> = []
  /// What could not happen any more.
  private(set) var lost = Replay.Lost()
  /// The ids of carts that were held here until a person restored or deleted them.
  private var released: Set<String> = []
  /// How carts of the source stand by now that are not open.
  private var there: [Int64: Cart.State] = [:]

  /// Notes how a cart of the source stands behind an event.
  mutating func note(_ event: Event) {
    if let state = event.body.state { there[event.cart] = state == .open ? nil : state }
  }

  /// Notes that an event is about to happen to a cart.
  mutating func note(_ event: Event, on cart: Cart) {
    if cart.state == .held, let state = event.body.state, state != .held {
      released.insert(cart.id)
    }
  }

  mutating func count(lost event: Event) {
    guard event.actor.isShopper || event.body.isFinal else { return }
    if event.body.orderRecord != nil { lost.orders += 1 } else { lost.changes += 1 }
  }

  /// Whether an event undoes what ended a hold that ended one here.
  func restoresHold(_ event: Event, _ cart: Cart) -> Bool {
    compensating.contains(event.operation) && released.contains(cart.id)
  }

  /// Whether an event can happen to a cart of the scratch shop.
  ///
  /// What did happen to a cart that was held, ordered or deleted can happen to one that came to stand
  /// otherwise, where this one is so as well.
  func canHappen(_ event: Event, to cart: Cart) -> Bool {
    guard diverged.contains(cart.id) else { return true }
    let need = event.body.traits.need
    if need == .open, cart.state == there[event.cart] { return true }
    return cart.meets(need) && (need != .order || cart.order?.id == event.body.changedOrder)
  }
}

/// The entries of lists in a replay, beside those of the source.
struct ReplayedLists {
  /// The ids of entries that the source has.
  private(set) var stated: Set<String> = []
  /// Those of them that did not come about here.
  private(set) var unmade: Set<String> = []
  /// Where the ban of a verdict stands that was left out.
  private var leftOut: (operation: Int64, seq: Int64) = (0, 0)

  /// Leaves out the ban that follows a verdict which was left out.
  mutating func leaveOutBan(after verdict: Event) {
    leftOut = (verdict.operation, verdict.seq + 1)
  }

  /// Notes an entry that the source adds.
  ///
  /// - Parameter isReplaced: whether a replaced rule added it.
  /// - Returns: whether it is added here.
  mutating func add(_ entry: ListEntry, _ event: Event, isReplaced: Bool) -> Bool {
    stated.insert(entry.id)
    guard !isReplaced, leftOut != (event.operation, event.seq) else {
      unmade.insert(entry.id)
      return false
    }
    unmade.remove(entry.id)
    return true
  }
}
