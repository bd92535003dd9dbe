import CartModel
import CartStore

/// A line of a file that waits for later ones.
struct WaitingLine {
  let arrival: Arrival
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
  /// Operations that are closed on the cart once the mark is in.
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
    closing = history.closed(with: events, of: number)
  }

  var group: String { line.arrival.event.group }
  var isComplete: Bool { cart.hasSameContent(as: wanted) }

  /// Takes a line that belongs to the same group.
  ///
  /// - Returns: whether it can be one of the mark's events.
  mutating func hold(_ line: WaitingLine, _ command: Command, _ settings: StoreSettings) -> Bool {
    let event = line.arrival.event
    guard event.at >= cart.updated,
      let bodies = try? decide(command, on: cart, settings, compensating: true), !bodies.isEmpty
    else { return false }
    for body in bodies {
      cart.apply(body, version: cart.version + 1, actor: event.actor ?? .shopper, at: event.at)
    }
    held.append((line, bodies))
    return true
  }
}

extension History {
  /// The operations that no more events may be added to on this cart, as they are undone, after more
  /// events of one operation.
  func closed(with events: [EventBody] = [], of operation: Int64 = 0) -> Set<Int64> {
    var all = self.events
    if var event = all.last {
      for body in events {
        event.operation = operation
        event.body = body
        all.append(event)
      }
    }
    let history = History(all, id: id, parents: parents)
    let undone = history.undone()
    return history.events.reduce(into: undone) {
      if history.isUndone($1.operation, undone) { $0.insert($1.operation) }
    }
  }
}
