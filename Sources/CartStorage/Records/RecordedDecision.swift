import CartModel

/// The latest decision of a rule on a cart.
public struct RecordedDecision: Equatable, Sendable {
  public var rule: String
  public var version: Int64
  /// As `Decision.Outcome`.
  public var outcome: Int64
  /// Whether the rule was in shadow mode.
  public var isShadow: Bool

  public init(rule: String, version: Int64, outcome: Int64, isShadow: Bool) {
    (self.rule, self.version, self.outcome, self.isShadow) = (rule, version, outcome, isShadow)
  }
}

/// A rule's latest verdict on a cart that it matches.
public struct RuleHit: Equatable, Sendable {
  public var rule: String
  /// The cart's key.
  public var cart: Int64
  public var version: Int64
  /// Whether the rule was in shadow mode.
  public var isShadow: Bool

  public init(rule: String, cart: Int64, version: Int64, isShadow: Bool) {
    self.rule = rule
    self.cart = cart
    self.version = version
    self.isShadow = isShadow
  }
}
