import CartModel

extension Batch {
  /// What the lines of a file became in a written batch.
  struct Written {
    /// How many events were made beside the ones that lines state, as a cart for its first line.
    var made: [EventType: Int] = [:]
    /// How many events were added to each operation, or to the import that brought it.
    var operations: [Int64: Int] = [:]
  }

  /// Counts the saved events of an import.
  ///
  /// - Complexity: O(steps).
  var written: Written {
    var written = Written()
    for logged in log {
      guard let step = logged.step.imported, case .saved = step.fate,
        logged.place.map({ changes[$0].failure == nil }) ?? true
      else { continue }
      // The last event is the one that the line states.
      for body in step.events.dropLast(step.line > 0 ? 1 : 0) {
        written.made[body.type, default: 0] += 1
      }
      if let id = step.operation.whole {
        written.operations[id, default: 0] += step.events.count
      }
    }
    return written
  }
}

extension UnitOfWork.OperationSlot {
  /// The number of the operation that `.ops` lists: the import that brought it, else its own.
  fileprivate var whole: Int64? {
    wasStored ? operation.parent ?? id : parent?.id ?? id
  }
}
