import CartModel
import CartStorage

/// A line of a file that waits for later ones.
struct WaitingLine {
  let incoming: IncomingEvent
  let text: String
}

/// A mark of undo or redo in a file, until the events that make up for its operation have come.
///
/// They fit where they make of the cart exactly what undoing the operation here would make of it.
struct PendingMark {
  let line: WaitingLine
  let events: [EventBody]
  let slot: UnitOfWork.OperationSlot
  /// The cart's version that the mark was worked out on.
  let version: Int64
  /// The operations that are undone on the cart once the mark is in; see `History.closed()`.
  let closing: Set<Int64>
  private(set) var held: [(line: WaitingLine, events: [EventBody])] = []
  private let wanted: Cart
  private var cart: Cart

  init(
    _ line: WaitingLine, _ reversal: Reversal, _ history: History, on cart: Cart,
    _ slot: UnitOfWork.OperationSlot, number: Int64
  ) {
    self.line = line
    self.slot = slot
    version = cart.version
    events = Array(reversal.events.prefix(1))
    wanted = reversal.cart
    self.cart = cart
    closing = history.adding(events, of: number).closed()
  }

  var group: String { line.incoming.event.group }
  var isComplete: Bool { cart.hasSameContent(as: wanted) }

  /// Takes a line that belongs to the same group.
  ///
  /// - Returns: whether it can be one of the mark's events.
  mutating func hold(_ line: WaitingLine, _ command: Command, _ admission: Admission) -> Bool {
    let event = line.incoming.event
    guard event.at >= cart.updated,
      let bodies = try? admission.decided(.planned(command, compensating: true), on: cart).events,
      !bodies.isEmpty
    else { return false }
    for body in bodies {
      cart.apply(body, version: cart.version + 1, actor: event.actor ?? .shopper, at: event.at)
    }
    held.append((line, bodies))
    return true
  }
}
