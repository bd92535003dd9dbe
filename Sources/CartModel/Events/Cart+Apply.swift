extension Cart {
  /// Applies an event, the cart's version and times included.
  ///
  /// Total: never fails, also over a history with holes. A change of a line that is not there
  /// brings it back with the value it was given, so that what came later stands.
  public mutating func apply(_ event: Event) {
    head = event.seq
    apply(event.body, version: event.version, actor: event.actor, at: event.at)
  }

  /// Applies what happened before it has its place in the event log.
  public mutating func apply(
    _ body: EventBody, version: Int64, actor: Actor, at time: Timestamp
  ) {
    self.version = version
    updated = time
    let isOpen = state == .open
    apply(body, at: time)
    // A shopper's act ends a pause, and so does the end of an open cart.
    if isOpen, actor.isShopper || state != .open { endPause(at: time) }
    if !isOpen, state == .open { resumePause() }
    if actor.isShopper, body.traits.marks.contains(.wakes) { touched = time }
    guard isOfStore else { return }
    if case .shopperIdentified(let changes) = body { noteReported(changes, by: actor) }
    if state.isOver || actor.reports && body.state == .deleted {
      endWaiting()
    } else if !actor.isShopper, !actor.reports, body.traits.marks.contains(.edit),
      // A deleted cart is changed only here.
      state != .deleted || body.state == .deleted
    {
      wait(for: version)
    }
  }

  /// Applies what happened, without version and times.
  public mutating func apply(_ body: EventBody, at time: Timestamp) {
    switch body {
    case .cartCreated(let currency, let changes, let attributes):
      self.currency = currency
      created = time
      state = .open
      set(changes)
      set(attributes)
    case .lineAdded(let line, let place):
      if let index = lines.firstIndex(where: { $0.id == line.id }) {
        let sum = lines[index].quantity.addingReportingOverflow(line.quantity)
        lines[index].quantity = sum.overflow ? Line.quantities.upperBound : sum.partialValue
      } else if let place, place < lines.count {
        lines.insert(line, at: max(place, 0))
      } else {
        lines.append(line)
      }
    case .lineChanged(var line, let quantity):
      line.quantity = quantity
      if let index = lines.firstIndex(where: { $0.id == line.id }) {
        lines[index].quantity = quantity
      } else {
        lines.append(line)
      }
    case .lineRemoved(let line, _):
      lines.removeAll { $0.id == line.id }
    case .lineRestated(_, var line):
      // Who removed it meanwhile did not mean another name of it.
      guard let index = lines.firstIndex(where: { $0.id == line.id }) else { return }
      line.quantity = lines[index].quantity
      lines[index] = line
    case .shopperIdentified(let changes), .addressSet(let changes):
      set(changes)
    case .attributesSet(let changes): set(changes)
    case .couponApplied(let code, let place):
      guard !coupons.contains(code) else { return }
      coupons.insert(code, at: min(max(place ?? coupons.count, 0), coupons.count))
    case .couponRemoved(let code, _):
      coupons.removeAll { $0 == code }
    case .cartOrdered(let record):
      (state, heldBy) = (.ordered, nil)
      order = Order(
        id: record.id, at: time, lines: record.lines, total: record.total, state: .placed)
      order?.amounts = record.amounts
    case .orderPaid(_, let total, _):
      order?.state = .paid
      if let total { order?.total = total }
    case .orderCancelled: order?.state = .cancelled
    case .orderRefunded: order?.state = .refunded
    case .cartDeleted:
      guard !state.isOver else { return }
      (state, heldBy) = (.deleted, nil)
    case .cartHeld(_, let cause):
      guard !state.isOver else { return }
      (state, heldBy) = (.held, cause)
      if let cause { pardons.removeAll { $0 == cause.key } }
    case .cartRestored(_, let judge):
      guard !state.isOver else { return }
      if judge {
        pardons = []
      } else if let key = heldBy?.key, !pardons.contains(key) {
        pardons.append(key)
      }
      (state, heldBy) = (.open, nil)
    case .cartFlagged(let cause):
      guard !flags.contains(cause.rule) else { return }
      flags.append(cause.rule)
      flags.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    case .cartUnflagged(let rule): flags.removeAll { $0 == rule }
    case .cartClaimed(_, let claim): self.claim = claim
    case .cartReleased: claim = nil
    case .cartNoted(let note, let place):
      guard !notes.contains(note) else { return }
      notes.insert(note, at: min(max(place ?? notes.count, 0), notes.count))
    case .cartUnnoted(let note, _): notes.removeAll { $0 == note }
    case .declared(let event): event.payload.apply(to: &self)
    case .operationUndone, .operationRedone, .productUpserted,
      .customerUpserted, .settingsChanged, .entryAdded, .entryRemoved, .sourceRecorded,
      .ruleVersioned, .ruleSet, .decisionMade, .policyRan:
      break
    }
  }

  private mutating func set(_ changes: [FieldChange]) {
    for change in changes { shopper[change.field] = change.after }
  }
}
