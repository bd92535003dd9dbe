import CartEngine
import CartModel
import CartScripting
import CartStore
import CartSupport

/// The shop's rules: which there are, which versions of them judge, and what they say of carts.
///
/// Judges for one command handler, and is confined to its thread.
public final class RuleBook: Judge {
  let handler: CommandHandler
  /// Where rule files lie.
  let folder: String
  /// What a rule prints or logs, and what happened to it.
  public var messages: (String) -> Void = { _ in }

  /// What a rule prints: a message is a line by itself.
  func say(_ text: String) {
    messages(printable(text.hasSuffix("\n") ? String(text.dropLast()) : text))
  }
  private var states: [String: RuleState]?
  private var active: [RuleState]?
  private var instances: [String: RuleInstance] = [:]
  /// Rules that were suspended where nothing may be saved, as in the sandbox, with their versions.
  private var suspendedHere: [String: Int64] = [:]
  /// What the event log had of the last day when it was first asked, and how many carts were open.
  private var heldBefore: [String: (held: Int64, open: Int64)] = [:]
  /// How often each rule failed in a row.
  private var failures: [String: Int] = [:]
  /// On how many carts of the last pass each rule failed, and how it failed first.
  public private(set) var passFailures: [String: (carts: Int, message: String)] = [:]
  /// The VM of the pass under way; see `look(at:)`.
  var passing: Pass?
  /// Counts what changes which rules judge.
  private(set) var revision = 0
  private(set) lazy var view = CartView()
  /// What the policy took that ran last in this run.
  var lastCheck: SaleCheck?
  private var pass: Int64?
  private var only: String?

  public init(_ handler: CommandHandler, folder: String) {
    self.handler = handler
    self.folder = folder
  }

  /// All rules by name, as the event log has them.
  public func rules() throws -> [RuleState] {
    try read().values.sorted { $0.name < $1.name }
  }

  /// - Throws: `notFound`, with a suggestion.
  public func rule(_ name: String) throws -> RuleState {
    let states = try read()
    guard let state = states[name] else {
      throw EngineError(
        .notFound,
        "no rule or policy is called \(quoted(name))\(didYouMean(name, among: states.keys.sorted()))"
      )
    }
    return state
  }

  private func read() throws -> [String: RuleState] {
    if let states { return states }
    let read = RuleState.fold(try handler.shop.store.ruleEvents())
    states = read
    return read
  }

  /// Lets the next question see what was recorded since; a pass begins with fresh instances.
  public func refresh() {
    (states, active) = (nil, nil)
    revision += 1
    instances = [:]
    (heldBefore, failures) = ([:], [:])
    pass = nil
  }

  // MARK: Judging

  /// Runs work that judges many carts: the band of a rule is of their number.
  ///
  /// - Parameter only: one rule; nil for all.
  public func pass<T>(over carts: Int, only: String? = nil, _ body: () throws -> T) rethrows -> T {
    refresh()
    passFailures = [:]
    (pass, self.only) = (Int64(carts), only)
    defer {
      (pass, self.only) = (nil, nil)
      (active, passing) = (nil, nil)
    }
    return try body()
  }

  public func verdicts(on cart: Cart, fresh: Bool = false, in run: Run?) throws(EngineError)
    -> [Verdict]
  {
    do {
      var found: [(verdict: Verdict, priority: Int64)] = []
      let states = try judging()
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

  /// Whether a rule is enforced, whose band is of the carts judged.
  public func wantsCount(_ only: String?) throws -> Bool {
    try rules().contains {
      $0.setting.mode == .enforce && $0.current.kind == .rule && (only == nil || only == $0.name)
    }
  }

  /// The rules that judge, by name.
  func judging() throws -> [RuleState] {
    if let active { return active }
    let list = try rules().filter { state in
      state.setting.mode != .off && state.current.kind == .rule
        && suspendedHere[state.name] != state.current.number
        && only.map { $0 == state.name } ?? true
    }
    active = list
    return list
  }

  /// What rules in shadow say of a cart; beside a change, as far as their time goes.
  private func shadowVerdicts(
    _ states: [RuleState], on cart: Cart, _ fresh: Bool, _ run: Run?
  ) throws -> [(verdict: Verdict, priority: Int64)] {
    let shadow = states.filter { $0.setting.mode == .shadow }
    guard pass == nil, let run else {
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
      if let state = shadow.first(where: { $0.name == rule }) { suspend(state, reason, run) }
    }
    return found
  }

  private func verdict(
    _ state: RuleState, on cart: Cart, _ fresh: Bool, _ run: Run?,
    _ allowance: ShadowAllowance? = nil
  ) throws -> (verdict: Verdict, priority: Int64)? {
    // What fails on every cart need not be asked of all of them.
    guard !isGivenUp(state.name) else { return nil }
    var isShadow = state.setting.mode == .shadow
    let version = state.current
    do {
      let instance = try instance(version, allowance)
      if fresh, !isShadow { try instance.renew() }
      guard var reason = try instance.judge(cart, allowance) else {
        failures[state.name] = 0
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
      failures[state.name] = 0
      let rule = instance.rule
      if !isShadow, rule.action == .hold, !cart.pardons.contains("\(rule.name):\(version.number)"),
        try !mayHold(state, cart, run)
      {
        isShadow = true
      }
      return (self.verdict(rule, version, reason, isShadow: isShadow), rule.priority)
    } catch let error as ScriptError {
      guard error.code != .interrupted else { throw error }
      if error.code == .limit || error.code == .memory {
        allowance?.cutOff(state.name, error.message)
      }
      try failed(state, error.message, run)
      return (
        Verdict(
          rule: state.name, version: version.number, outcome: .error, isShadow: isShadow,
          reason: String(error.message.prefix(500).filter { $0 != "\0" })),
        0
      )
    } catch let error as EngineError where error.code == .notFound {
      // Its texts are not there: that is the rule's own failure and blocks no cart.
      try failed(state, error.message, run)
      return (
        Verdict(
          rule: state.name, version: version.number, outcome: .error, isShadow: isShadow,
          reason: String(error.message.prefix(500))),
        0
      )
    }
  }

  func verdict(
    _ rule: ScriptRule, _ version: RuleVersion, _ reason: String, isShadow: Bool
  ) -> Verdict {
    Verdict(
      rule: rule.name, version: version.number, outcome: rule.action == .hold ? .hold : .flag,
      isShadow: isShadow, reason: reason, tell: rule.tell,
      ban: rule.ban.map { .init(by: $0.by, ttl: $0.ttl) })
  }

  /// Ends what rules failed in a row.
  func wentWell(_ states: [RuleState]) {
    guard !failures.isEmpty else { return }
    for state in states { failures[state.name] = nil }
  }

  /// Whether a rule failed so often in a row that it is not asked any more.
  func isGivenUp(_ name: String) -> Bool {
    failures[name, default: 0] >= Self.failuresAllowed
  }

  private func instance(_ version: RuleVersion, _ allowance: ShadowAllowance? = nil) throws
    -> RuleInstance
  {
    if let known = instances[version.rule], known.version == version { return known }
    let made = try RuleInstance(version, handler, view: view, allowance: allowance) { [weak self] in
      self?.say($0)
    }
    instances[version.rule] = made
    return made
  }

  /// A rule that keeps failing judges no more carts until staff look at it.
  private func failed(_ state: RuleState, _ message: String, _ run: Run?) throws {
    guard let run else { return }
    let count = failures[state.name, default: 0] + 1
    failures[state.name] = count
    if pass != nil { passFailures[state.name, default: (0, message)].carts += 1 }
    if count == Self.failuresAllowed { revision += 1 }
    guard state.setting.mode == .enforce else {
      if count == Self.failuresAllowed {
        messages(
          "rule \(state.name) failed \(count) times in a row and is not asked any more in this "
            + "run: \(printable(message))")
      }
      return
    }
    // Other runs may have met it as well, a cart each.
    let before = try handler.shop.store.decisions(of: state.name, version: state.current.number)
    if count >= Self.failuresAllowed {
      fallBack(state, "it failed \(count) times in a row: \(message)", run)
    } else if Int(before.errors) + count > Self.failuresAllowed {
      fallBack(state, "it failed on \(Int(before.errors) + count) carts: \(message)", run)
    }
  }

  /// How often a rule may fail in a row before it is asked no more.
  public static let failuresAllowed = 5

  /// Whether the newest version of a rule matches a cart; nothing is counted.
  ///
  /// - Throws: `ScriptError` where it fails.
  public func isHit(_ name: String, _ cart: Cart) throws -> Bool {
    try instance(try rule(name).newest).judge(cart) != nil
  }

  /// The line of its file where a version is stated; nil where that cannot be told.
  public func line(of version: RuleVersion) throws -> Int? {
    Self.line(of: version.rule, in: try source(version))
  }

  /// The line of a file's text where a rule or policy is stated.
  static func line(of name: String, in text: String) -> Int? {
    RuleFile.definitions(in: text).first { $0.name == name }?.line
  }

  /// The text of the file that a version was made of.
  public func source(_ version: RuleVersion) throws -> String {
    guard let digest = version.sources.first(where: { $0.path == version.file })?.digest,
      let text = try handler.shop.store.source(digest)
    else { return "" }
    return text
  }

  /// What rules say of a cart, without anything that follows from it.
  func asked(_ cart: Cart) throws(EngineError) -> [Verdict] {
    try verdicts(on: cart, fresh: true, in: nil)
  }

  // MARK: The breaker

  /// Whether a rule may hold one more cart; beyond its band it falls back to shadow.
  private func mayHold(_ state: RuleState, _ cart: Cart, _ run: Run?) throws -> Bool {
    guard let run, let band = state.setting.band else { return true }
    let own = run.guard.holds(of: state.name, without: cart.key)
    func allowance(_ carts: Int64) -> Int64 {
      let product = carts.multipliedReportingOverflow(by: band.millionths)
      let share = product.overflow ? carts : product.partialValue / 100_000_000
      // In a small shop a band of 2 % is still one cart.
      return band.millionths == 0 ? 0 : max(1, share)
    }
    if let pass, own >= allowance(pass) {
      fallBack(state, "it would hold more than its band of \(band) %", run)
      return false
    }
    let before: (held: Int64, open: Int64)
    if let known = heldBefore[state.name] {
      before = known
    } else {
      let day = handler.now.advanced(by: -86_400_000)
      before = (
        try handler.shop.store.holds(
          of: state.name, version: state.current.number, after: day),
        try handler.shop.store.openCartCount()
      )
      heldBefore[state.name] = before
    }
    // Of a day, those count that are open, and those that it took out.
    let judged = max(max(pass ?? 0, before.open) + before.held, own + 1)
    guard before.held + own >= allowance(judged) else { return true }
    fallBack(state, "it would hold more than its band of \(band) % in a day", run)
    return false
  }

  func fallBack(_ state: RuleState, _ reason: String, _ run: Run) {
    // What is only tried changes nothing of a rule.
    guard handler.mode == .live else { return }
    put(
      state,
      RuleSetting(
        rule: state.name, mode: .shadow, version: state.current.number, band: state.setting.band,
        reason: reason), run)
    messages("\(state.current.kind) \(state.name) falls back to shadow: \(printable(reason))")
  }

  /// Ends the judging of a rule in shadow that made changes slow, until a person resumes it or its file
  /// has a new version.
  private func suspend(_ state: RuleState, _ reason: String, _ run: Run) {
    if handler.mode == .live {
      put(
        state,
        RuleSetting(
          rule: state.name, mode: .off, version: state.current.number,
          reason: "suspended: \(reason); 'rules shadow \(state.name)' resumes it"), run)
    } else {
      suspendedHere[state.name] = state.current.number
      active = nil
      revision += 1
    }
    messages(
      "rule \(state.name) is suspended: \(printable(reason)). Changes are not judged by it any more. "
        + "Resume it with: rules shadow \(state.name)")
  }

  /// Lets a setting count that a rule brought on itself; it is saved with the run.
  private func put(_ state: RuleState, _ setting: RuleSetting, _ run: Run) {
    run.guard.record(setting: setting)
    states?[state.name]?.setting = setting
    states?[state.name]?.setBy = (.rule(state.name), handler.now)
    active = nil
    revision += 1
  }

  /// A person decides about a rule anew.
  func resume(_ name: String) { suspendedHere[name] = nil }
}
