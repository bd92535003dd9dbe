import CartModel
import CartStore
import CartSupport

extension CommandHandler {
  /// Decides a command on a cart and puts its events into the unit of work.
  ///
  /// - Returns: the cart as it then is.
  /// - Throws: `refused`, `notFound`, `conflict`, `unconfirmed`.
  @discardableResult
  public func execute(_ command: Command, on key: Int64) throws(EngineError) -> Cart {
    try checkPresent()
    let entry: UnitOfWork.Entry
    do {
      guard let found = try unit.entry(key) else {
        throw EngineError(.notFound, "cart: it does not exist any more")
      }
      entry = found
      // What a resumed script does outside its bulk run was done when it first ran.
      if jobs.isReplaying { return entry.cart }
      var command = pinned(command, entry.cart)
      if case .order(let request) = command {
        try judgeOrder(entry.cart)
        if !request.isFact, entry.cart.state == .open { try checkCoupons(of: entry.cart) }
      }
      if case .order(var request) = command, request.id.isEmpty {
        request.id = try OrderNumbers.next(shop) { try unit.key(order: $0) != nil }
        command = .order(request)
      }
      let events = try decide(command, on: entry.cart, shop.settings)
      guard !events.isEmpty else { return entry.cart }
      try checkMemory()
      try willChange(entry.cart.key)
      if events.contains(where: \.isFinal) { isFinal = true }
      unit.add(
        step(
          events, at: max(now, entry.cart.updated),
          again: mode == .live ? .command(command) : nil), to: entry)
      eventCount += events.count
      revision += 1
      if command.mayBeJudged { try judge(entry) }
    } catch { throw EngineError(error) }
    try flushIfDue()
    return entry.cart
  }

  /// Makes a new cart.
  public func create(
    id: String? = nil, currency: Currency? = nil, _ fields: [ShopperField: String] = [:]
  ) throws(EngineError) -> Cart {
    try checkPresent()
    if jobs.isReplaying { return try replayedCreation() }
    let name = id ?? shop.newID()
    guard try key(named: name) == nil else {
      throw EngineError(.conflict, "cart \(quoted(name)): exists already")
    }
    let command = Command.create(currency ?? shop.settings.currency, fields)
    do {
      let events = try decide(command, on: nil, shop.settings)
      try checkMemory()
      try willChange(0)
      let entry = unit.create(id: name, step(events, at: now, again: .command(command)))
      changed.remove(0)
      changed.insert(entry.cart.key)
      if jobs.current == nil { jobs.made.append(entry.cart.key) }
      eventCount += events.count
      revision += 1
      try judge(entry)
      try flushIfDue()
      return entry.cart
    } catch { throw EngineError(error) }
  }

  /// Puts events into the unit that were decided elsewhere: undo, and plans.
  ///
  /// - Parameters:
  ///   - key: of the first event, where it is stored at most once.
  ///   - changes: whether the cart becomes different; else it is not counted as changed.
  ///   - again: works them out anew on a cart that changed meanwhile.
  func record(
    _ events: [EventBody], on entry: UnitOfWork.Entry, key: EventKey? = nil, changes: Bool = true,
    again: ((Cart) throws -> [EventBody])? = nil
  ) throws(EngineError) {
    try checkMemory()
    if changes { try willChange(entry.cart.key) } else { marked.insert(entry.cart.key) }
    if events.contains(where: \.isFinal) { isFinal = true }
    unit.add(
      step(events, at: max(now, entry.cart.updated), key: key, again: again.map { .work($0) }),
      to: entry)
    eventCount += events.count
    revision += 1
  }

  /// Remembers, for the moment of commit, the quantity that the line had when it was decided.
  private func pinned(_ command: Command, _ cart: Cart) -> Command {
    switch command {
    case .setQuantity(let line, let quantity, nil):
      guard let index = try? cart.index(of: line) else { return command }
      return .setQuantity(
        .line(cart.lines[index]), quantity, expected: cart.lines[index].quantity)
    case .remove(let line, nil):
      guard let index = try? cart.index(of: line) else { return command }
      return .remove(.line(cart.lines[index]), expected: cart.lines[index].quantity)
    default: return command
    }
  }

  func step(
    _ events: [EventBody], at time: Timestamp, key: EventKey? = nil,
    again: UnitOfWork.Step.Again? = nil
  ) -> UnitOfWork.Step {
    UnitOfWork.Step(
      events: events, actor: actor, at: time, operation: currentSlot, key: key, again: again)
  }

  func willChange(_ key: Int64) throws(EngineError) {
    guard !changed.contains(key) else { return }
    let count = Int64(changed.count + 1)
    switch consent {
    case _ where mode != .live: break
    case .refuse where count > shop.settings.confirmAbove:
      throw refuse(
        EngineError(
          .unconfirmed,
          "this changes more than \(shop.settings.confirmAbove) carts and nobody confirmed it; "
            + "nothing was changed; run it with --yes, or with confirm=N"))
    case .upTo(let limit) where count > limit:
      throw refuse(
        EngineError(
          .unconfirmed, "this changes more than the \(limit) carts that were confirmed"))
    default: break
    }
    changed.insert(key)
  }

  /// An error that ends a bulk run, and is not just one cart's.
  public func fatal(_ error: EngineError) -> EngineError {
    jobs.fatal = error
    return error
  }

  private func refuse(_ error: EngineError) -> EngineError {
    refusal = error
    return fatal(error)
  }

  /// The past cannot be changed.
  func checkPresent() throws(EngineError) {
    guard let moment else { return }
    throw EngineError(
      .refused, "this is how things stood at \(shop.zone.text(moment)); it can only be read")
  }

  // MARK: All or nothing

  /// Does work that is kept as a whole or not at all.
  ///
  /// - Throws: what the body throws, and `conflict` where another writer changed one of the carts;
  ///   then nothing of it was done.
  @discardableResult
  public func atomically<T>(_ body: () throws -> T) throws -> T {
    guard !jobs.isReplaying else { return try body() }
    let flushes = mode == .live && consent == .given && unit.savepoints.isEmpty
    if flushes { try flush() }
    let counts = (changed, eventCount, isFinal, lost, failures, jobs.loops, jobs.made)
    let reason = currentSlot.operation.reason
    func restore() {
      (changed, eventCount, isFinal, lost, failures, jobs.loops, jobs.made) = counts
      currentSlot.operation.reason = reason
      revision += 1
    }
    jobs.atomicDepth += 1
    defer { jobs.atomicDepth -= 1 }
    unit.savepoint()
    let result: T
    do { result = try body() } catch {
      unit.rollback()
      restore()
      throw error
    }
    unit.release(together: true)
    guard flushes else { return result }
    let before = failures.count
    try flush()
    guard failures.count == before else {
      let words = failures[before].message
      restore()
      throw EngineError(.conflict, "nothing of it was done: \(words)")
    }
    return result
  }
}

extension Command {
  /// Whether it is a change that lists and rules look at: not what a person decides of the sale itself.
  var mayBeJudged: Bool {
    switch self {
    case .delete, .hold, .flag, .unflag, .order, .changeOrder, .send, .claim, .release, .note,
      .removeNote:
      false
    default: true
    }
  }
}

extension EventBody {
  /// Whether it is what such a change becomes.
  public var isJudged: Bool {
    switch self {
    case .cartCreated, .lineAdded, .lineChanged, .lineRemoved, .shopperIdentified, .addressSet,
      .attributesSet, .couponApplied, .couponRemoved, .paymentAttempted, .cartRestored:
      true
    default: false
    }
  }
}
