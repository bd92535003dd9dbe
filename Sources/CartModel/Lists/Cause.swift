/// Why a rule or a list held a cart, or flagged it.
public struct Cause: Equatable, Hashable, Sendable {
  /// Its name among rules: a rule's, or `blacklist`.
  public var rule: String
  /// What exactly it was: a version of the rule, or an entry of the list. A cart that a person
  /// restored is not held again by the same.
  public var source: String
  /// For staff.
  public var reason: String
  /// What may be said outside; empty for nothing.
  public var tell: String

  public init(rule: String, source: String, reason: String, tell: String = "") {
    self.rule = rule
    self.source = source
    self.reason = reason
    self.tell = tell
  }

  /// Distinguishes it among all causes.
  public var key: String { "\(rule):\(source)" }

  /// Why, for staff: the rule's name where it gives no reason.
  public var why: String { reason.isEmpty ? rule : reason }

  /// For staff, with the rule that says it; the rule alone where it gives no reason.
  public var words: String { reason.isEmpty ? rule : "\(rule): \(reason)" }

  /// As `words`, within a sentence that has a colon already.
  public var listed: String { reason.isEmpty ? rule : "\(rule), \(reason)" }

  /// What a shopper may be told.
  public var outside: String { tell.isEmpty ? "it cannot be ordered" : tell }
}
