import CartModel
import CartStorage
import CartSupport

/// Commands of a run: confirmed, admitted, counted and judged.
extension Run {
  /// Decides a command on a cart and puts its events into the unit of work.
  ///
  /// - Returns: the cart as it then is.
  /// - Throws: `refused`, `notFound`, `conflict`, `unconfirmed`.
  @discardableResult
  public func execute(_ command: Command, on key: Int64) throws(EngineError) -> Cart {
    try reader.checkPresent()
    let entry: UnitOfWork.Entry
    do {
      guard let found = try unit.entry(key) else {
        throw EngineError(.notFound, "cart: it does not exist any more")
      }
      entry = found
      // What a resumed script does outside its bulk run was done when it first ran.
      if loops.isReplaying { return entry.cart }
      try StoreCheck.check(command, on: entry.cart)
      var command = pinned(command, entry.cart)
      if case .order(let request) = command {
        try `guard`.judgeOrder(entry.cart)
        if !request.isFact, entry.cart.state == .open {
          try CouponCheck(self).checkOrder(of: entry.cart)
        }
      }
      if case .order(var request) = command, request.id.isEmpty {
        request.id = try OrderNumbers.next(shop.store) { try unit.key(order: $0) != nil }
        command = .order(request)
      }
      guard try !admit(.command(command), to: entry).isEmpty else { return entry.cart }
      if command.isJudged { try `guard`.judge(entry) }
    } catch { throw EngineError(error) }
    try flushIfDue()
    return entry.cart
  }

  /// Makes a new cart.
  public func create(
    id: String? = nil, currency: Currency? = nil, _ fields: [ShopperField: String] = [:]
  ) throws(EngineError) -> Cart {
    try reader.checkPresent()
    if loops.isReplaying { return try jobs.replayedCreation() }
    let name = id ?? shop.newID()
    guard try reader.key(named: name) == nil else {
      throw EngineError(.conflict, "cart \(quoted(name)): exists already")
    }
    do {
      let entry = try create(
        name, by: .command(.create(currency ?? shop.settings.currency, fields)))
      if loops.current == nil { tally.made.append(entry.cart.key) }
      try `guard`.judge(entry)
      try flushIfDue()
      return entry.cart
    } catch { throw EngineError(error) }
  }

  /// Where what is done now comes from.
  ///
  /// - Parameter key: of the first event, where it is stored at most once.
  func origin(_ key: EventKey? = nil) -> Admission.Origin {
    Admission.Origin(slots.current, actor: actor, at: now, key: key)
  }

  /// Admits a proposal, as far as the run was confirmed and fits into memory, and counts it.
  ///
  /// - Parameters:
  ///   - key: of the first event, where it is stored at most once.
  ///   - changes: whether the cart becomes different; else it is not counted as changed.
  /// - Returns: the events; none where nothing changes.
  @discardableResult
  func admit(
    _ proposal: Admission.Proposal, to entry: UnitOfWork.Entry, key: EventKey? = nil,
    changes: Bool = true
  ) throws -> [EventBody] {
    let decided = try admission.decided(proposal, on: entry.cart)
    guard !decided.events.isEmpty else { return [] }
    try checkMemory()
    if changes {
      try willChange(entry.cart.key)
    } else {
      tally.marked.insert(entry.cart.key)
    }
    admission.add(
      decided, of: proposal, to: entry, from: origin(key).noEarlier(than: entry.cart))
    count(decided.events)
    return decided.events
  }

  /// Makes a cart by a proposal, as `admit` does.
  func create(_ id: String, by proposal: Admission.Proposal, key: EventKey? = nil) throws
    -> UnitOfWork.Entry
  {
    let decided = try admission.decided(proposal, on: nil)
    try checkMemory()
    try willChange(0)
    let entry = admission.create(id, decided, of: proposal, from: origin(key))
    tally.changed.renameLast(to: entry.cart.key)
    count(decided.events)
    return entry
  }

  /// Adds events that belong to no cart, and counts them.
  func add(loose events: [EventBody]) {
    guard !events.isEmpty else { return }
    admission.add(loose: events, from: origin())
    count(events)
  }

  func count(_ events: [EventBody]) {
    if events.contains(where: \.isFinal) { tally.isFinal = true }
    tally.events += events.count
    reader.revision += 1
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
}
