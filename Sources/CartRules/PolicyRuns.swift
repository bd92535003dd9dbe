import CartEngine
import CartModel
import CartScripting
import CartStorage
import CartSupport

/// Auto-order: policies that are due look at all open carts.
final class PolicyRuns: CatalogueWork {
  let catalogue: RuleCatalogue
  private let breaker: RuleBreaker
  /// What the policy took that ran last.
  private var lastCheck: SaleCheck?

  init(_ catalogue: RuleCatalogue, _ breaker: RuleBreaker) {
    (self.catalogue, self.breaker) = (catalogue, breaker)
  }

  /// Runs the policies that are due.
  ///
  /// - Parameters:
  ///   - only: one policy, whether it is due or not; nil for all.
  ///   - isTrial: counts what each would order now, due or not, in whatever mode it is.
  func run(_ only: String? = nil, isTrial: Bool = false, in run: Run) throws
    -> [PolicyResult]
  {
    var results: [PolicyResult] = []
    for state in try rules() where state.current.kind == .policy {
      guard state.setting.mode != .off, only == nil || only == state.name else { continue }
      do {
        guard try only != nil || isTrial || isDue(state) else { continue }
        var pass = try begin(
          state, state.current, isShadow: state.setting.mode != .enforce, in: run)
        results.append(try take(&pass, run))
      } catch {
        // One that cannot be loaded keeps no other from running.
        guard only == nil, Self.isItsOwn(error) else { throw error }
        catalogue.messages("policy \(state.name): does not run: \(printable("\(error)"))")
      }
    }
    return results
  }

  /// Counts what the newest version of a policy would order now.
  func tryOut(policy name: String, in run: Run) throws -> PolicyResult {
    let state = try rule(name)
    var pass = try begin(state, state.newest, isShadow: true, isTrial: true, in: run)
    return try take(&pass, run)
  }

  /// What each policy would do with a cart as it is now; nothing follows from asking.
  func proposals(on cart: Cart, in run: Run) throws -> [(
    policy: PolicyResult, item: PolicyResult.Item
  )] {
    var list: [(policy: PolicyResult, item: PolicyResult.Item)] = []
    guard cart.state == .open else { return [] }
    for state in try rules() where state.current.kind == .policy && state.setting.mode != .off {
      if let proposal = try proposal(of: state, state.current, on: cart, in: run) {
        list.append(proposal)
      }
    }
    return list
  }

  /// What a version of a policy would do with a cart as it is now; nil where it is not about it.
  func proposal(
    of state: RuleState, _ version: RuleVersion, on cart: Cart, in run: Run
  ) throws -> (policy: PolicyResult, item: PolicyResult.Item)? {
    var pass = try begin(
      state, version, isShadow: state.setting.mode != .enforce, isTrial: true, in: run)
    try decide(cart, &pass, run)
    return pass.result.carts.first.map { (pass.result, $0) }
  }

  /// When a policy is due next; nil for now.
  func nextRun(of state: RuleState) throws -> Timestamp? {
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

  /// Looks at all open carts.
  private func take(_ pass: inout PolicyPass, _ run: Run) throws -> PolicyResult {
    var open = Filter()
    // The cart that waits longest is first, as far as the cap allows.
    open.sort = .init(field: .updated, descending: false)
    for key in try handler.reader.keys(matching: open) {
      try handler.hooks.checkInterruption()
      if pass.tally.isFull {
        pass.result.isFull = true
        break
      }
      guard let cart = try handler.reader.cart(key), cart.state == .open else { continue }
      pass.result.judged += 1
      try decide(cart, &pass, run)
      if pass.isStopped { break }
    }
    if !pass.tally.isShadow { lastCheck = pass.check }
    if !pass.isTrial {
      run.policies.end(
        pass.tally, carts: pass.result.judged, orders: pass.result.ordered.count,
        left: pass.result.left)
    }
    return pass.result
  }

  private func begin(
    _ state: RuleState, _ version: RuleVersion, isShadow: Bool, isTrial: Bool = false, in run: Run
  ) throws -> PolicyPass {
    let instance = try PolicyInstance(version, handler) {
      [catalogue] in catalogue.say($0)
    }
    let cap = instance.policy.cap
    return PolicyPass(
      state: state, instance: instance, isTrial: isTrial,
      check: SaleCheck(run, drift: instance.policy.drift, after: lastCheck),
      tally: try run.policies.begin(
        policy: state.name, version: version.number, isShadow: isShadow, cap: cap,
        isTrial: isTrial),
      result: PolicyResult(
        policy: state.name, version: version.number, isShadow: isShadow, cap: cap))
  }

  private func decide(_ cart: Cart, _ pass: inout PolicyPass, _ run: Run) throws {
    let total = try? cart.price(handler.settings).total
    func add(_ outcome: Decision.Outcome, _ reason: String) {
      pass.result.carts.append(
        .init(cart: cart.id, outcome: outcome, total: total, reason: reason))
    }
    let proposal: (reason: String, terms: OrderTerms)?
    do {
      proposal = try confirmed(pass.instance, cart)
      pass.failures = 0
    } catch let error as ScriptError where error.code != .interrupted {
      add(.error, error.message)
      pass.failures += 1
      if !pass.isTrial {
        try run.policies.left(cart, reason: error.message, isError: true, for: pass.tally)
      }
      // What fails on cart after cart is wrong itself.
      guard pass.failures >= RuleBook.failuresAllowed else { return }
      pass.isStopped = true
      if !pass.isTrial, !pass.tally.isShadow {
        breaker.fallBack(
          pass.state, "it failed \(pass.failures) times in a row: \(error.message)", run)
      }
      return
    }
    guard let proposal else { return }
    do throws(EngineError) {
      if let words = try pass.check.objection(to: cart) { throw EngineError(.refused, words) }
      // Where nothing is ordered nothing else judges by the lists and rules.
      if pass.isTrial || pass.tally.isShadow, let words = try refusal(of: cart, run) {
        throw EngineError(.refused, words)
      }
      if pass.isTrial {
        try run.policies.count(cart, for: pass.tally)
      } else if pass.tally.isShadow {
        try run.policies.wouldOrder(cart, reason: proposal.reason, for: pass.tally)
      } else {
        // It may have been switched off since.
        guard try isEnforced(pass.state) else {
          pass.isStopped = true
          return
        }
        try run.policies.order(
          proposal.terms, on: cart.key, reason: proposal.reason, for: pass.tally)
      }
      pass.check.took(cart)
      add(.order, proposal.reason)
    } catch {
      switch error.code {
      case .store, .damaged, .interrupted, .unconfirmed, .file: throw error
      case .refused, .conflict, .notFound: add(.left, error.message)
      default: add(.error, error.message)
      }
      if !pass.isTrial {
        let isError = pass.result.carts.last?.outcome == .error
        try run.policies.left(cart, reason: error.message, isError: isError, for: pass.tally)
      }
    }
  }

  private func isEnforced(_ state: RuleState) throws(EngineError) -> Bool {
    do {
      let now = RuleState.fold(try handler.shop.store.ruleEvents())[state.name]
      return now?.setting.mode == .enforce && now?.current.number == state.current.number
    } catch { throw EngineError(error) }
  }

  private func refusal(of cart: Cart, _ run: Run) throws(EngineError) -> String? {
    try run.guard.orderRefusal(of: cart).map(\.words)
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

/// One policy on its way over the carts.
private struct PolicyPass {
  let state: RuleState
  let instance: PolicyInstance
  /// Whether nothing follows from what it says.
  let isTrial: Bool
  let check: SaleCheck
  let tally: PolicyTally
  var result: PolicyResult
  var failures = 0
  var isStopped = false
}
