import CartModel
import CartStore

extension CommandHandler {
  /// What this run, or the sandbox, holds and has not saved.
  public func plan() throws(EngineError) -> Plan { try plan(since: 0) }

  /// What the latest run of the sandbox did, for its log.
  public func latestPlan() throws(EngineError) -> Plan {
    try plan(since: max(0, unit.savepoints.count - 1))
  }

  /// Undoes the latest run of the sandbox.
  ///
  /// - Returns: how many carts it had changed; 0 without a run.
  public func undoLatest() -> Int {
    guard mode == .sandbox else { return 0 }
    while unit.savepoints.count > 1, unit.isIdle { unit.release() }
    guard unit.savepoints.count > 1 else { return 0 }
    let count = unit.changedSinceSavepoint.count
    unit.rollback()
    revision += 1
    return count
  }

  /// Works out what a function would do: its reads see its writes, and nothing of it is kept.
  public func plan(_ body: () throws -> Void) throws -> Plan {
    try checkPresent()
    let state = (mode, changed, eventCount, isFinal, failures, jobs)
    let reason = currentSlot.operation.reason
    let depth = unit.savepoints.count
    unit.savepoint()
    mode = .plan
    defer {
      unit.rollback()
      (mode, changed, eventCount, isFinal, failures, jobs) = state
      currentSlot.operation.reason = reason
      revision += 1
    }
    try body()
    return try plan(since: depth)
  }

  /// Moves the changes of this run into a plan; the run then holds nothing.
  public func takePlan() throws(EngineError) -> Plan {
    for entry in unit.dirty where entry.cart.key < 0 { promised[entry.cart.id] = entry.cart.key }
    let plan = try plan(since: 0, consuming: true)
    unit.discard()
    (changed, eventCount, isFinal) = ([], 0, false)
    jobs.loops = []
    revision += 1
    return plan
  }

  private func plan(since depth: Int, consuming: Bool = false) throws(EngineError) -> Plan {
    // A plan holds each change a second time.
    if !consuming { try checkMemory(times: 2) }
    let operation = currentSlot.operation
    var groups = [Plan.Group(kind: .change, command: operation.command, target: "")]
    var numbers: [ObjectIdentifier: Int] = [:]
    var (changes, steps) = ([PlannedChange](), [[PlannedStep]]())
    changes.reserveCapacity(unit.dirty.count)
    steps.reserveCapacity(unit.dirty.count)
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
          shop.settings))
      if change.isOverUnsaved { changes[changes.count - 1].version = PlannedChange.unsaved }
      steps.append(planned)
    }
    do throws(StoreError) { try unit.forEachChange(since: depth, consuming: consuming, add) } catch
    {
      throw EngineError(error)
    }
    let loose = unit.looseChanges(since: depth)
    var notes = failures.map(\.message)
    if loose > 0 {
      notes.append(
        "\(loose) \(loose == 1 ? "change" : "changes") of lists and rules: a plan is of carts; make "
          + "them by themselves")
    }
    return Plan(
      key: shop.newOperationKey(), made: now, actor: actor,
      command: commands.isEmpty ? operation.command : commands.joined(separator: "; "),
      reason: reason, settings: shop.settings.json, rules: [:], groups: groups,
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
    let target = operation.target.flatMap { try? shop.store.operation($0) }
    groups.append(
      .init(kind: operation.kind, command: operation.command, target: target?.key ?? ""))
    numbers[ObjectIdentifier(slot)] = groups.count - 1
    return groups.count - 1
  }

  /// What happened to a cart after a version, in words; nil where nothing did.
  public func changes(of key: Int64, since version: Int64) throws(EngineError) -> String? {
    do {
      guard try shop.store.version(of: key) != version else { return nil }
      let later = try shop.store.history(of: key).filter { $0.version > version }
      guard let last = later.last else { return nil }
      let words = later.prefix(3).map { "\($0.actor): \($0.body.words)" }
      return words.joined(separator: "; ")
        + (later.count > 3 ? "; and \(later.count - 3) more" : "")
        + " (\(shop.zone.text(last.at)))"
    } catch { throw EngineError(error) }
  }
}
