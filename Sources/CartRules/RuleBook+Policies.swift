import CartEngine
import CartModel
import CartScripting
import CartStore
import CartSupport

/// The result of a run of one policy.
public struct PolicyResult: Sendable {
  public var policy: String
  public var version: Int64
  /// Whether it was only counted.
  public var isShadow: Bool
  /// How many carts it looked at.
  public var judged = 0
  /// Carts that it ordered, or would have, and those that it left, in the order of looking.
  public var carts: [Item] = []
  /// Whether it stopped because no more orders may be made.
  public var isFull = false
  public var cap: OrderCap

  public struct Item: Sendable {
    public var cart: String
    public var outcome: Decision.Outcome
    public var total: Money?
    public var reason: String
  }

  public var ordered: [Item] { carts.filter { $0.outcome == .order } }
  public var left: Int { carts.count - ordered.count }
}

/// Auto-order: policies that are due look at all open carts.
extension RuleBook {
  /// Runs the policies that are due.
  ///
  /// - Parameters:
  ///   - only: one policy, whether it is due or not; nil for all.
  ///   - isTrial: counts what each would order now, due or not, in whatever mode it is.
  public func runPolicies(_ only: String? = nil, isTrial: Bool = false) throws -> [PolicyResult] {
    var results: [PolicyResult] = []
    lastCheck = nil
    defer { lastCheck = nil }
    for state in try rules() where state.current.kind == .policy {
      guard state.setting.mode != .off, only == nil || only == state.name else { continue }
      do {
        guard try only != nil || isTrial || isDue(state) else { continue }
        results.append(try run(state, state.current, isShadow: state.setting.mode != .enforce))
      } catch {
        // One that cannot be loaded keeps no other from running.
        guard only == nil, Self.isItsOwn(error) else { throw error }
        messages("policy \(state.name): does not run: \(printable("\(error)"))")
      }
    }
    return results
  }

  /// Counts what the newest version of a policy would order now.
  public func tryOut(policy name: String) throws -> PolicyResult {
    let state = try rule(name)
    return try asking { try run(state, state.newest, isShadow: true) }
  }

  /// What each policy would do with a cart as it is now; nothing follows from asking.
  public func proposals(on cart: Cart) throws -> [(policy: PolicyResult, item: PolicyResult.Item)] {
    var list: [(policy: PolicyResult, item: PolicyResult.Item)] = []
    guard cart.state == .open else { return [] }
    for state in try rules() where state.current.kind == .policy && state.setting.mode != .off {
      if let proposal = try proposal(of: state, state.current, on: cart) { list.append(proposal) }
    }
    return list
  }

  /// What a version of a policy would do with a cart as it is now; nil where it is not about it.
  func proposal(of state: RuleState, _ version: RuleVersion, on cart: Cart) throws -> (
    policy: PolicyResult, item: PolicyResult.Item
  )? {
    let result = try asking {
      var run = try begin(
        state, version, isShadow: state.setting.mode != .enforce, isTrial: true)
      try decide(cart, &run)
      return run.result
    }
    return result.carts.first.map { (result, $0) }
  }

  /// When a policy is due next; nil for now.
  public func nextRun(of state: RuleState) throws -> Timestamp? {
    guard let every = try PolicyInstance(state.current, handler, log: { _ in }).policy.every,
      let last = try handler.shop.store.lastRun(of: state.name, until: handler.now)
    else { return nil }
    let next = last.at.advanced(by: every.milliseconds)
    return next > handler.now ? next : nil
  }

  private func isDue(_ state: RuleState) throws -> Bool { try nextRun(of: state) == nil }

  /// Whether an error is the policy's, and not the database's or an interrupt.
  private static func isItsOwn(_ error: any Error) -> Bool {
    switch error {
    case let error as ScriptError: error.code != .interrupted
    case let error as EngineError: error.code == .notFound
    default: false
    }
  }

  private func run(_ state: RuleState, _ version: RuleVersion, isShadow: Bool) throws
    -> PolicyResult
  {
    var run = try begin(state, version, isShadow: isShadow, isTrial: isAsking)
    var open = Filter()
    // The cart that waits longest is first, as far as the cap allows.
    open.sort = .init(field: .updated, descending: false)
    for key in try handler.reader.keys(matching: open) {
      try handler.hooks.checkInterruption()
      if run.tally.isFull {
        run.result.isFull = true
        break
      }
      guard let cart = try handler.reader.cart(key), cart.state == .open else { continue }
      run.result.judged += 1
      try decide(cart, &run)
      if run.isStopped { break }
    }
    if !run.tally.isShadow { lastCheck = run.check }
    if !isAsking {
      handler.run.policies.end(
        run.tally, carts: run.result.judged, orders: run.result.ordered.count,
        left: run.result.left)
    }
    return run.result
  }

  private func begin(
    _ state: RuleState, _ version: RuleVersion, isShadow: Bool, isTrial: Bool
  ) throws -> Run {
    let instance = try PolicyInstance(version, handler) { [weak self] in
      self?.say($0)
    }
    let cap = instance.policy.cap
    return Run(
      state: state, instance: instance,
      check: SaleCheck(handler.run, drift: instance.policy.drift, after: lastCheck),
      tally: try handler.run.policies.begin(
        policy: state.name, version: version.number, isShadow: isShadow, cap: cap,
        isTrial: isTrial),
      result: PolicyResult(
        policy: state.name, version: version.number, isShadow: isShadow, cap: cap))
  }

  /// A run under way.
  private struct Run {
    let state: RuleState
    let instance: PolicyInstance
    let check: SaleCheck
    let tally: PolicyTally
    var result: PolicyResult
    var failures = 0
    var isStopped = false
  }

  private func decide(_ cart: Cart, _ run: inout Run) throws {
    let total = try? cart.price(handler.settings).total
    func add(_ outcome: Decision.Outcome, _ reason: String) {
      run.result.carts.append(
        .init(cart: cart.id, outcome: outcome, total: total, reason: reason))
    }
    let proposal: (reason: String, terms: OrderTerms)?
    do {
      proposal = try confirmed(run.instance, cart)
      run.failures = 0
    } catch let error as ScriptError where error.code != .interrupted {
      add(.error, error.message)
      run.failures += 1
      if !isAsking {
        try handler.run.policies.left(cart, reason: error.message, isError: true, for: run.tally)
      }
      // What fails on cart after cart is wrong itself.
      guard run.failures >= Self.failuresAllowed else { return }
      run.isStopped = true
      if !isAsking, !run.tally.isShadow {
        fallBack(run.state, "it failed \(run.failures) times in a row: \(error.message)")
      }
      return
    }
    guard let proposal else { return }
    do throws(EngineError) {
      if let words = try run.check.objection(to: cart) { throw EngineError(.refused, words) }
      // Where nothing is ordered nothing else judges by the lists and rules.
      if isAsking || run.tally.isShadow, let words = try refusal(of: cart) {
        throw EngineError(.refused, words)
      }
      if isAsking {
        try handler.run.policies.count(cart, for: run.tally)
      } else if run.tally.isShadow {
        try handler.run.policies.wouldOrder(cart, reason: proposal.reason, for: run.tally)
      } else {
        // It may have been switched off since.
        guard try isInForce(run.state) else {
          run.isStopped = true
          return
        }
        try handler.run.policies.order(
          proposal.terms, on: cart.key, reason: proposal.reason, for: run.tally)
      }
      run.check.took(cart)
      add(.order, proposal.reason)
    } catch {
      switch error.code {
      case .store, .damaged, .interrupted, .unconfirmed, .file: throw error
      case .refused, .conflict, .notFound: add(.left, error.message)
      default: add(.error, error.message)
      }
      if !isAsking {
        let isError = run.result.carts.last?.outcome == .error
        try handler.run.policies.left(cart, reason: error.message, isError: isError, for: run.tally)
      }
    }
  }

  private func isInForce(_ state: RuleState) throws(EngineError) -> Bool {
    do {
      let now = RuleState.fold(try handler.shop.store.ruleEvents())[state.name]
      return now?.setting.mode == .enforce && now?.current.number == state.current.number
    } catch { throw EngineError(error) }
  }

  private func refusal(of cart: Cart) throws(EngineError) -> String? {
    let outer = isAsking
    isAsking = true
    defer { isAsking = outer }
    return try handler.run.guard.orderRefusal(of: cart).map(\.words)
  }

  /// What an earlier cart left behind in the instance must not decide.
  private func confirmed(_ instance: PolicyInstance, _ cart: Cart) throws -> (
    reason: String, terms: OrderTerms
  )? {
    guard try instance.decide(cart) != nil else { return nil }
    try instance.renew()
    guard let again = try instance.decide(cart) else {
      throw ScriptError(
        .failed,
        "it would order cart \(cart.id), but not in a fresh instance: it depends on other carts")
    }
    return again
  }
}
