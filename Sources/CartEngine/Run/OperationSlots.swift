import CartModel
import CartStorage

/// The operations of a run: its own, and those within it.
struct OperationSlots {
  /// The operation that what is done now belongs to.
  var current: UnitOfWork.OperationSlot
  /// Operations within this run that are not its own: undo, redo, and what rules and lists did.
  var others: [UnitOfWork.OperationSlot] = []

  init(_ operation: Operation) { current = UnitOfWork.OperationSlot(operation) }

  var all: [UnitOfWork.OperationSlot] { [current] + others }
  /// Whether anything is saved already.
  var isSaved: Bool { current.id != nil || others.contains { $0.id != nil } }

  /// The operation that the run is known by.
  var saved: UnitOfWork.OperationSlot? {
    current.id != nil ? current : others.last { $0.id != nil && $0.operation.kind != .change }
  }

  /// The operation of an actor's verdicts in this run, made where it is not there yet.
  mutating func slot(of actor: Actor, _ name: String, at time: Timestamp)
    -> UnitOfWork.OperationSlot
  {
    let known = others.last { $0.operation.actor == actor && $0.operation.kind == .change }
    if let known { return known }
    let made = UnitOfWork.OperationSlot(
      Operation(key: "", actor: actor, command: name, at: time))
    others.append(made)
    return made
  }
}
