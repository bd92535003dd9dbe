import CartModel
import CartStorage
import CartSupport

/// One run of a policy over the carts: what it ordered, and what it still may.
public final class PolicyTally {
  public let policy: String
  public let version: Int64
  public let isShadow: Bool
  public let cap: OrderCap
  let slot: UnitOfWork.OperationSlot
  fileprivate var orders: Int64 = 0
  fileprivate var total: Money?
  /// Orders of the flush under way that were let through.
  fileprivate var passed: [Money] = []

  fileprivate init(
    _ policy: String, _ version: Int64, isShadow: Bool, _ cap: OrderCap,
    _ slot: UnitOfWork.OperationSlot
  ) {
    self.policy = policy
    self.version = version
    self.isShadow = isShadow
    self.cap = cap
    self.slot = slot
  }
}

/// Policies: orders that nobody types, each at most once and within a cap.
public struct Policies {
  let run: Run

  init(_ run: Run) { self.run = run }

  /// Begins a run of a policy; what it ordered within the cap's span counts.
  ///
  /// - Parameter isTrial: whether nothing will be ordered.
  public func begin(
    policy: String, version: Int64, isShadow: Bool, cap: OrderCap, isTrial: Bool = false
  ) throws(EngineError) -> PolicyTally {
    let slot = UnitOfWork.OperationSlot(
      Operation(key: "", actor: .policy(policy), command: "policy \(policy)", at: run.now))
    let tally = PolicyTally(policy, version, isShadow: isShadow, cap, slot)
    for amount in try earlier(tally, run.shop.store) { try tally.count(amount) }
    guard !isTrial else { return tally }
    if !isShadow { run.judged.tallies[policy] = tally }
    run.slots.others.append(slot)
    return tally
  }

  /// Orders a cart for a policy, whole or not at all.
  ///
  /// - Throws: `refused`, `conflict` and other reasons not to order; nothing is changed then.
  @discardableResult
  public func order(_ terms: OrderTerms, on key: Int64, reason: String, for tally: PolicyTally)
    throws(EngineError) -> Cart
  {
    guard let cart = try run.reader.cart(key) else {
      throw EngineError(.notFound, "cart: it does not exist any more")
    }
    try tally.check(try price(cart))
    let (person, outer) = (run.actor, run.slots.current)
    (run.handler.actor, run.slots.current) = (.policy(tally.policy), tally.slot)
    defer { (run.handler.actor, run.slots.current) = (person, outer) }
    run.judged.ordering[key] = tally.policy
    do {
      let cart = try run.atomically { try terms.order(key, in: run) }
      // Only what was written was ordered.
      try run.guard.decided(tally.decision(on: cart, .order, reason), cart, tally.slot)
      if let total = cart.order?.total { try tally.count(total) }
      return cart
    } catch {
      run.judged.ordering[key] = nil
      throw EngineError(error)
    }
  }

  /// Counts a cart as ordered, as far as the cap goes, and records nothing.
  public func count(_ cart: Cart, for tally: PolicyTally) throws(EngineError) {
    let total = try price(cart)
    try tally.check(total)
    try tally.count(total)
  }

  /// Records what a policy in shadow would order.
  public func wouldOrder(_ cart: Cart, reason: String, for tally: PolicyTally) throws(EngineError) {
    try count(cart, for: tally)
    try record(tally.decision(on: cart, .order, reason), cart, tally)
  }

  /// Records that a policy wanted to order a cart, and why it did not; or that it failed.
  public func left(
    _ cart: Cart, reason: String, isError: Bool = false, for tally: PolicyTally
  ) throws(EngineError) {
    try record(tally.decision(on: cart, isError ? .error : .left, reason), cart, tally)
  }

  /// Records that the policy ran.
  public func end(_ tally: PolicyTally, carts: Int, orders: Int, left: Int) {
    guard run.mode == .live else { return }
    let ran = PolicyRun(
      policy: tally.policy, version: tally.version, isShadow: tally.isShadow,
      carts: Int64(carts), orders: Int64(orders), left: Int64(left))
    run.admission.add(
      loose: [.policyRan(ran)], from: .init(tally.slot, at: run.now))
  }

  private func record(_ decision: Decision, _ cart: Cart, _ tally: PolicyTally)
    throws(EngineError)
  {
    guard run.mode == .live else { return }
    try run.guard.decided(decision, cart, tally.slot)
  }

  private func price(_ cart: Cart) throws(EngineError) -> Money {
    do throws(ModelError) { return try cart.price(run.reader.settings).total } catch {
      throw EngineError(error)
    }
  }

  private func earlier(_ tally: PolicyTally, _ store: any StorageReads) throws(EngineError)
    -> [Money]
  {
    do throws(StoreError) {
      return try store.orders(
        by: .policy(tally.policy), after: run.now.advanced(by: -tally.cap.per.milliseconds))
    } catch { throw EngineError(error) }
  }

  /// Checks in the transaction that writes: another process may have ordered for the same policy, or from
  /// the same stock, since this run counted.
  func checkCap(_ cart: Cart, _ writer: any WriteTransaction) throws(EngineError) {
    guard let policy = run.judged.ordering[cart.key], let tally = run.judged.tallies[policy],
      let total = cart.order?.total
    else { return }
    let fresh = PolicyTally(
      policy, tally.version, isShadow: false, tally.cap, tally.slot)
    for amount in try earlier(tally, writer) + tally.passed { try fresh.count(amount) }
    try fresh.check(total)
    if let words = try SaleCheck(run, drift: .init(millionths: 0)).shortage(of: cart, writer) {
      throw EngineError(.refused, words)
    }
    tally.passed.append(total)
  }

  /// Before a flush: nothing of it has been let through yet.
  func resetCaps() { for tally in run.judged.tallies.values { tally.passed = [] } }
}

extension PolicyTally {
  /// Whether not one more order may be made, whatever its amount.
  public var isFull: Bool { cap.orders.map { orders >= $0 } ?? false }

  /// - Throws: `refused` where one more order of this amount is beyond the cap.
  func check(_ amount: Money) throws(EngineError) {
    if let most = cap.orders, orders >= most {
      throw EngineError(.refused, "cap: \(CountText.count(most, "order")) in \(cap.per)")
    }
    guard let most = cap.total else { return }
    guard amount.currency == most.currency else {
      throw EngineError(
        .refused, "cap: it is in \(most.currency), the cart in \(amount.currency)")
    }
    let sum: Money
    do throws(ModelError) { sum = try (total ?? .zero(most.currency)) + amount } catch {
      throw EngineError(error)
    }
    guard sum.minor > most.minor else { return }
    throw EngineError(
      .refused, "cap: \(most) \(most.currency) in \(cap.per), with this one it would be \(sum)")
  }

  fileprivate func count(_ amount: Money) throws(EngineError) {
    orders += 1
    guard let most = cap.total, amount.currency == most.currency else { return }
    do throws(ModelError) { total = try (total ?? .zero(most.currency)) + amount } catch {
      throw EngineError(error)
    }
  }

  fileprivate func decision(on cart: Cart, _ outcome: Decision.Outcome, _ reason: String)
    -> Decision
  {
    Decision(
      cart: cart.id, rule: policy, version: version, outcome: outcome, isShadow: isShadow,
      reason: String(reason.prefix(500).filter { $0 != "\0" }))
  }
}
