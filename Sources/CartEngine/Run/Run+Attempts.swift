import CartModel
import CartStorage

/// Work that is kept as a whole or not at all.
extension Run {
  /// What is restored where work is rolled back; the unit of work has its own savepoint.
  private struct Checkpoint {
    let tally: RunTally.Mark
    let slot: UnitOfWork.OperationSlot
    let reason: String

    init(_ run: Run) {
      (tally, slot) = (run.tally.mark, run.slots.current)
      reason = slot.operation.reason
    }

    func restore(_ run: Run) {
      run.tally.goBack(to: tally)
      run.slots.current = slot
      slot.operation.reason = reason
      run.reader.revision += 1
    }
  }

  /// Does work that is rolled back where it fails.
  ///
  /// - Parameter together: whether its carts are written together or not at all.
  public func attempt<T>(together: Bool = false, _ body: () throws -> T) throws -> T {
    let before = Checkpoint(self)
    unit.savepoint()
    do {
      let result = try body()
      unit.release(together: together)
      return result
    } catch {
      unit.rollback()
      before.restore(self)
      throw error
    }
  }

  /// Does work of which only the result is kept: nobody is asked, and nothing is saved.
  func trial<T>(_ body: () throws -> T) rethrows -> T {
    let (before, mode, others, loops) = (Checkpoint(self), mode, slots.others, loops)
    unit.savepoint()
    if mode == .live { handler.mode = .plan }
    defer {
      unit.rollback()
      before.restore(self)
      handler.mode = mode
      (slots.others, self.loops) = (others, loops)
    }
    return try body()
  }

  /// Does work under an operation of its own, within this run.
  func within<T>(_ operation: Operation, _ body: () throws(EngineError) -> T) throws(EngineError)
    -> T
  {
    let outer = slots.current
    slots.current = UnitOfWork.OperationSlot(operation)
    slots.others.append(slots.current)
    defer { slots.current = outer }
    return try body()
  }

  /// Does work that is kept as a whole or not at all, also where another process writes meanwhile.
  ///
  /// - Throws: what the body throws, and `conflict` where another writer changed one of the carts;
  ///   then nothing of it was done.
  @discardableResult
  public func atomically<T>(_ body: () throws -> T) throws -> T {
    guard !loops.isReplaying else { return try body() }
    let flushes = mode == .live && consent == .given && unit.savepoints.isEmpty
    if flushes { try flush() }
    let before = Checkpoint(self)
    loops.atomicDepth += 1
    defer { loops.atomicDepth -= 1 }
    let result = try attempt(together: true, body)
    guard flushes else { return result }
    let failures = tally.failures.count
    try flush()
    guard tally.failures.count == failures else {
      let words = tally.failures[failures].message
      before.restore(self)
      throw EngineError(.conflict, "nothing of it was done: \(words)")
    }
    return result
  }
}
