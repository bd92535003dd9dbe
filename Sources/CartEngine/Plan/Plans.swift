import CartModel
import CartStorage
import CartSupport

/// Plans: what a run would do, to be looked at and applied later.
public struct Plans {
  let run: Run

  init(_ run: Run) { self.run = run }

  /// What this run, or the sandbox, holds and has not saved.
  public func plan() throws(EngineError) -> Plan { try plan(since: 0) }

  /// What the latest run of the sandbox did, for its log.
  public func latestPlan() throws(EngineError) -> Plan {
    try plan(since: max(0, run.unit.savepoints.count - 1))
  }

  /// Undoes the latest run of the sandbox.
  ///
  /// - Returns: how many carts it had changed; 0 without a run.
  public func undoLatest() -> Int {
    guard run.mode == .sandbox else { return 0 }
    while run.unit.savepoints.count > 1, run.unit.isIdle { run.unit.release() }
    guard run.unit.savepoints.count > 1 else { return 0 }
    let count = run.unit.changedSinceSavepoint.count
    run.unit.rollback()
    run.reader.revision += 1
    return count
  }

  /// Works out what a function would do: its reads see its writes, and nothing of it is kept.
  public func plan(_ body: () throws -> Void) throws -> Plan {
    try run.reader.checkPresent()
    let depth = run.unit.savepoints.count
    return try run.trial {
      try body()
      return try plan(since: depth)
    }
  }

  /// Moves the changes of this run into a plan; the run then holds nothing.
  ///
  /// - Parameter keepsLoose: whether the run keeps its changes of lists and rules, which a plan cannot
  ///   hold.
  public func takePlan(keepsLoose: Bool = false) throws(EngineError) -> Plan {
    for entry in run.unit.dirty where entry.cart.key < 0 {
      run.promised[entry.cart.id] = entry.cart.key
    }
    let loose = keepsLoose ? run.unit.ownLooseSteps : []
    let plan = try plan(since: 0, consuming: true, noting: !keepsLoose)
    run.unit.discard()
    // What rules said is gone with the rest: they say it again when the plan is done.
    run.judged.decisions = [:]
    (run.tally.changed, run.tally.confirmed) = (ChangedCarts(), 0)
    (run.tally.events, run.tally.isFinal) = (0, false)
    run.loops.loops = []
    run.admission.add(again: loose)
    run.count(loose.flatMap(\.events))
    run.reader.revision += 1
    return plan
  }

  /// - Parameter noting: whether the plan says that changes of lists and rules are not in it.
  private func plan(since depth: Int, consuming: Bool = false, noting: Bool = true)
    throws(EngineError) -> Plan
  {
    // A plan holds each change a second time.
    if !consuming { try run.checkMemory(times: 2) }
    let operation = run.slots.current.operation
    var groups = [Plan.Group(kind: .change, command: operation.command, target: "")]
    var numbers: [ObjectIdentifier: Int] = [:]
    var (changes, steps) = ([PlannedChange](), [[PlannedStep]]())
    changes.reserveCapacity(run.unit.dirty.count)
    steps.reserveCapacity(run.unit.dirty.count)
    var (commands, reason) = ([String](), operation.reason)
    func add(_ change: UnitOfWork.Change) {
      for step in change.steps {
        let own = step.operation.operation
        if !own.command.isEmpty, commands.count < 5, !commands.contains(own.command) {
          commands.append(own.command)
        }
        if reason.isEmpty { reason = own.reason }
      }
      let planned = change.steps.map { step in
        PlannedStep(group: group(of: step.operation, &groups, &numbers), events: step.events)
      }
      changes.append(
        PlannedChange(
          before: change.before, after: change.entry.cart, events: planned.flatMap(\.events),
          run.shop.settings))
      if change.isOverUnsaved { changes[changes.count - 1].version = PlannedChange.unsaved }
      steps.append(planned)
    }
    // The unit may hold nothing after its changes were read.
    let loose = noting ? run.unit.looseChanges(since: depth) : 0
    do throws(StoreError) {
      try run.unit.forEachChange(since: depth, consuming: consuming, add)
    } catch {
      throw EngineError(error)
    }
    var notes = run.tally.failures.map(\.message)
    if loose > 0 {
      notes.append(
        "\(CountText.count(loose, "change")) of lists and rules: a plan is of carts; make "
          + "them by themselves")
    }
    return Plan(
      key: run.shop.newOperationKey(), made: run.now, actor: run.actor,
      command: commands.isEmpty ? operation.command : commands.joined(separator: "; "),
      reason: reason, settings: run.shop.settings.json, rules: [:], groups: groups,
      changes: changes, failures: notes, steps: steps)
  }

  /// All changes are of one operation; each undone operation is one of its own.
  private func group(
    of slot: UnitOfWork.OperationSlot, _ groups: inout [Plan.Group],
    _ numbers: inout [ObjectIdentifier: Int]
  ) -> Int {
    let operation = slot.operation
    guard operation.kind.isReversal else { return 0 }
    if let number = numbers[ObjectIdentifier(slot)] { return number }
    let target = operation.target.flatMap { try? run.shop.store.operation($0) }
    groups.append(
      .init(kind: operation.kind, command: operation.command, target: target?.key ?? ""))
    numbers[ObjectIdentifier(slot)] = groups.count - 1
    return groups.count - 1
  }
}
