import CartEngine
import CartModel
import CartRules
import CartScripting
import CartSupport

/// Enforces a rule or a policy, after the checks that it works and that its cost was confirmed.
public struct RuleEnforcement {
  public enum Result {
    /// How many open carts it matches, and what it would have done in 30 days, where that is known.
    case rule(RuleSetting, now: Hits, month: Backtest?)
    /// What it would order now.
    case policy(RuleSetting, PolicyResult)
  }

  /// What a rule says of the open carts.
  public struct Hits {
    public var hits = 0
    public var errors = 0
    public var carts = 0
  }

  private let application: Application
  private var handler: CommandHandler { application.handler }
  private var book: RuleBook { application.book }

  public init(_ application: Application) { self.application = application }

  /// Pins the newest version of a rule or policy.
  ///
  /// - Parameters:
  ///   - confirmed: how many lost orders are accepted; nil where nobody said.
  ///   - command: what was asked for, for the list of operations.
  /// - Throws: `refused` for one that has errors or fails; `unconfirmed` where it would have lost more
  ///   orders than the settings allow; `usage` for a number with a policy.
  public func enforce(_ name: String, confirmed: String? = nil, as command: String) throws
    -> Result
  {
    try RuleSettings.requireLive("enforce", handler)
    let folder = RuleFolder(application)
    try folder.refresh(command)
    try folder.requireSound(name, "enforce")
    guard try book.rule(name).newest.kind == .rule else {
      guard confirmed == nil else {
        throw ApplicationError.usage(
          "rules enforce: \(name) is a policy; expected its name alone")
      }
      return try enforce(policy: name, command)
    }
    application.beginReading(command)
    let now = try hitsNow(name)
    let month = try lastMonth(name)
    if let month {
      try requireWorking(
        "rule \(name)", month.errors, of: month.judged, "of the last 30 days", month.error)
      try handler.confirmer.confirm(
        rule: name, lost: month.lost.count, of: month.orders, isFlag: month.isFlag,
        given: confirmed)
    }
    let setting = try set(
      name, command,
      judged: [(now.hits, now.carts)] + (month.map { [($0.hits.count, $0.judged)] } ?? []))
    return .rule(setting, now: now, month: month)
  }

  private func enforce(policy name: String, _ command: String) throws -> Result {
    let run = application.begin(command)
    let trial = try book.tryOut(policy: name, in: run)
    let failed = trial.carts.filter { $0.outcome == .error }
    if let last = failed.last {
      try requireWorking(
        "policy \(name)", failed.count, of: trial.judged, "that are open", last.reason,
        most: RuleBook.failuresAllowed)
    }
    return .policy(try set(name, command), trial)
  }

  private func set(_ name: String, _ command: String, judged: [(hits: Int, of: Int)] = []) throws
    -> RuleSetting
  {
    var setting = RuleSetting(rule: name, mode: .enforce)
    try application.perform(command) { run in
      setting = try book.set(name, .enforce, judged: judged, in: run)
    }
    book.refresh()
    return setting
  }

  // MARK: Checks

  /// What a rule would have held in 30 days; nil where the past cannot say that.
  private func lastMonth(_ name: String) throws -> Backtest? {
    do {
      return try book.backtest(
        name, since: handler.now.advanced(by: -RuleStudy.past.milliseconds),
        most: Self.backtestCarts)
    } catch let error as EngineError where error.code == .refused {
      application.messages(
        "note: \(printable(error.message)). Its band is of the carts that are open now")
      return nil
    }
  }

  /// How many carts a backtest before enforcing looks at.
  private static let backtestCarts = 20_000

  private func hitsNow(_ name: String) throws -> Hits {
    var (found, asked, message) = (Hits(), 0, "")
    let keys = try handler.reader.keys(matching: Filter())
    found.carts = keys.count
    // What fails from the first cart on need not be asked about all of them.
    try handler.reader.forEachCart(
      keys, until: { found.errors == asked && found.errors == RuleBook.failuresAllowed }
    ) { cart in
      do {
        if try book.isHit(name, cart) { found.hits += 1 }
      } catch let error as ScriptError where error.code != .interrupted {
        (found.errors, message) = (found.errors + 1, error.message)
      }
      asked += 1
    }
    try requireWorking(
      "rule \(name)", found.errors, of: asked,
      asked < keys.count ? "asked first" : "that are open", message,
      most: RuleBook.failuresAllowed)
    return found
  }

  /// - Parameters:
  ///   - rule: the rule or policy, as messages call it.
  ///   - most: with so many failures it would soon fall back to shadow.
  /// - Throws: `refused` for one that fails on more carts than not, or on too many.
  private func requireWorking(
    _ rule: String, _ errors: Int, of judged: Int, _ which: String, _ message: String,
    most: Int = .max
  ) throws {
    guard errors * 2 > judged || errors >= most else { return }
    throw EngineError(
      .refused,
      "\(rule): fails on \(CountText.grouped(errors)) of \(CountText.carts(judged)) \(which); it is "
        + "not enforced: \(message)")
  }
}
