import CartModel
import CartStorage

/// One event after the other.
extension Replay {
  func accept(_ event: Event) throws {
    guard event.cart != 0 else { return try accept(loose: event) }
    if isSince, let entry = try entry(event.cart), isLeftOut(event, entry.cart) {
      carts.diverged.insert(entry.cart.id)
      if case .cartHeld = event.body, entry.cart.state == .deleted {
        // The undo restored the cart as held; here it is restored as open.
        let restored = EventBody.cartRestored(before: .deleted, judge: false)
        try admission.admit(.recorded(restored), to: entry, from: origin(event))
      }
      // It was asked then, by a pass or for an order; so are the rules that replace it.
      return try judge(entry)
    }
    // What came of it are events of their own, which nobody judges.
    if event.body.isMark {
      carts.compensating.insert(event.operation)
      return
    }
    if event.body.type == .cartCreated {
      try create(event)
    } else {
      guard let entry = try entry(event.cart) else { return }
      guard carts.canHappen(event, to: entry.cart) else {
        carts.count(lost: event)
        return
      }
      if isSince, entry.cart.state == .open, try !keeps(event, entry.cart) {
        lists.leaveOutBan(after: event)
        carts.diverged.insert(entry.cart.id)
        return
      }
      if isSince { carts.note(event, on: entry.cart) }
      try admission.admit(.recorded(event.body), to: entry, from: origin(event))
      try judge(entry, after: event)
    }
    handler.reader.revision += 1
  }

  private func create(_ event: Event) throws {
    guard carts.targets[event.cart] == nil,
      let name = try source.shop.store.cart(event.cart)?.id
    else { return }
    let entry = admission.create(
      name, Decided([event.body]), of: .recorded(event.body), from: origin(event))
    carts.targets[event.cart] = entry.cart.key
    try judge(entry, after: event)
  }

  private func judge(_ entry: UnitOfWork.Entry, after event: Event) throws {
    guard isSince, event.body.isJudged, !carts.compensating.contains(event.operation)
    else { return }
    try judge(entry)
  }

  private func judge(_ entry: UnitOfWork.Entry) throws {
    let version = entry.cart.version
    try batch.guard.judge(entry)
    if entry.cart.version != version { carts.diverged.insert(entry.cart.id) }
  }

  private func accept(loose event: Event) throws {
    switch event.body.ofShop {
    case .entryAdded(let entry):
      guard lists.add(entry, event, isReplaced: isReplaced(event)) else { return }
      admission.add(loose: [event.body], from: origin(event))
    case .entryRemoved(let entry):
      guard !isReplaced(event) else { return }
      // A person removed it; the entry that replaced it here is removed, too.
      let meant = lists.unmade.contains(entry.id) ? try handler.unit.entries(about: entry) : [entry]
      for entry in meant { admission.add(loose: [.entryRemoved(entry)], from: origin(event)) }
    case .settings(let text):
      if !text.isEmpty { try handler.shop.use(try StoreSettings(json: text)) }
      admission.add(loose: [event.body], from: origin(event))
      handler.shop.recorded(text)
    case .product, .customer:
      admission.add(loose: [event.body], from: origin(event))
    // The replay is asked which rules to enforce.
    case .rule, nil: break
    }
  }

  private var admission: Admission { batch.admission }

  private func origin(_ event: Event) -> Admission.Origin {
    Admission.Origin(batch.slots.current, actor: event.actor, at: event.at)
  }

  private func entry(_ key: Int64) throws -> UnitOfWork.Entry? {
    try carts.targets[key].flatMap { try handler.unit.entry($0) }
  }

  /// Whether it is of a rule or policy that is replaced by now.
  private func isReplaced(_ event: Event) -> Bool {
    isSince && replacement.actors.contains(event.actor)
  }

  private func isLeftOut(_ event: Event, _ cart: Cart) -> Bool {
    if isReplaced(event) { return true }
    guard let cause = event.body.cause else { return false }
    if event.body.isFlag { return replacement.names.contains(cause.rule) }
    if carts.restoresHold(event, cart) { return false }
    if cause.rule == ListEntry.List.blacklist.name { return lists.unmade.contains(cause.source) }
    // A person did its verdict again.
    return replacement.names.contains(cause.rule) && !replacement.standing.contains(cause.key)
  }
}
