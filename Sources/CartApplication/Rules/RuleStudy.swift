import CartEngine
import CartModel
import CartRules
import CartSupport

/// Looks at the rules and policies of an open home and sets none.
public struct RuleStudy {
  private let application: Application
  private var book: RuleBook { application.book }

  public init(_ application: Application) { self.application = application }

  /// How far back rules are tried where nobody says it.
  static let past = Span(milliseconds: 30 * 86_400_000)

  /// Reads the folder of rules again and begins a run that only looks: it records nothing.
  ///
  /// - Parameter command: what was asked for.
  public func begin(_ command: String) throws -> Run {
    let run = application.begin(command)
    try RuleFolder(application).preview()
    return run
  }

  // MARK: Lists and texts

  /// A rule or policy, with what it did and what it costs.
  public struct Entry {
    public var rule: RuleState
    public var hits: Int64
    public var errors: Int64
    /// Lua instructions a cart; nil where it cannot be told.
    public var cost: Int64?
  }

  /// How many open carts the cost is measured with.
  private static let measured = 20

  /// All rules and policies, by name.
  public func entries(as command: String) throws -> [Entry] {
    _ = try begin(command)
    let carts = try book.sample(Self.measured)
    return try book.rules().map { rule in
      let counts = try application.shop.store.decisions(
        of: rule.name, version: rule.current.number)
      return Entry(
        rule: rule, hits: counts.hits, errors: counts.errors,
        cost: try book.cost(of: rule.name, over: carts))
    }
  }

  /// A rule or policy, and the text of its current version.
  public func source(of name: String, as command: String) throws -> (rule: RuleState, text: String)
  {
    _ = try begin(command)
    let rule = try book.rule(name)
    return (rule, try book.source(rule.current))
  }

  /// A version of a rule or policy, and its text.
  public typealias Text = (version: RuleVersion, text: String)

  /// The version that is set, else the one before the newest, beside the newest.
  ///
  /// - Returns: nil for `old` where they are the same.
  public func versions(of name: String, as command: String) throws -> (old: Text?, new: Text) {
    _ = try begin(command)
    let rule = try book.rule(name)
    let new = (rule.newest, try book.source(rule.newest))
    let old = rule.setting.version > 0 ? rule.current : rule.versions.dropLast().last?.version
    guard let old, old.number != rule.newest.number else { return (nil, new) }
    return ((old, try book.source(old)), new)
  }

  /// Two versions by their numbers.
  ///
  /// - Returns: nil for `old` where they are the same.
  /// - Throws: `notFound`, naming the versions that there are.
  public func versions(
    of name: String, _ old: Int64, _ new: Int64, as command: String
  ) throws -> (old: Text?, new: Text) {
    _ = try begin(command)
    let rule = try book.rule(name)
    func text(_ number: Int64) throws -> Text {
      guard let version = rule.version(number) else {
        throw EngineError(
          .notFound,
          "rule \(name): has no version \(number); its versions are "
            + rule.versions.map { String($0.version.number) }.joined(separator: ", "))
      }
      return (version, try book.source(version))
    }
    return (old == new ? nil : try text(old), try text(new))
  }

  // MARK: Carts

  /// What the newest version of a rule or policy says of one cart; nothing is recorded.
  ///
  /// - Parameter cart: finds the cart, when the rules are read again.
  /// - Throws: `refused` where it fails on the cart.
  public func trial(of name: String, _ cart: () throws -> Cart, as command: String) throws -> (
    version: RuleVersion, cart: Cart, trial: RuleTrial
  ) {
    let run = try begin(command)
    let version = try book.rule(name).newest
    let cart = try cart()
    return (version, cart, try book.trial(of: name, cart, in: run))
  }

  /// A test cut from a real cart, as Lua.
  ///
  /// - Parameters:
  ///   - name: of the only rule that it is about; nil for all.
  ///   - cart: finds the cart, when the rules are read again.
  public func fixture(of name: String?, _ cart: () throws -> Cart, as command: String) throws
    -> CutFixture
  {
    _ = try begin(command)
    let only = try name.map { try book.rule($0).name }
    return try book.fixture(of: try cart(), for: only)
  }

  /// Runs the tests beside the rules, with small changes of the rules to see that a test notices.
  ///
  /// - Parameter name: a file or a rule; nil for all.
  public func test(_ name: String?, as command: String) throws -> (
    results: [RuleTestResult], qualities: [RuleTestQuality]
  ) {
    application.beginReading(command)
    return try book.test(name, mutates: true)
  }
}
