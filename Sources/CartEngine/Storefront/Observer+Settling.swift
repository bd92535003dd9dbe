import CartModel
import CartStorage

/// Changes of ours on their way to the store: what is asked, and what its answer makes of them.
extension Observer {
  /// A change of ours that a store has not answered, and what it asks of it.
  public struct Request: Equatable, Sendable {
    public var operation: Int64
    public var request: StoreRequest
    /// The store's version that it is decided on; nil where it counts none.
    public var base: Int64?
  }

  /// What is to be asked of a store for a cart, the oldest change first.
  ///
  /// - Complexity: O(events of the cart).
  public func requests(of key: Int64) throws(EngineError) -> [Request] {
    do {
      guard let entry = try run.unit.entry(key), entry.cart.isPending else { return [] }
      let waits = try Waiting(entry.cart, run)
      let base = try look(of: entry)?.version
      var (requests, done) = ([Request](), Set<Int64>())
      for operation in waits.operations.keys.sorted() {
        let before = waits.cart(with: done)
        done.insert(operation)
        guard let before, let after = waits.cart(with: done) else { continue }
        let edits = before.difference(to: after).compactMap { $0.edit(of: before) }
        let own = try run.shop.store.operation(operation)?.key ?? ""
        requests.append(
          Request(
            operation: operation,
            request: StoreRequest(
              key: "\(own):\(entry.cart.key)", cart: entry.cart.binding?.storeID ?? entry.cart.id,
              edits: edits), base: base))
      }
      return requests
    } catch { throw EngineError(error) }
  }

  /// Takes in what a store answered to a change of ours; a conflict or a doubt changes nothing, and the
  /// next look shows what is.
  ///
  /// - Throws: what saving throws.
  public func settle(_ operation: Int64, of key: Int64, _ answer: StoreAnswer) throws(EngineError) {
    do {
      switch answer {
      case .accepted(.cart(let seen)): try accept(operation, key, seen)
      case .accepted(.gone(let gone)):
        guard let entry = try run.unit.entry(key) else { return }
        // What the store does not have any more cannot take a change.
        if try observe(entry.cart.id, .gone(gone)) == .late { try refuse(operation, key) }
      case .refused: try refuse(operation, key)
      case .conflict, .doubtful: return
      }
      try run.flushIfDue()
    } catch { throw EngineError(error) }
  }

  /// The difference between the change and what the store made of it has the actor of the change.
  func accept(_ operation: Int64, _ key: Int64, _ seen: SeenCart) throws {
    guard let entry = try run.unit.entry(key) else { return }
    let waits = try Waiting(entry.cart, run)
    guard let versions = waits.operations[operation],
      let known = waits.cart(with: [operation])
    else { return }
    let maker = try run.shop.store.operation(operation)?.actor ?? .sync
    var observation = known.observation(of: seen, on: entry.cart, set: waits.setLines)
    if observation.totals == nil {
      var totals = entry.cart.stated ?? seen.totals
      totals.keepBases(of: entry.cart)
      observation.totals = totals
    }
    try add(observation, seen, to: entry, by: maker, answering: versions)
    try note(seen, entry, nil, isSweep: false)
  }

  /// A change that the store does not take is undone here; what the shopper did since stays.
  private func refuse(_ operation: Int64, _ key: Int64) throws {
    guard let entry = try run.unit.entry(key) else { return }
    let waits = try Waiting(entry.cart, run)
    guard var versions = waits.operations[operation] else { return }
    // Who undid it meanwhile has nothing left to ask for.
    for undo in waits.undos(of: operation) { versions += waits.operations[undo] ?? [] }
    if let stored = try run.unit.operation(operation), stored.kind.isReversal,
      let target = stored.target
    {
      try revert(target, redo: stored.kind == .undo, key)
    } else {
      try revert(operation, redo: false, key)
    }
    guard let entry = try run.unit.entry(key) else { return }
    try answer(versions, entry)
  }

  /// It may be undone already, or nothing of it be left that can be.
  private func revert(_ operation: Int64, redo: Bool, _ key: Int64) throws(EngineError) {
    do throws(EngineError) { try run.undo.revert(operation, redo: redo, cart: key) } catch {
      guard error.code == .refused else { throw error }
    }
  }
}

extension EventBody {
  /// What it asks of a store; nil for what no store has.
  fileprivate func edit(of cart: Cart) -> StoreEdit? {
    func id(_ line: Line) -> String {
      (cart.lines.first { $0.id == line.id } ?? line).storeID
    }
    switch self {
    case .lineAdded(let line, _): return .add(line)
    case .lineChanged(let line, let quantity): return .setQuantity(line: id(line), quantity)
    case .lineRemoved(let line, _): return .remove(line: id(line))
    case .couponApplied(let code, _): return .applyCoupon(code)
    case .couponRemoved(let code, _): return .removeCoupon(code)
    case .addressSet(let changes):
      return .setAddress(
        Dictionary(changes.map { ($0.field, $0.after) }, uniquingKeysWith: { $1 }))
    case .cartDeleted, .cartHeld: return .delete
    case .cartCreated, .lineRestated, .shopperIdentified, .attributesSet, .cartOrdered, .orderPaid,
      .orderCancelled, .orderRefunded, .cartRestored, .cartFlagged, .cartUnflagged,
      .operationUndone, .operationRedone, .productUpserted, .customerUpserted, .settingsChanged,
      .entryAdded, .entryRemoved, .sourceRecorded, .ruleVersioned, .ruleSet, .decisionMade,
      .policyRan, .cartClaimed, .cartReleased, .cartNoted, .cartUnnoted, .declared:
      return nil
    }
  }
}
