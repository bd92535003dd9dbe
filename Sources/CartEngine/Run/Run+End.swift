import CartModel
import CartStorage

/// The end of a run.
extension Run {
  /// Ends a run: saves what is left, in live mode.
  public func finish() throws(EngineError) -> Outcome {
    if mode == .live {
      if let refusal { throw refusal }
      try jobs.checkReached()
      unit.savepoints = []
      try flush()
      try `guard`.holdRefused()
    }
    if mode == .sandbox { try gatherChanges() }
    var outcome = outcome(carts: tally.changed.count - tally.lost.count)
    outcome.isFinal = tally.isFinal
    return outcome
  }

  /// Ends a run that failed: drops what was not saved and says what was.
  public func abandon() -> Outcome {
    switch mode {
    case .live:
      unit.discard()
      do throws(EngineError) { try `guard`.holdRefused() } catch { tally.failures.append(error) }
    case .plan: handler.enter(.plan)
    case .sandbox: if unit.savepoints.count > 1 { unit.rollback() }
    }
    reader.revision += 1
    return outcome(carts: slots.current.carts.count - loops.carriedCarts)
  }

  private func outcome(carts: Int) -> Outcome {
    Outcome(
      operation: slots.saved?.id, reversal: reversal, carts: carts, events: tally.events,
      changes: tally.written, failures: tally.failures, jobs: loops.saved, rules: ruleOperations)
  }

  /// What the run did in the sandbox, which writes nothing.
  private func gatherChanges() throws(EngineError) {
    do throws(StoreError) {
      try unit.forEachChange(since: max(0, unit.savepoints.count - 1)) { change in
        gather(.init(before: change.before, after: change.entry.cart))
      }
    } catch { throw EngineError(error) }
  }

  /// What rules and lists did in this run, an operation each.
  private var ruleOperations: [Outcome.RuleOperation] {
    slots.others.compactMap { slot in
      guard let id = slot.id, slot.operation.kind == .change, !slot.carts.isEmpty else {
        return nil
      }
      return .init(operation: id, actor: slot.operation.actor, carts: slot.carts.count)
    }
  }

  private var reversal: String {
    guard let saved = slots.saved, let id = saved.id else { return "" }
    switch (saved.operation.kind, saved.operation.target) {
    case (.undo, let target?): return ".redo \(target)"
    case (.redo, let target?): return ".undo \(target)"
    default: return ".undo \(id)"
    }
  }
}
