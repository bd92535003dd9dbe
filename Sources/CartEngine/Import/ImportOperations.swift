import CartModel
import CartStorage
import CartSupport

/// The operations that an import makes or adds to: its own, and the groups that its file names.
///
/// An operation that was undone on a cart is closed there: no more events may be added to it.
final class ImportOperations {
  /// The import itself.
  let own: UnitOfWork.OperationSlot
  private let unit: UnitOfWork
  let store: any ReadSnapshot
  private let isDry: Bool
  private var groups: [String: UnitOfWork.OperationSlot] = [:]
  /// Those that no more events may be added to, by the ids of carts.
  private var closed: [String: Set<Int64>] = [:]

  init(_ own: Operation, _ unit: UnitOfWork, _ store: any ReadSnapshot, isDry: Bool) {
    self.own = UnitOfWork.OperationSlot(own)
    (self.unit, self.store, self.isDry) = (unit, store, isDry)
  }

  /// The operation that an event belongs to: the import, or the group that the file names.
  func slot(
    for event: StatedEvent, _ kind: Operation.Kind = .foreign, _ target: Int64? = nil
  ) throws -> UnitOfWork.OperationSlot {
    guard !event.group.isEmpty else { return own }
    if let known = groups[event.group] { return known }
    let made = UnitOfWork.OperationSlot(
      Operation(
        key: event.group, actor: event.actor ?? .shopper, kind: kind, command: "", at: event.at,
        target: target, reason: event.reason), parent: own)
    made.id = try store.operation(key: event.group)
    if let id = made.id, let stored = try store.operation(id) {
      (made.wasStored, made.isMarked) = (true, true)
      made.operation = stored
      made.carts = Set(try store.carts(of: stored))
    }
    groups[event.group] = made
    return made
  }

  /// The number of an operation by its key; provisional in a dry run, nil where it is unknown.
  func number(of key: String) throws -> Int64? {
    if let slot = groups[key], isDry || slot.id != nil { return unit.number(of: slot) }
    return try store.operation(key: key)
  }

  func isReversal(_ key: String) throws -> Bool {
    if let slot = groups[key] { return slot.operation.kind.isReversal }
    return try store.operation(key: key).flatMap { try store.operation($0) }?.kind.isReversal
      ?? false
  }

  /// Makes an operation that has no events of its own, as all were of the groups that it had imported.
  func makeTarget(_ key: String, _ parts: [Int64], _ event: StatedEvent, _ shop: Shop) throws
    -> Int64?
  {
    guard !parts.isEmpty else { return nil }
    let made = UnitOfWork.OperationSlot(
      Operation(key: key, actor: .importer, kind: .foreign, command: "", at: event.at),
      parent: own)
    groups[key] = made
    guard !isDry else { return unit.number(of: made) }
    try shop.store.write(recorded: shop.now()) { writer in
      let parent = try own.id ?? writer.begin(own.operation).id
      own.id = parent
      made.operation.parent = parent
      made.id = try writer.begin(made.operation).id
    }
    try store.refresh()
    return made.id
  }

  // MARK: Closed operations

  /// Says which operations are closed on a cart from now on.
  func close(_ numbers: Set<Int64>, on cart: Cart) { closed[cart.id] = numbers }

  /// Why an event cannot be added to its operation; nil where it can.
  func refusal(of event: StatedEvent, _ slot: UnitOfWork.OperationSlot, on cart: Cart) throws
    -> String?
  {
    guard slot !== own, !closed.isEmpty || slot.wasStored else { return nil }
    if closed[cart.id] == nil, slot.wasStored, let id = slot.id, try mayBeClosed(id) {
      let events = cart.key > 0 ? try store.history(of: cart.key) : []
      closed[cart.id] = History(events, id: cart.id, parents: try store.parents(in: events))
        .closed()
    }
    guard let closed = closed[cart.id],
      closed.contains(unit.number(of: slot)) || closed.contains(slot.provisional)
        || slot.operation.parent.map(closed.contains) ?? false
    else { return nil }
    return "group \(quoted(event.group)): is undone on cart \(cart.id); redo it first"
  }

  private func mayBeClosed(_ id: Int64) throws -> Bool {
    try store.isTarget(id) || store.mayBeUndoneGroup(id)
      || store.operation(id)?.parent.map { try store.isTarget($0) } ?? false
  }
}
