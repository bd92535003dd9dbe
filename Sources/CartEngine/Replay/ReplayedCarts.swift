import CartModel

/// The carts of a replay, beside those of the source.
struct ReplayedCarts {
  /// The scratch shop's key of each cart of the source.
  var targets: [Int64: Int64] = [:]
  /// Operations that undo or redo others.
  var compensating: Set<Int64> = []
  /// The ids of carts whose state differs from the source.
  var diverged: Set<String> = []
  /// Numbers of events that were left out because their carts differ.
  private(set) var lost = Replay.Lost()
  /// The ids of carts that were held here until a person restored or deleted them.
  private var released: Set<String> = []
  /// The states of carts of the source that are not open.
  private var there: [Int64: Cart.State] = [:]

  /// Notes the state of a cart of the source after an event.
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
  /// An event that happened to a held, ordered or deleted cart can happen to a cart that differs, where it
  /// is in the same state.
  func canHappen(_ event: Event, to cart: Cart) -> Bool {
    guard diverged.contains(cart.id) else { return true }
    let need = event.body.traits.need
    if need == .open, cart.state == there[event.cart] { return true }
    return cart.meets(need) && (need != .order || cart.order?.id == event.body.changedOrder)
  }
}
