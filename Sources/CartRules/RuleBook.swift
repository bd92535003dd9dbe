import CartEngine
import CartModel
import CartScripting
import CartStorage
import CartSupport

/// The shop's rules: which there are, which versions of them judge, and what they say of carts.
///
/// Judges for one command handler, and is confined to its thread.
public final class RuleBook: Judge, CatalogueWork {
  let catalogue: RuleCatalogue
  let breaker: RuleBreaker
  private let sight: RuleSight
  private(set) lazy var view = CartView()
  private var instances: [String: RuleInstance] = [:]
  /// The rules that judge, as of a revision of the catalogue.
  private var active: (rules: [RuleState], revision: Int)?
  /// The one rule that the pass under way asks; nil for all.
  private var only: String?

  public init(_ handler: CommandHandler, folder: String) {
    catalogue = RuleCatalogue(handler, folder: folder)
    breaker = RuleBreaker(catalogue)
    sight = RuleSight(catalogue, breaker)
  }

  /// What a rule prints or logs, and what happened to it.
  public var messages: (String) -> Void {
    get { catalogue.messages }
    set { catalogue.messages = newValue }
  }

  /// On how many carts of the last pass each rule failed, and how it failed first.
  public var passFailures: [String: (carts: Int, message: String)] { breaker.passFailures }

  /// How often a rule may fail in a row before it is asked no more.
  public static let failuresAllowed = 5

  /// All rules by name, as the event log has them.
  public func rules() throws -> [RuleState] { try catalogue.rules() }

  /// - Throws: `notFound`, with a suggestion.
  public func rule(_ name: String) throws -> RuleState { try catalogue.rule(name) }

  /// The line of its file where a version is stated; nil where that cannot be told.
  public func line(of version: RuleVersion) throws -> Int? { try catalogue.line(of: version) }

  /// The text of the file that a version was made of.
  public func source(_ version: RuleVersion) throws -> String { try catalogue.source(version) }

  /// Lets the next question see what was recorded since; a pass begins with fresh instances.
  public func refresh() {
    catalogue.preview([])
    renew()
  }

  /// Lets what the rule files say now count until the next refresh, without recording it.
  public func preview() throws -> Scan {
    catalogue.preview([])
    let (scan, events) = try RuleFiles(catalogue).read()
    catalogue.preview(events)
    renew()
    return scan
  }

  private func renew() {
    catalogue.refresh()
    breaker.refresh()
    (active, instances) = (nil, [:])
  }

  // MARK: Judging

  /// Runs work that judges many carts: the band of a rule is of their number.
  ///
  /// - Parameter only: one rule; nil for all.
  public func pass<T>(over carts: Int, only: String? = nil, _ body: () throws -> T) rethrows -> T {
    renew()
    breaker.begin(passOver: carts)
    self.only = only
    defer {
      breaker.endPass()
      (self.only, active) = (nil, nil)
      sight.end()
    }
    return try body()
  }

  public func verdicts(on cart: Cart, fresh: Bool = false, in run: Run?) throws(EngineError)
    -> [Verdict]
  {
    do {
      var found: [(verdict: Verdict, priority: Int64)] = []
      let states = try judging()
      guard !states.isEmpty else { return [] }
      for state in states where state.setting.mode == .enforce {
        if let verdict = try verdict(state, on: cart, fresh, run) { found.append(verdict) }
      }
      // Where an order is allowed or refused, what is in shadow has no say.
      if run == nil || !fresh { found += try shadowVerdicts(states, on: cart, fresh, run) }
      if found.isEmpty { return [] }
      return found.sorted {
        ($0.verdict.isShadow ? 1 : 0, -$0.priority, $0.verdict.rule)
          < ($1.verdict.isShadow ? 1 : 0, -$1.priority, $1.verdict.rule)
      }.map(\.verdict)
    } catch { throw EngineError(error) }
  }

  public func mode(of rule: String, version: Int64) throws(EngineError) -> String? {
    do {
      let state = try catalogue.states(at: handler.reader.moment)[rule]
      return state.flatMap { $0.current.number == version ? $0.mode : nil }
    } catch { throw EngineError(error) }
  }

  /// Whether a rule is enforced, whose band is of the carts judged.
  public func wantsCount(_ only: String?) throws -> Bool {
    try rules().contains {
      $0.setting.mode == .enforce && $0.current.kind == .rule && (only == nil || only == $0.name)
    }
  }

  /// The rules that judge, by name.
  func judging() throws -> [RuleState] {
    if let active, active.revision == catalogue.revision { return active.rules }
    let list = try rules().filter { state in
      state.setting.mode != .off && state.current.kind == .rule && !breaker.isSuspended(state)
        && only.map { $0 == state.name } ?? true
    }
    active = (list, catalogue.revision)
    return list
  }

  /// What rules in shadow say of a cart; beside a change, as far as their time goes.
  private func shadowVerdicts(
    _ states: [RuleState], on cart: Cart, _ fresh: Bool, _ run: Run?
  ) throws -> [(verdict: Verdict, priority: Int64)] {
    let shadow = states.filter { $0.setting.mode == .shadow }
    guard !breaker.isPassing, let run else {
      return try shadow.compactMap { try verdict($0, on: cart, fresh, run) }
    }
    let allowance = ShadowAllowance()
    handler.shared.boundsSharedWork = true
    defer { handler.shared.boundsSharedWork = false }
    var found: [(verdict: Verdict, priority: Int64)] = []
    for state in shadow {
      guard allowance.left > 0 else { break }
      if let verdict = try verdict(state, on: cart, fresh, run, allowance) { found.append(verdict) }
    }
    for (rule, reason) in allowance.overruns {
      if let state = shadow.first(where: { $0.name == rule }) {
        breaker.suspend(state, reason, run)
      }
    }
    return found
  }

  private func verdict(
    _ state: RuleState, on cart: Cart, _ fresh: Bool, _ run: Run?,
    _ allowance: ShadowAllowance? = nil
  ) throws -> (verdict: Verdict, priority: Int64)? {
    // What fails on every cart need not be asked of all of them.
    guard !breaker.isGivenUp(state.name) else { return nil }
    var isShadow = state.setting.mode == .shadow
    let version = state.current
    do {
      let instance = try instance(version, allowance)
      if fresh, !isShadow { try instance.renew() }
      guard var reason = try instance.judge(cart, allowance) else {
        breaker.wentWell(state.name)
        return nil
      }
      if !isShadow, !fresh {
        // What an earlier cart left behind in the instance must not decide.
        try instance.renew()
        guard let again = try instance.judge(cart) else {
          throw ScriptError(
            .failed,
            "it hit cart \(cart.id), but not in a fresh instance: it depends on other carts")
        }
        reason = again
      }
      breaker.wentWell(state.name)
      let rule = instance.rule
      if !isShadow, rule.action == .hold, !cart.pardons.contains("\(rule.name):\(version.number)"),
        try !breaker.mayHold(state, cart, run)
      {
        isShadow = true
      }
      return (Verdict(rule, version, reason, isShadow: isShadow), rule.priority)
    } catch let error as ScriptError {
      guard error.code != .interrupted else { throw error }
      if error.code == .limit || error.code == .memory {
        allowance?.cutOff(state.name, error.message)
      }
      try breaker.failed(state, error.message, run)
      return (
        Verdict(
          rule: state.name, version: version.number, outcome: .error, isShadow: isShadow,
          reason: String(error.message.prefix(500).filter { $0 != "\0" })),
        0
      )
    } catch let error as EngineError where error.code == .notFound {
      // Its texts are not there: that is the rule's own failure and blocks no cart.
      try breaker.failed(state, error.message, run)
      return (
        Verdict(
          rule: state.name, version: version.number, outcome: .error, isShadow: isShadow,
          reason: String(error.message.prefix(500))),
        0
      )
    }
  }

  private func instance(_ version: RuleVersion, _ allowance: ShadowAllowance? = nil) throws
    -> RuleInstance
  {
    if let known = instances[version.rule], known.version == version { return known }
    let made = try RuleInstance(version, handler, view: view, allowance: allowance) {
      [catalogue] in catalogue.say($0)
    }
    instances[version.rule] = made
    return made
  }

  public func look(at row: borrowing CartRow) throws(EngineError) -> FirstSight {
    do { return try sight.look(at: row, view, judging()) } catch { throw EngineError(error) }
  }

  /// Whether the newest version of a rule matches a cart; nothing is counted.
  ///
  /// - Throws: `ScriptError` where it fails.
  public func isHit(_ name: String, _ cart: Cart) throws -> Bool {
    try instance(try rule(name).newest).judge(cart) != nil
  }

  /// What rules say of a cart, without anything that follows from it.
  func asked(_ cart: Cart) throws(EngineError) -> [Verdict] {
    try verdicts(on: cart, fresh: true, in: nil)
  }
}

extension Verdict {
  /// What a version of a rule says of a cart that it matches.
  init(_ rule: ScriptRule, _ version: RuleVersion, _ reason: String, isShadow: Bool) {
    self.init(
      rule: rule.name, version: version.number, outcome: rule.action == .hold ? .hold : .flag,
      isShadow: isShadow, reason: reason, tell: rule.tell,
      ban: rule.ban.map { .init(by: $0.by, ttl: $0.ttl) })
  }
}
