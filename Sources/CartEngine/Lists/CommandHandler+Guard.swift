import CartModel
import CartStore

/// Who may not buy: a hit takes the cart out of sale, whole and restorable, and no order comes of it.
extension CommandHandler {
  /// Why a cart may not be sold; nil where nothing speaks against it.
  public func cause(against cart: Cart) throws(EngineError) -> Cause? {
    do throws(StoreError) { return try lists.entry(against: cart, at: now, unit)?.cause } catch {
      throw EngineError(error)
    }
  }

  /// Takes a cart that was just changed out of sale where something speaks against it.
  func judge(_ entry: UnitOfWork.Entry) throws(EngineError) {
    guard entry.cart.state == .open, let cause = try cause(against: entry.cart) else { return }
    try record(hold: cause, on: entry, in: unit, slot(of: cause.rule))
  }

  /// - Throws: `refused` where something speaks against it; the cart is then held when the run ends.
  func judgeOrder(_ cart: Cart) throws(EngineError) {
    guard cart.state == .open, let cause = try cause(against: cart) else { return }
    if mode == .live { refused[cart.key] = cause }
    throw EngineError(
      .refused,
      "cart \(cart.id): no order is made of it: \(cause.rule), \(cause.reason); 'allowlist add' lets "
        + "the person buy")
  }

  private func record(
    hold cause: Cause, on entry: UnitOfWork.Entry, in unit: UnitOfWork,
    _ slot: UnitOfWork.OperationSlot
  ) throws(EngineError) {
    do {
      let events = try decide(.hold(cause), on: entry.cart, shop.settings)
      unit.add(
        UnitOfWork.Step(
          events: events, actor: slot.operation.actor, at: max(now, entry.cart.updated),
          operation: slot, again: .command(.hold(cause))),
        to: entry)
      noteHeld(entry.cart.key)
      eventCount += events.count
      revision += 1
    } catch { throw EngineError(error) }
  }

  /// The operation of a rule's verdicts in this run.
  private func slot(of rule: String) -> UnitOfWork.OperationSlot {
    let actor = Actor.rule(rule)
    if let known = others.last(where: {
      $0.operation.actor == actor && $0.operation.kind == .change
    }) {
      return known
    }
    let made = UnitOfWork.OperationSlot(
      Operation(key: "", actor: actor, command: rule, at: now))
    others.append(made)
    return made
  }

  /// Takes the carts out of sale whose orders were refused, whatever became of the run.
  func holdRefused() throws(EngineError) {
    guard !refused.isEmpty else { return }
    let causes = refused.sorted { $0.key < $1.key }
    refused = [:]
    let own = UnitOfWork(store: shop.store)
    var slots: [String: UnitOfWork.OperationSlot] = [:]
    do {
      for (key, cause) in causes {
        guard let name = try unit.entry(key)?.cart.id, let stored = try own.key(named: name),
          let entry = try own.entry(stored), entry.cart.state == .open
        else { continue }
        let slot =
          slots[cause.rule]
          ?? .init(
            Operation(
              key: shop.newOperationKey(), actor: .rule(cause.rule), command: cause.rule, at: now))
        slots[cause.rule] = slot
        try record(hold: cause, on: entry, in: own, slot)
      }
      for failure in try own.flush(shop) {
        if let error = failure.error { failures.append(error) }
      }
    } catch { throw EngineError(error) }
  }
}
