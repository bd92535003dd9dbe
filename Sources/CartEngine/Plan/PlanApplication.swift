import CartModel
import CartStorage
import CartSupport

extension Plans {
  /// Applies a plan: each cart that is as it was when the plan was made, in batches.
  ///
  /// Doing it again does what is left, and no cart twice.
  /// - Parameter rules: digests of the rule files as they are, by name.
  /// - Throws: `conflict` where settings or rules are others than the plan's, `malformed`,
  ///   `notFound` for a name that is not in the plan, `interrupted`.
  package func apply(
    _ source: any PlanSource, _ selection: PlanSelection = .init(), rules: [String: String]
  ) throws(EngineError) -> ApplyReport {
    let application = PlanApplication(run, source)
    try application.apply(selection, rules: rules)
    return application.report
  }
}

/// One application of a plan: what it states is decided on the carts that it was worked out on.
private final class PlanApplication {
  private let run: Run
  private let source: any PlanSource
  private(set) var report = ApplyReport()
  /// One operation for each group of the plan.
  private var slots: [UnitOfWork.OperationSlot] = []
  /// Carts that were changed and are not known to be written, with the version that the plan was made
  /// from.
  private var planned: [Int64: (cart: String, version: Int64)] = [:]
  /// How many failures the run had before.
  private let earlier: Int

  private var plan: Plan { source.plan }
  private var unit: UnitOfWork { run.unit }
  private var shop: Shop { run.shop }

  init(_ run: Run, _ source: any PlanSource) {
    (self.run, self.source) = (run, source)
    earlier = run.tally.failures.count
  }

  func apply(_ selection: PlanSelection, rules: [String: String]) throws(EngineError) {
    try run.reader.checkPresent()
    try source.checkFits(shop, rules)
    try source.check(selection)
    slots = try madeSlots()
    var count = 0
    while let item = try source.next() {
      count += 1
      try run.hooks.checkInterruption()
      let cart = item.change.cart
      guard selection.contains(cart) else {
        report.leftOut += 1
        continue
      }
      switch try apply(item) {
      case .done(let key):
        report.done += 1
        planned[key] = (cart, item.change.version)
      case .known: report.known += 1
      case .conflict(let reason): report.conflicts.append(.init(cart: cart, reason: reason))
      }
      try run.flushIfDue()
      try takeFailures()
      run.hooks.onProgress?(count, source.carts)
    }
    guard run.mode == .live else { return }
    unit.savepoints = []
    try run.flush()
    try takeFailures()
  }

  /// Counts carts as conflicts that changed between the look at them and the write.
  private func takeFailures() throws(EngineError) {
    for key in run.tally.lost.sorted() {
      guard let (cart, version) = planned.removeValue(forKey: key) else { continue }
      report.done -= 1
      if try hasDone(cart) {
        report.known += 1
        continue
      }
      let words = try run.reader.changes(of: key, since: version) ?? "was changed meanwhile"
      report.conflicts.append(.init(cart: cart, reason: words))
    }
    run.tally.failures.removeSubrange(min(earlier, run.tally.failures.count)...)
  }

  private enum Fate {
    case done(Int64)
    case known
    case conflict(String)
  }

  private func apply(_ item: PlannedCart) throws(EngineError) -> Fate {
    let change = item.change
    do {
      let key = key(of: change.cart)
      if try shop.store.hasEvent(key) { return .known }
      var entry: UnitOfWork.Entry?
      if let number = try unit.key(named: change.cart) { entry = try unit.entry(number) }
      guard let current = entry else {
        guard change.version == 0 else { return .conflict("there is no cart of this id") }
        return .done(try create(item, key))
      }
      guard change.version != PlannedChange.unsaved else {
        return .conflict("the plan was made over changes that were not saved")
      }
      guard current.cart.version == change.version else {
        let words = try run.reader.changes(of: current.cart.key, since: change.version)
        return .conflict(
          words ?? "is at version \(current.cart.version), the plan was made from \(change.version)"
        )
      }
      try run.attempt { try add(item.stated[...], to: current, key) }
      return .done(current.cart.key)
    } catch let error as ModelError {
      return .conflict(error.message)
    } catch let error as EngineError where error.code == .refused && run.fatal == nil {
      let name = "cart \(change.cart): "
      return .conflict(
        error.message.hasPrefix(name) ? String(error.message.dropFirst(name.count)) : error.message)
    } catch { throw EngineError(error) }
  }

  /// The key of the first event that a plan writes to a cart.
  private func key(of cart: String) -> EventKey {
    let digest = Digest.key(of: "plan:\(plan.key):\(cart)")
    return EventKey(at: plan.made, digest.high, digest.low)
  }

  /// Whether the plan, applied by another process meanwhile, has changed a cart.
  private func hasDone(_ cart: String) throws(EngineError) -> Bool {
    do throws(StoreError) { return try shop.store.hasEvent(key(of: cart)) } catch {
      throw EngineError(error)
    }
  }

  private func create(_ item: PlannedCart, _ key: EventKey) throws -> Int64 {
    guard let first = item.stated.first, case .cart(_, let command, _) = first.payload,
      command.isCreate
    else { throw ModelError(.malformed, "the plan does not begin with making it") }
    let outer = run.slots.current
    run.slots.current = slots[0]
    defer { run.slots.current = outer }
    // All of the cart or nothing of it.
    let entry = try run.attempt {
      let entry = try run.create(
        item.change.cart, by: .planned(command, compensating: false), key: key)
      try add(item.stated.dropFirst(), to: entry, nil)
      return entry
    }
    if let promised = run.promised.removeValue(forKey: item.change.cart) {
      unit.rename(promised, to: entry)
    }
    return entry.cart.key
  }

  /// Decides what a plan states on the cart that it was worked out on.
  private func add(
    _ stated: ArraySlice<StatedEvent>, to entry: UnitOfWork.Entry, _ key: EventKey?
  ) throws {
    let outer = run.slots.current
    defer { run.slots.current = outer }
    var compensated: (group: Int, cart: Cart)?
    for (index, event) in stated.enumerated() {
      let number = Int(event.group) ?? 0
      guard slots.indices.contains(number) else {
        throw EngineError(.malformed, "plan: unknown group \(quoted(event.group))")
      }
      if number != compensated?.group {
        try check(entry.cart, isAs: compensated?.cart)
        compensated = try expected(event, number, entry, slots[number].operation)
      } else if case .undone = event.payload {
        throw EngineError(.malformed, "plan: undoes twice on one cart; make it again")
      }
      run.slots.current = slots[number]
      if event.type == .cartOrdered { try run.guard.judgeOrder(entry.cart) }
      if case .cart(_, .hold(let cause?), _) = event.payload { try check(stands: cause) }
      try run.admit(
        try proposal(event, on: entry.cart, slots[number].operation), to: entry,
        key: index == 0 ? key : nil)
    }
    try check(entry.cart, isAs: compensated?.cart)
    try run.guard.judge(entry)
  }

  /// What taking back, or doing again, makes of a cart; a plan may state nothing else of it.
  private func expected(
    _ event: StatedEvent, _ group: Int, _ entry: UnitOfWork.Entry, _ operation: Operation
  ) throws -> (group: Int, cart: Cart)? {
    let isMarker: Bool
    if case .undone(_, _, _, let redo) = event.payload {
      isMarker = operation.kind == (redo ? .redo : .undo)
    } else {
      isMarker = operation.kind == .change
    }
    guard isMarker else {
      throw EngineError(
        .malformed, "plan: \(event.type.name) does not belong to its group; make the plan again")
    }
    guard operation.kind != .change, let id = operation.target else { return nil }
    let redo = operation.kind == .redo
    let stored = try unit.history(of: entry.cart.key)
    let history = History(stored.events, id: entry.cart.id, parents: stored.parents)
    do throws(Reversal.Refusal) {
      return (group, try Reversal(of: id, redo: redo, on: entry.cart, history).cart)
    } catch {
      throw ModelError(
        .conflict, "operation \(id) \(redo ? "is not" : "cannot be") undone on it")
    }
  }

  /// A plan holds no cart by an entry that the blacklist does not have.
  private func check(stands cause: Cause) throws {
    guard cause.rule == ListEntry.List.blacklist.name else { return }
    guard try run.reader.entries(.blacklist).contains(where: { $0.id == cause.source }) else {
      throw ModelError(.conflict, "it was to be held by an entry that the blacklist does not have")
    }
  }

  private func check(_ cart: Cart, isAs expected: Cart?) throws(ModelError) {
    guard let expected, !cart.hasSameContent(as: expected) else { return }
    throw ModelError(
      .malformed, "the plan states other changes than the undo makes; make it again")
  }

  private func proposal(_ event: StatedEvent, on cart: Cart, _ operation: Operation) throws
    -> Admission.Proposal
  {
    switch event.payload {
    case .cart(_, let command, _):
      return .planned(command, compensating: operation.kind.isReversal)
    case .ordered(_, let order, let currency):
      return .planned(
        try order.command(in: currency ?? cart.currency),
        compensating: operation.kind.isReversal)
    case .order(_, let state, let total, _):
      let sum = try total.map { try Money($0, cart.currency) }
      return .planned(.changeOrder(state, total: sum), compensating: false)
    case .undone(_, _, _, let redo):
      let target = operation.target ?? 0
      return .recorded(
        redo ? .operationRedone(target: target) : .operationUndone(target: target))
    case .product, .customer, .settings, .entry, .rules:
      throw ModelError(.malformed, "plan: \(event.type.name) belongs to no cart")
    }
  }

  private func madeSlots() throws(EngineError) -> [UnitOfWork.OperationSlot] {
    let own = run.slots.current
    if own.operation.reason.isEmpty { own.operation.reason = plan.reason }
    var slots = [own]
    for group in plan.groups.dropFirst() {
      var operation = Operation(
        key: "", actor: run.actor, kind: group.kind, command: group.command, at: run.now)
      do throws(StoreError) { operation.target = try shop.store.operation(key: group.target) } catch
      {
        throw EngineError(error)
      }
      guard operation.target != nil else {
        throw EngineError(
          .notFound, "plan: undoes an operation that this database does not have")
      }
      let slot = UnitOfWork.OperationSlot(operation)
      slots.append(slot)
      run.slots.others.append(slot)
    }
    return slots
  }
}
