import CartModel
import CartStorage
import CartSupport

/// Judges carts by the lists and the rules: one that matches is held, whole and restorable, and no order
/// comes of it.
public struct Guard {
  let run: Run

  init(_ run: Run) { self.run = run }

  /// The entry of the blacklist that matches a cart; `reads` answers within a transaction.
  private func listed(
    _ cart: Cart, _ reads: (any StorageReads)? = nil,
    where counts: (ListEntry) -> Bool = { _ in true }
  ) throws(EngineError) -> Cause? {
    let (lists, now) = (run.reader.lists, run.now)
    do throws(StoreError) {
      return try lists.entry(against: cart, at: now, run.unit, reads, where: counts)?.cause
    } catch { throw EngineError(error) }
  }

  private func isAllowed(_ cart: Cart) throws(EngineError) -> Bool {
    try run.reader.entry(.allowlist, for: cart.shopper) != nil
  }

  /// Holds a cart that was just changed where a list or rule matches it.
  ///
  /// - Returns: whether it did.
  @discardableResult
  func judge(_ entry: UnitOfWork.Entry) throws(EngineError) -> Bool {
    guard entry.cart.state == .open, !run.judged.isResting else { return false }
    let cart = entry.cart
    if let cause = try listed(cart, where: run.handler.holdingEntries) {
      try record(.hold(cause), on: entry, slot(of: cause.rule))
      return true
    }
    guard let rules = run.handler.judge, try !isAllowed(cart) else { return false }
    for verdict in try rules.verdicts(on: cart, fresh: false, in: run) {
      try decided(
        verdict.decision(on: entry.cart), entry.cart, slot(of: verdict.rule))
      guard !verdict.isShadow, entry.cart.state == .open else { continue }
      switch verdict.outcome {
      case .error, .order, .left: break
      case .flag where entry.cart.flags.contains(verdict.rule): break
      case .flag:
        try record(.flag(verdict.cause), on: entry, slot(of: verdict.rule))
        run.judged.flagged.insert(entry.cart.key)
        if let ban = verdict.ban { try add(ban, verdict, entry.cart) }
      case .hold:
        guard !entry.cart.pardons.contains(verdict.cause.key) else { break }
        try record(.hold(verdict.cause), on: entry, slot(of: verdict.rule))
        if let ban = verdict.ban { try add(ban, verdict, entry.cart) }
      }
    }
    return entry.cart.state == .held
  }

  /// Judges carts in a pass over them: by the lists as they are when it begins.
  ///
  /// - Parameter held: called with each cart, and whether it was held.
  public func judge(_ keys: [Int64], _ held: (Int64, Bool) -> Void) throws(EngineError) {
    try freezeLists()
    defer { run.reader.lists.isFrozen = false }
    for (index, key) in keys.enumerated() {
      try run.hooks.checkInterruption()
      held(key, try judge(key))
      run.hooks.onProgress?(index + 1, keys.count)
    }
  }

  func freezeLists() throws(EngineError) {
    do throws(StoreError) { try run.reader.lists.update(run.now, run.unit) } catch {
      throw EngineError(error)
    }
    run.reader.lists.isFrozen = true
  }

  private func judge(_ key: Int64) throws(EngineError) -> Bool {
    try run.reader.checkPresent()
    let found: UnitOfWork.Entry?
    do throws(StoreError) { found = try run.unit.entry(key) } catch { throw EngineError(error) }
    guard let found else { return false }
    let isHeld = try judge(found)
    if found.cart.state == .open {
      run.judged.unchecked.add(found.cart.shopper, run.reader.lists.blacklist.fields)
    }
    try run.flushIfDue()
    return isHeld
  }

  /// Records what a rule said, unless it said the same before.
  func decided(_ decision: Decision, _ cart: Cart, _ slot: UnitOfWork.OperationSlot)
    throws(EngineError)
  {
    let name = "\(decision.rule) \(cart.id)"
    let word = "\(decision.version) \(decision.outcome.rawValue) \(decision.isShadow)"
    guard run.judged.decisions[name] != word else { return }
    run.judged.decisions[name] = word
    if cart.key > 0 {
      do throws(StoreError) {
        if let last = try recorded(decision.rule, on: cart.key),
          "\(last.version) \(last.outcome) \(last.isShadow)" == word
        {
          return
        }
      } catch { throw EngineError(error) }
    }
    run.admission.add(loose: [.decisionMade(decision)], from: .init(slot, at: run.now))
  }

  /// Puts a person on the blacklist for a rule; each time twice as long as the time before.
  private func add(_ ban: Verdict.Ban, _ verdict: Verdict, _ cart: Cart) throws(EngineError) {
    let field: ShopperField = ban.by == .ip ? .ip : ban.by == .email ? .email : .country
    guard let pattern = try? ListEntry.Pattern(ban.by, cart.shopper[field]) else { return }
    let earlier = try run.reader.entries(.blacklist).filter { $0.pattern == pattern }
    var span = ban.ttl.milliseconds
    for old in earlier {
      guard let expires = old.expires else { return }
      span = max(span, 2 * (expires.milliseconds - old.created.milliseconds))
    }
    let slot = slot(of: verdict.rule)
    let entry = ListEntry(
      id: run.shop.newID(), list: .blacklist, pattern: pattern, reason: verdict.reason,
      tell: verdict.tell, author: slot.operation.actor, created: run.now,
      expires: run.now.advanced(by: min(span, Self.longestBan)))
    run.admission.add(
      loose: earlier.map { .entryRemoved($0) } + [.entryAdded(entry)],
      from: .init(slot, at: run.now))
    run.reader.revision += 1
  }

  /// A year; milliseconds.
  private static let longestBan: Int64 = 365 * 86_400_000

  /// Sets what becomes of a rule's verdicts, as the rule itself does when it falls back to shadow; it
  /// stands whatever becomes of the run.
  public func record(setting: RuleSetting) { run.judged.fallen[setting.rule] = setting }

  /// How many carts a rule held in this run, or refused an order of.
  public func holds(of rule: String, without key: Int64) -> Int64 {
    if run.judged.holders.rewinds != run.unit.rewinds {
      let all = run.judged.holders.carts
      run.judged.holders = (run.unit.rewinds, [:])
      for (name, keys) in all {
        run.judged.holders.carts[name] = keys.filter {
          (try? run.reader.cart($0))??.heldBy?.rule == name
        }
      }
    }
    let held = run.judged.holders.carts[rule] ?? []
    let others = run.judged.refused.filter { $0.value.cause.rule == rule && !held.contains($0.key) }
      .keys
    return Int64(held.count + others.count)
      - (held.contains(key) || others.contains(key) ? 1 : 0)
  }

  /// Records what a person does about rules, as part of this run.
  public func record(rules events: [EventBody]) {
    run.add(loose: events)
    // A version is no change of anything: only what is set can be undone.
    run.tally.events -= events.count { if case .ruleSet = $0 { false } else { true } }
  }

  /// What keeps a cart from being sold: the lists first, then the enforced rules.
  ///
  /// - Parameter isAsked: whether nothing follows for the rules.
  private func refusal(of cart: Cart, isAsked: Bool = false) throws(EngineError)
    -> GuardState.Refusal?
  {
    if let cause = try listed(cart) { return GuardState.Refusal(cause: cause) }
    guard let rules = run.handler.judge, try !isAllowed(cart) else { return nil }
    let verdict = try rules.verdicts(on: cart, fresh: true, in: isAsked ? nil : run).first {
      $0.outcome == .hold && !$0.isShadow && !cart.pardons.contains($0.cause.key)
    }
    return verdict.map { GuardState.Refusal(cause: $0.cause, decision: $0.decision(on: cart)) }
  }

  /// What an order of a cart would be refused for; nothing follows from asking.
  public func orderRefusal(of cart: Cart) throws(EngineError) -> Cause? {
    try refusal(of: cart, isAsked: true)?.cause
  }

  /// - Throws: `refused` where an entry or a rule matches it; the cart is then held when the run ends.
  func judgeOrder(_ cart: Cart) throws(EngineError) {
    guard cart.state == .open, let refusal = try refusal(of: cart) else { return }
    let cause = refusal.cause
    if run.mode == .live { run.judged.refused[cart.key] = refusal }
    throw EngineError(
      .refused,
      "cart \(cart.id): no order is made of it: \(cause.listed); 'allowlist add' lets "
        + "the person buy")
  }

  private func record(
    _ command: Command, on entry: UnitOfWork.Entry, by admission: Admission? = nil,
    _ slot: UnitOfWork.OperationSlot
  ) throws(EngineError) {
    do {
      let origin = Admission.Origin(slot, at: run.now).noEarlier(than: entry.cart)
      let events = try (admission ?? run.admission).admit(
        .command(command), to: entry, from: origin)
      if case .hold(let cause?) = command {
        run.judged.held.append(entry.cart.key)
        run.judged.holders.carts[cause.rule, default: []].insert(entry.cart.key)
      }
      run.tally.events += events.count
      run.reader.revision += 1
    } catch { throw EngineError(error) }
  }

  /// The operation of a rule's verdicts in this run.
  func slot(of rule: String) -> UnitOfWork.OperationSlot {
    run.slots.slot(of: .rule(rule), rule, at: run.now)
  }

  /// Looks again, in the transaction that writes it, at an order whose person another process may have
  /// listed meanwhile.
  func checkOrder(_ cart: Cart, _ writer: any WriteTransaction, othersWrote: Bool)
    throws(EngineError)
  {
    try run.policies.checkCap(cart, writer)
    guard othersWrote else { return }
    run.reader.lists.refresh()
    guard let cause = try listed(cart, writer) else { return }
    run.judged.refused[cart.key] = GuardState.Refusal(cause: cause)
    throw EngineError(.refused, "cart \(cart.id): no order is made of it: \(cause.listed)")
  }

  /// Holds the carts whose orders were refused, also when the run failed.
  func holdRefused() throws(EngineError) {
    guard !run.judged.refused.isEmpty || !run.judged.fallen.isEmpty else { return }
    run.shop.store.look()
    run.reader.lists.refresh()
    let refusals = run.judged.refused.sorted { $0.key < $1.key }
    let settings = run.judged.fallen.values.sorted { $0.rule < $1.rule }
    (run.judged.refused, run.judged.fallen) = ([:], [:])
    let own = UnitOfWork(store: run.shop.store)
    let admission = Admission(run.shop, own)
    var slots: [String: UnitOfWork.OperationSlot] = [:]
    func slot(_ rule: String) -> UnitOfWork.OperationSlot {
      if let known = slots[rule] { return known }
      let made = UnitOfWork.OperationSlot(
        Operation(key: run.shop.newOperationKey(), actor: .rule(rule), command: rule, at: run.now))
      slots[rule] = made
      run.slots.others.append(made)
      return made
    }
    func add(_ body: EventBody, _ slot: UnitOfWork.OperationSlot) {
      admission.add(loose: [body], from: .init(slot, at: run.now))
    }
    do {
      for setting in settings { add(.ruleSet(setting), slot(setting.rule)) }
      for (key, refusal) in refusals {
        let cause = refusal.cause
        // What was refused by an entry that the run itself put on may be gone with the run.
        guard let name = try run.unit.entry(key)?.cart.id, let stored = try own.key(named: name),
          let entry = try own.entry(stored), entry.cart.state == .open,
          try refusal.decision != nil || listed(entry.cart) == cause
        else { continue }
        try record(.hold(cause), on: entry, by: admission, slot(cause.rule))
        if let decision = refusal.decision { add(.decisionMade(decision), slot(cause.rule)) }
      }
      for failure in try own.flush(run.shop) {
        if let error = failure.error { run.tally.failures.append(error) }
      }
      run.unit.refresh()
      run.reader.revision += 1
    } catch { throw EngineError(error) }
  }
}
