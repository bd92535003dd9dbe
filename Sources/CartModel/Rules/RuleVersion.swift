/// A rule or policy as a file stated it at some time: never changed, so that an enforced rule
/// stays as it was when it was enforced.
public struct RuleVersion: Equatable, Sendable {
  public var rule: String
  public var kind: Kind
  /// Counts the versions of the rule, from 1.
  public var number: Int64
  /// The file in the folder of rules that states it.
  public var file: String
  /// That file, and the libraries and lists that it read, with the digests of their texts; by path.
  public var sources: [Source]
  /// Parameters that were set otherwise than the file does, as Lua writes their values; by name.
  public var parameters: [Parameter]

  public enum Kind: UInt8, Sendable {
    case rule = 1
    case policy = 2
  }

  public struct Source: Equatable, Sendable {
    public var path: String
    public var digest: String

    public init(path: String, digest: String) {
      self.path = path
      self.digest = digest
    }
  }

  public struct Parameter: Equatable, Sendable {
    public var name: String
    public var value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  public init(
    rule: String, kind: Kind, number: Int64, file: String, sources: [Source],
    parameters: [Parameter] = []
  ) {
    self.rule = rule
    self.kind = kind
    self.number = number
    self.file = file
    self.sources = sources
    self.parameters = parameters
  }

  /// Whether it says the same, apart from its number.
  public func isSame(as other: RuleVersion) -> Bool {
    var copy = other
    copy.number = number
    return self == copy
  }
}

/// What becomes of a rule's verdicts, and which version gives them.
public struct RuleSetting: Equatable, Sendable {
  public var rule: String
  public var mode: Mode
  /// The pinned version; 0 for the newest, which only shadow may be.
  public var version: Int64
  /// The largest share of the carts judged that it may hold, in a pass and in a day.
  public var band: Percent?
  /// Why it was set, where no person did.
  public var reason: String

  public enum Mode: UInt8, Sendable {
    /// It is judged and counted, and nothing is done.
    case shadow = 1
    case enforce = 2
    case off = 3

    public var name: String {
      switch self {
      case .shadow: "shadow"
      case .enforce: "enforce"
      case .off: "off"
      }
    }
  }

  public init(
    rule: String, mode: Mode, version: Int64 = 0, band: Percent? = nil, reason: String = ""
  ) {
    self.rule = rule
    self.mode = mode
    self.version = version
    self.band = band
    self.reason = reason
  }
}

/// What a version of a rule said of a cart.
public struct Decision: Equatable, Sendable {
  /// The cart's public id.
  public var cart: String
  public var rule: String
  public var version: Int64
  public var outcome: Outcome
  /// Whether it was only counted.
  public var isShadow: Bool
  /// For staff; of an error, its message.
  public var reason: String

  public enum Outcome: UInt8, CaseIterable, Sendable {
    case hold = 1
    case flag = 2
    case error = 3
    /// A policy made an order of it.
    case order = 4
    /// A policy wanted to order it and did not.
    case left = 5

    public var name: String {
      switch self {
      case .hold: "hold"
      case .flag: "flag"
      case .error: "error"
      case .order: "order"
      case .left: "left"
      }
    }
  }

  public init(
    cart: String, rule: String, version: Int64, outcome: Outcome, isShadow: Bool, reason: String
  ) {
    self.cart = cart
    self.rule = rule
    self.version = version
    self.outcome = outcome
    self.isShadow = isShadow
    self.reason = reason
  }
}
