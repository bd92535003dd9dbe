import CartModel
import CartStorage

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
  public func lastUndoable() throws(EngineError) -> UndoTarget {
    var (before, passed) = (Int64.max, [(operation: Operation, reason: String)]())
    while true {
      let page: [(operation: Operation, undos: Undos)]
      do throws(StoreError) {
        page = try run.shop.store.undoneOperations(limit: 200, before: before)
      } catch { throw EngineError(error) }
      guard let oldest = page.last else { break }
      for (operation, undos) in page
      where operation.isChange && operation.actor.isSame(as: run.actor) {
        // Of what was undone as a whole only what cannot be undone is left.
        guard undos.areOfCarts || undos.last != .undo,
          try run.reader.operations.standing(operation, undos) != .undone,
          let preview = try trial(operation, redo: false)
        else { continue }
        guard preview.isEmpty else { return UndoTarget(operation: operation.id, passed: passed) }
        // What was ordered since by its shopper stands as well.
        passed.append((operation, preview.stays.first ?? "nothing of it is left"))
      }
      before = oldest.operation.id
    }
    guard let last = passed.first else {
      throw EngineError(.notFound, "undo: \(run.actor) has nothing to undo")
    }
    throw EngineError(
      .refused,
      "undo: operation \(last.operation.id) cannot be undone: \(last.reason); \(run.actor) has no other "
        + "operation to undo")
  }

  /// The operation that this actor undid last, of which anything can be redone.
  ///
  /// - Throws: `notFound`.
  public func lastRedoable() throws(EngineError) -> UndoTarget {
    var (before, seen) = (Int64.max, Set<Int64>())
    while true {
      let page: [Operation]
      do throws(StoreError) {
        page = try run.shop.store.undoing(limit: 200, before: before)
      } catch { throw EngineError(error) }
      guard let oldest = page.last else { break }
      for undo in page where undo.actor.isSame(as: run.actor) {
        guard let id = undo.target, seen.insert(id).inserted else { continue }
        let target: Operation?
        do throws(StoreError) { target = try run.shop.store.operation(id) } catch {
          throw EngineError(error)
        }
        guard let target, target.isChange, target.parent == nil,
          try run.reader.operations.standing(target) != .done,
          try trial(target, redo: true)?.isEmpty == false
        else { continue }
        return UndoTarget(operation: id)
      }
      before = oldest.id
    }
    throw EngineError(.notFound, "redo: \(run.actor) has nothing to redo")
  }

  /// What would change, up to the first cart; nil where it is refused.
  private func trial(_ operation: Operation, redo: Bool) throws(EngineError) -> UndoReport? {
    run.unit.remember(operation)
    do throws(EngineError) { return try preview(operation.id, redo: redo, limit: 1) } catch {
      guard error.code == .refused else { throw error }
      return nil
    }
  }
}

extension Operation {
  /// Whether it changed anything, and was neither an import nor an undo.
  fileprivate var isChange: Bool { kind == .change && extent.events > 0 }
}

extension Actor {
  /// The same person, by hand or through a script.
  fileprivate func isSame(as other: Actor) -> Bool {
    description == other.description || description.hasPrefix(other.description + " via ")
  }
}
