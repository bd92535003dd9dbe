import CartModel
import CartStorage

/// What undo asks of an operation: a search for it, a preview and the run ask the same.
extension UnitOfWork {
  /// The operation that was asked about last.
  struct Reverted {
    let operation: Operation
    var carts: [Int64]?
    var listEvents: [EventBody]?
  }

  /// Keeps an operation that is asked about next.
  func remember(_ operation: Operation) {
    if past.reverted?.operation != operation { past.reverted = Reverted(operation: operation) }
  }

  func operation(_ id: Int64) throws(StoreError) -> Operation? {
    if let known = past.reverted?.operation, known.id == id { return known }
    guard let operation = try store.operation(id) else { return nil }
    remember(operation)
    return operation
  }

  /// The carts that an operation changed, with those it brought, in the order of first change.
  func carts(of operation: Operation) throws(StoreError) -> [Int64] {
    remember(operation)
    if let known = past.reverted?.carts { return known }
    let carts = try store.carts(of: operation)
    past.reverted?.carts = carts
    return carts
  }

  /// What an operation did to the lists and to what is set of rules, in order.
  func listEvents(of operation: Operation) throws(StoreError) -> [EventBody] {
    remember(operation)
    if let known = past.reverted?.listEvents { return known }
    let events = try store.listEvents(of: operation)
    past.reverted?.listEvents = events
    return events
  }
}
