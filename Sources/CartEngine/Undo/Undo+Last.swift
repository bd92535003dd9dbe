import CartModel
import CartStore

/// The operation that undo or redo without a number means.
public struct UndoTarget: Sendable {
  public var operation: Int64
  /// Later operations of the same person that cannot be undone, with the reasons; latest first.
  public var passed: [(operation: Operation, reason: String)] = []
}

extension Undo {
  /// The last operation of this actor of which anything can be undone.
  ///
  /// - Throws: `notFound`, naming what cannot be undone where that is all there is.
  public func lastUndoable() throws(EngineError) -> UndoTarget { try last(redo: false) }

  /// The last operation of this actor of which anything was undone and can be redone.
  public func lastRedoable() throws(EngineError) -> UndoTarget { try last(redo: true) }

  private func last(redo: Bool) throws(EngineError) -> UndoTarget {
    var (before, passed) = (Int64.max, [(operation: Operation, reason: String)]())
    while true {
      let page: [(operation: Operation, undos: CartStore.Undos)]
      do throws(StoreError) {
        page = try run.shop.store.undoneOperations(limit: 200, before: before)
      } catch { throw EngineError(error) }
      guard let oldest = page.last else { break }
      for (operation, undos) in page
      where operation.kind == .change && operation.events > 0
        && operation.actor.isSame(as: run.actor)
      {
        let standing = try run.reader.operations.standing(operation, undos)
        guard standing != (redo ? .done : .undone) else { continue }
        run.unit.remember(operation)
        do throws(EngineError) {
          let preview = try preview(operation.id, redo: redo, limit: 1)
          guard preview.isEmpty else {
            return UndoTarget(operation: operation.id, passed: passed)
          }
          // What was ordered since by its shopper stands as well.
          if !redo { passed.append((operation, preview.stays.first ?? "nothing of it is left")) }
        } catch { guard error.code == .refused else { throw error } }
      }
      before = oldest.operation.id
    }
    let verb = redo ? "redo" : "undo"
    guard let last = passed.first else {
      throw EngineError(.notFound, "\(verb): \(run.actor) has nothing to \(verb)")
    }
    throw EngineError(
      .refused,
      "undo: operation \(last.operation.id) cannot be undone: \(last.reason); \(run.actor) has no other "
        + "operation to undo")
  }
}

extension Actor {
  /// The same person, by hand or through a script.
  fileprivate func isSame(as other: Actor) -> Bool {
    description == other.description || description.hasPrefix(other.description + " via ")
  }
}
