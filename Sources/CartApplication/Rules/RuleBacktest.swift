import CartEngine
import CartModel
import CartRules
import CartSupport

/// What a rule would have done in the past, beside another version of it.
public struct RuleBacktest {
  /// What was found.
  public struct Result {
    public var test: Backtest
    /// Another version, with how many carts only the tested one matches, and how many only it does.
    public var comparison: (version: Int64, more: Int, fewer: Int)?
    /// Labels of carts that are not of this shop, which count for nothing.
    public var strangers: Strangers?
  }

  /// Carts of a file of labels that are not of this shop.
  public struct Strangers {
    public var path: String
    public var first: String
    public var count: Int
    /// How many carts the file has.
    public var all: Int
  }

  private let application: Application
  private var handler: CommandHandler { application.handler }
  private var book: RuleBook { application.book }
  public var since: Timestamp
  /// The version to compare with; the enforced one where nil.
  public var against: Int64?
  /// A file of labels; the shop's own where nil.
  public var labels: String?
  /// The label that the rule is after; nil for all but human.
  public var label: String?

  /// Looks at the last 30 days, unless told otherwise.
  public init(_ application: Application) {
    self.application = application
    since = application.handler.now.advanced(by: -RuleStudy.past.milliseconds)
  }

  /// Judges what happened since then by the newest version.
  ///
  /// - Throws: `notFound` for a rule, version or label that does not exist; `refused` for a policy.
  public func run(_ name: String) throws -> Result {
    let rule = try book.rule(name)
    let own = application.home.labelsPath
    let path = labels ?? own
    let known = try path.map { try LabelFile.read($0) } ?? [:]
    if let label, !known.values.contains(label) {
      throw EngineError(
        .notFound,
        known.isEmpty
          ? "label: no carts have labels here; name a file of them with labels="
          : "label: no cart has \(quoted(label))"
            + didYouMean(label, among: Set(known.values).sorted()))
    }
    var result = Result(
      test: try book.backtest(name, since: since, labels: known, meant: label))
    if let path, path != own { result.strangers = try strangers(known, path) }
    let enforced = rule.setting.mode == .enforce ? rule.setting.version : nil
    guard let other = against ?? enforced, other != result.test.version else { return result }
    let old = try book.backtest(name, version: other, since: since)
    let (new, before) = (Set(result.test.hits.map(\.cart)), Set(old.hits.map(\.cart)))
    result.comparison = (
      other, new.subtracting(before).count, before.subtracting(new).count
    )
    return result
  }

  private func strangers(_ labels: [String: String], _ path: String) throws -> Strangers? {
    let strangers = try labels.keys.filter { try application.shop.store.key(named: $0) == nil }
    return strangers.min().map {
      Strangers(path: path, first: $0, count: strangers.count, all: labels.count)
    }
  }
}
