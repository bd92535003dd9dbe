import CartEngine
import CartModel
import CartScripting
import CartSupport

/// Work over the rules of the book: each kind of it is a type of its own.
extension RuleBook {
  // MARK: Versions and settings

  public typealias Scan = RuleScan

  /// Reads all rule files and records what is new, as part of a run.
  ///
  /// - Parameter only: one file of the folder; nil for all.
  public func scan(only: String? = nil, in run: Run) throws -> Scan {
    try RuleFiles(catalogue).scan(only: only, in: run)
  }

  /// Puts a rule into a mode; see `RuleSetting`.
  ///
  /// - Parameter judged: what looking at carts gave: the open ones, those of a backtest.
  public func set(
    _ name: String, _ mode: RuleSetting.Mode, judged: [(hits: Int, of: Int)] = [], in run: Run
  ) throws -> RuleSetting {
    let setting = try RuleSetter(catalogue).set(name, mode, judged: judged, in: run)
    breaker.resume(name)
    return setting
  }

  /// Sets parameters of a rule: a new version, which judges in shadow until it is enforced.
  ///
  /// - Throws: `notFound` for a name that is no parameter, `malformed` for a value that does not fit.
  public func set(_ name: String, parameters: [(name: String, value: String)], in run: Run) throws
    -> RuleVersion
  {
    try RuleSetter(catalogue).set(name, parameters: parameters, in: run)
  }

  // MARK: Policies

  private var policies: PolicyRuns { PolicyRuns(catalogue, breaker) }

  /// Runs the policies that are due.
  ///
  /// - Parameters:
  ///   - only: one policy, whether it is due or not; nil for all.
  ///   - isTrial: counts what each would order now, due or not, in whatever mode it is.
  public func runPolicies(_ only: String? = nil, isTrial: Bool = false, in run: Run) throws
    -> [PolicyResult]
  {
    try policies.run(only, isTrial: isTrial, in: run)
  }

  /// Counts what the newest version of a policy would order now.
  public func tryOut(policy name: String, in run: Run) throws -> PolicyResult {
    try policies.tryOut(policy: name, in: run)
  }

  /// What each policy would do with a cart as it is now; nothing follows from asking.
  public func proposals(on cart: Cart, in run: Run) throws -> [(
    policy: PolicyResult, item: PolicyResult.Item
  )] {
    try policies.proposals(on: cart, in: run)
  }

  /// When a policy is due next; nil for now.
  public func nextRun(of state: RuleState) throws -> Timestamp? {
    try policies.nextRun(of: state)
  }

  // MARK: One cart

  /// Why rules match a cart, enforced or in shadow.
  public func explain(_ cart: Cart) throws(EngineError) -> [Explanation] {
    try RuleExplainer(catalogue).explain(cart, asked(cart))
  }

  /// What a rule read when it held or flagged a cart; see `RuleExplainer`.
  ///
  /// - Parameter event: the cart's event of it.
  /// - Returns: nil where that version no longer matches it, as with settings that were changed.
  public func facts(of cause: Cause, _ event: Event) throws(EngineError) -> [Explanation.Fact]? {
    try RuleExplainer(catalogue).facts(of: cause, event)
  }

  /// What the newest version of a rule or policy says of a cart.
  ///
  /// - Throws: `notFound`; `interrupted`, and what the file of the rule raises.
  public func trial(of name: String, _ cart: Cart, in run: Run) throws -> RuleTrial {
    try RuleExplainer(catalogue).trial(of: name, cart, policies, in: run)
  }

  /// Cuts a test from a cart and from those that share something with it; see ``CutFixture``.
  ///
  /// - Parameter only: a rule; nil for all that judge.
  /// - Throws: `refused` where the named rule says something else of the fixture than of the cart.
  public func fixture(of cart: Cart, for only: String?) throws -> CutFixture {
    try FixtureCutter(catalogue).cut(cart, for: only, judging())
  }

  // MARK: Many carts

  /// What the version that judges costs: Lua instructions a cart, over a sample of the open ones.
  ///
  /// - Returns: nil where there are no carts, and for one that does not load, errs, is cut off or is
  ///   suspended.
  /// - Throws: `interrupted`.
  public func cost(of name: String, over carts: [Cart]) throws -> Int64? {
    try RuleCost(catalogue).cost(of: name, over: carts, view)
  }

  /// Open carts to measure with, the first so many.
  public func sample(_ most: Int) throws -> [Cart] { try RuleCost(catalogue).sample(most) }

  /// Looks at rules over the shop's open carts, and at its lists; nothing follows from it.
  public func check() throws -> [RuleFinding] { try RuleChecker(catalogue, view).check() }

  /// Judges all carts as they stood after each of their events since a moment, with the prices of that
  /// time and what was known of other carts by then.
  ///
  /// - Parameters:
  ///   - number: the version; nil for the newest.
  ///   - most: how many carts, those made last.
  ///   - labels: who is behind carts, where that is known, by their ids; and which label is meant.
  /// - Throws: `refused` for a policy, and for a rule that reads the clock by `now` or `date`.
  /// - Complexity: O(events of the carts that changed since).
  public func backtest(
    _ name: String, version number: Int64? = nil, since: Timestamp, most: Int = .max,
    labels: [String: String] = [:], meant: String? = nil
  ) throws -> Backtest {
    try BacktestRun(catalogue).run(
      name, version: number, since: since, most: most, labels: labels, meant: meant)
  }

  /// Replays the time since a moment under another rule or policy; see ``WhatIf``.
  ///
  /// - Throws: `refused` where the rule fails again and again.
  /// - Complexity: O(events of the event log), and for a policy O(its runs × open carts).
  public func whatIf(_ change: WhatIf.Change, since: Timestamp) throws -> WhatIf {
    try WhatIfRun(catalogue).run(change, since: since)
  }

  /// Runs the tests of the rule files, as they are now.
  ///
  /// - Parameters:
  ///   - only: a file's name, or a rule's; nil for all.
  ///   - mutates: whether files whose tests pass are also changed here and there, to see whether a test
  ///     notices.
  /// - Throws: `notFound` where no file is meant.
  public func test(_ only: String?, mutates: Bool = false) throws -> (
    results: [RuleTestResult], qualities: [RuleTestQuality]
  ) {
    try RuleTests(catalogue).run(only, mutates: mutates)
  }
}
