import CartModel
import CartStorage

/// Says what rules make of carts; a target above provides it, so that the engine knows no Lua.
public protocol Judge: AnyObject {
  /// The verdict of each rule that matches a cart, or its failure; the weightiest first.
  ///
  /// - Parameters:
  ///   - fresh: whether nothing that rules kept from other carts may decide.
  ///   - run: what follows for a rule that fails or matches too much is saved with it; nil where it is
  ///     only asked, and nothing follows.
  func verdicts(on cart: Cart, fresh: Bool, in run: Run?) throws(EngineError) -> [Verdict]

  /// What rules say of a stored cart in a pass, at first sight.
  func look(at row: borrowing CartRow) throws(EngineError) -> FirstSight

  /// Why each rule that matches a cart does so.
  func explain(_ cart: Cart) throws(EngineError) -> [Explanation]

  /// The mode that a version of a rule is in at the moment that is read: `shadow`, `enforce`, `off` or
  /// `suspended`; nil where another version of it is set, or none.
  func mode(of rule: String, version: Int64) throws(EngineError) -> String?
}

extension Judge {
  public func mode(of rule: String, version: Int64) throws(EngineError) -> String? { nil }
}

/// What rules say of a stored cart at first sight.
public enum FirstSight {
  /// Nothing.
  case clear
  /// Only what is counted.
  case counted([Verdict])
  /// The cart must be looked at as a whole.
  case unclear
}

/// What a version of a rule says of a cart as it now is.
public struct Verdict: Equatable, Sendable {
  public var rule: String
  public var version: Int64
  public var outcome: Decision.Outcome
  /// Whether it is only counted.
  public var isShadow: Bool
  /// For staff; of an error, its message.
  public var reason: String
  public var tell: String
  /// What else follows from a hit: the person is put on the blacklist for a while.
  public var ban: Ban?

  public struct Ban: Equatable, Sendable {
    public var by: ListEntry.Kind
    public var ttl: Span

    public init(by: ListEntry.Kind, ttl: Span) {
      self.by = by
      self.ttl = ttl
    }
  }

  public init(
    rule: String, version: Int64, outcome: Decision.Outcome, isShadow: Bool, reason: String,
    tell: String = "", ban: Ban? = nil
  ) {
    self.rule = rule
    self.version = version
    self.outcome = outcome
    self.isShadow = isShadow
    self.reason = reason
    self.tell = tell
    self.ban = ban
  }

  public var cause: Cause {
    Cause(rule: rule, source: String(version), reason: reason, tell: tell)
  }

  func decision(on cart: Cart) -> Decision { decision(on: cart.id) }

  func decision(on id: String) -> Decision {
    Decision(
      cart: id, rule: rule, version: version, outcome: outcome, isShadow: isShadow,
      reason: reason)
  }
}
