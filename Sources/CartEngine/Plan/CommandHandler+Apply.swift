import CartModel
import CartStore
import CartSupport

/// What became of a plan, in truthful numbers.
public struct ApplyReport: Equatable, Sendable {
  /// Carts that were changed.
  public var done = 0
  /// Carts that this plan had changed before.
  public var known = 0
  /// Carts that were not asked for.
  public var leftOut = 0
  /// Carts that are not as they were when the plan was made, with what changed.
  public var conflicts: [Conflict] = []

  public struct Conflict: Equatable, Sendable {
    public var cart: String
    public var reason: String
  }

  public init() {}
}

/// Which carts of a plan to do; ids, or their first characters.
public struct PlanSelection: Equatable, Sendable {
  public var only: [String]
  public var except: [String]

  public init(only: [String] = [], except: [String] = []) {
    self.only = only
    self.except = except
  }

  func contains(_ cart: String) -> Bool {
    (only.isEmpty || only.contains { Self.means($0, cart) })
      && !except.contains { Self.means($0, cart) }
  }

  static func means(_ name: String, _ cart: String) -> Bool {
    name == cart || name.count >= 4 && cart.hasPrefix(name)
  }
}

extension CommandHandler {
  /// Does a plan: each cart that is as it was when the plan was made, in batches.
  ///
  /// Doing it again does what is left, and no cart twice.
  /// - Parameter rules: digests of the rule files as they are, by name.
  /// - Throws: `conflict` where settings or rules are others than the plan's, `malformed`,
  ///   `notFound` for a name that is not in the plan, `interrupted`.
  package func apply(
    _ source: any PlanSource, _ selection: PlanSelection = .init(), rules: [String: String]
  ) throws(EngineError) -> ApplyReport {
    try checkPresent()
    try checkFits(source.plan, rules)
    var report = ApplyReport()
    try check(selection, source)
    let slots = try slots(source.plan)
    var planned: [Int64: (cart: String, version: Int64)] = [:]
    let earlier = failures.count
    var count = 0
    func takeFailures() throws(EngineError) {
      // Carts that changed between the look at them and the write.
      for key in lost.sorted() {
        guard let (cart, version) = planned.removeValue(forKey: key) else { continue }
        if try hasDone(cart, source.plan) {
          report.known += 1
          report.done -= 1
          continue
        }
        let words = try changes(of: key, since: version) ?? "was changed meanwhile"
        report.conflicts.append(.init(cart: cart, reason: words))
        report.done -= 1
      }
      failures.removeSubrange(min(earlier, failures.count)...)
    }
    while let item = try source.next() {
      count += 1
      if shouldStop?() == true { throw EngineError(.interrupted, "interrupted") }
      let cart = item.change.cart
      guard selection.contains(cart) else {
        report.leftOut += 1
        continue
      }
      switch try apply(item, source.plan, slots) {
      case .done(let key):
        report.done += 1
        planned[key] = (cart, item.change.version)
      case .known: report.known += 1
      case .conflict(let reason): report.conflicts.append(.init(cart: cart, reason: reason))
      }
      try flushIfDue()
      try takeFailures()
      onProgress?(count, source.carts)
    }
    if mode == .live {
      unit.savepoints = []
      try flush()
      try takeFailures()
    }
    return report
  }

  /// A name that means no cart of the plan is a mistake, known before anything is done.
  private func check(_ selection: PlanSelection, _ source: any PlanSource) throws(EngineError) {
    var unmatched = Set(selection.only + selection.except)
    guard !unmatched.isEmpty else { return }
    let names = try source.again()
    while let item = try names.next() {
      unmatched = unmatched.filter { !PlanSelection.means($0, item.change.cart) }
    }
    guard let name = unmatched.sorted().first else { return }
    throw EngineError(
      .notFound,
      "plan \(source.name): has no cart \(quoted(name)); expected an id, or its first 4 "
        + "characters")
  }

  private enum Fate {
    case done(Int64)
    case known
    case conflict(String)
  }

  private func apply(
    _ item: PlannedCart, _ plan: Plan, _ slots: [UnitOfWork.OperationSlot]
  ) throws(EngineError) -> Fate {
    let change = item.change
    do {
      let key = Self.key(of: change.cart, plan)
      if try shop.store.hasEvent(key) { return .known }
      var entry: UnitOfWork.Entry?
      if let number = try unit.key(named: change.cart) { entry = try unit.entry(number) }
      guard let current = entry else {
        guard change.version == 0 else { return .conflict("there is no cart of this id") }
        return .done(try create(item, key, slots))
      }
      guard change.version != PlannedChange.unsaved else {
        return .conflict("the plan was made over changes that were not saved")
      }
      guard current.cart.version == change.version else {
        let words = try changes(of: current.cart.key, since: change.version)
        return .conflict(
          words ?? "is at version \(current.cart.version), the plan was made from \(change.version)"
        )
      }
      try add(item.stated[...], to: current, key, slots)
      return .done(current.cart.key)
    } catch let error as ModelError {
      return .conflict(error.message)
    } catch let error as EngineError where error.code == .refused && jobs.fatal == nil {
      let name = "cart \(change.cart): "
      return .conflict(
        error.message.hasPrefix(name) ? String(error.message.dropFirst(name.count)) : error.message)
    } catch { throw EngineError(error) }
  }

  /// The key of the first event that a plan writes to a cart.
  private static func key(of cart: String, _ plan: Plan) -> EventKey {
    let digest = Digest.key(of: "plan:\(plan.key):\(cart)")
    return EventKey(at: plan.made, digest.high, digest.low)
  }

  /// Whether the plan, applied by another process meanwhile, has changed a cart.
  private func hasDone(_ cart: String, _ plan: Plan) throws(EngineError) -> Bool {
    do throws(StoreError) { return try shop.store.hasEvent(Self.key(of: cart, plan)) } catch {
      throw EngineError(error)
    }
  }

  private func create(
    _ item: PlannedCart, _ key: EventKey, _ slots: [UnitOfWork.OperationSlot]
  ) throws -> Int64 {
    guard let first = item.stated.first, case .cart(_, let command, _) = first.payload,
      command.isCreate
    else { throw ModelError(.malformed, "the plan does not begin with making it") }
    let outer = slot
    slot = slots[0]
    defer { slot = outer }
    // All of the cart or nothing of it.
    unit.savepoint()
    let counts = (changed, eventCount, isFinal)
    do {
      let made = try make(item, command, key, slots)
      unit.release(together: false)
      return made
    } catch {
      unit.rollback()
      (changed, eventCount, isFinal) = counts
      revision += 1
      throw error
    }
  }

  private func make(
    _ item: PlannedCart, _ command: Command, _ key: EventKey,
    _ slots: [UnitOfWork.OperationSlot]
  ) throws -> Int64 {
    try willChange(0)
    let events = try decide(command, on: nil, shop.settings)
    let entry = unit.create(id: item.change.cart, step(events, at: now, key: key))
    changed.remove(0)
    changed.insert(entry.cart.key)
    eventCount += events.count
    revision += 1
    try add(item.stated.dropFirst(), to: entry, nil, slots)
    if let promised = promised.removeValue(forKey: item.change.cart) {
      unit.rename(promised, to: entry)
    }
    return entry.cart.key
  }

  /// Decides what a plan states on the cart that it was worked out on.
  private func add(
    _ stated: ArraySlice<StatedEvent>, to entry: UnitOfWork.Entry, _ key: EventKey?,
    _ slots: [UnitOfWork.OperationSlot]
  ) throws {
    let outer = slot
    defer { slot = outer }
    // All of one cart or nothing of it.
    unit.savepoint()
    let counts = (changed, eventCount, isFinal)
    do {
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
        slot = slots[number]
        if event.type == .cartOrdered { try judgeOrder(entry.cart) }
        if case .cart(_, .hold(let cause?), _) = event.payload { try check(stands: cause) }
        try record(
          try bodies(event, on: entry.cart, slots[number].operation), on: entry,
          key: index == 0 ? key : nil)
      }
      try check(entry.cart, isAs: compensated?.cart)
      try judge(entry)
      unit.release(together: false)
    } catch {
      unit.rollback()
      (changed, eventCount, isFinal) = counts
      throw error
    }
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

  /// What a plan took out of sale by an entry that was never put on is not taken out of sale.
  private func check(stands cause: Cause) throws {
    guard cause.rule == ListEntry.List.blacklist.name else { return }
    guard try entries(.blacklist).contains(where: { $0.id == cause.source }) else {
      throw ModelError(.conflict, "it was to be held by an entry that the blacklist does not have")
    }
  }

  private func check(_ cart: Cart, isAs expected: Cart?) throws(ModelError) {
    guard let expected, !cart.hasSameContent(as: expected) else { return }
    throw ModelError(
      .malformed, "the plan states other changes than the undo makes; make it again")
  }

  private func bodies(_ event: StatedEvent, on cart: Cart, _ operation: Operation) throws
    -> [EventBody]
  {
    let compensating = operation.kind.isReversal
    switch event.payload {
    case .cart(_, let command, _):
      return try decide(command, on: cart, shop.settings, compensating: compensating)
    case .order(_, let state, let total, _):
      let sum = try total.map { try Money($0, cart.currency) }
      return try decide(.changeOrder(state, total: sum), on: cart, shop.settings)
    case .undone(_, _, _, let redo):
      let target = operation.target ?? 0
      return [redo ? .operationRedone(target: target) : .operationUndone(target: target)]
    case .product, .customer, .settings, .entry, .rules:
      throw ModelError(.malformed, "plan: \(event.type.name) belongs to no cart")
    }
  }

  /// One operation for each group of the plan.
  private func slots(_ plan: Plan) throws(EngineError) -> [UnitOfWork.OperationSlot] {
    if currentSlot.operation.reason.isEmpty { currentSlot.operation.reason = plan.reason }
    var slots: [UnitOfWork.OperationSlot] = [currentSlot]
    for group in plan.groups.dropFirst() {
      var operation = Operation(
        key: "", actor: actor, kind: group.kind, command: group.command, at: now)
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
      others.append(slot)
    }
    return slots
  }

  /// A plan shows what its settings and rules make of it: under others it would show something else.
  private func checkFits(_ plan: Plan, _ rules: [String: String]) throws(EngineError) {
    if plan.settings != shop.settings.json {
      let (then, now) = (
        try? JSONParser.parse(plan.settings), try? JSONParser.parse(shop.settings.json)
      )
      var names: [String] = []
      for json in [then, now] {
        guard case .object(let members)? = json else { continue }
        names += members.map(\.key).filter { then?[$0] != now?[$0] }
      }
      let list = Set(names).sorted().joined(separator: ", ")
      throw EngineError(
        .conflict,
        "the settings are not those that the plan was made with (\(list)); make it again")
    }
    guard plan.rules == rules else {
      let names = Set(plan.rules.keys).union(rules.keys).filter { plan.rules[$0] != rules[$0] }
      throw EngineError(
        .conflict,
        "the rules are not those that the plan was made with "
          + "(\(names.sorted().joined(separator: ", "))); make it again")
    }
  }
}
