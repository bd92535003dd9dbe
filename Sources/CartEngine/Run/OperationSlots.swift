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
    current.id != nil ? current : others.last { $0.id != nil && $0.operation.kind.isReversal }
  }

  /// The operation of an hour under which what a store shows is recorded; other runs may record under
  /// it, too.
  mutating func sync(_ storefront: String, at time: Timestamp) -> UnitOfWork.OperationSlot {
    if let known = others.last(where: { $0.operation.kind == .sync }) { return known }
    let hour = String(time.description.prefix(13))
    let made = UnitOfWork.OperationSlot(
      Operation(
        key: "sync:\(storefront):\(hour)", actor: .sync, kind: .sync,
        command: "sync \(storefront)", at: time))
    others.append(made)
    return made
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
