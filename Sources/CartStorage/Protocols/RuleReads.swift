import CartModel

/// Reads of rules and policies: their versions, settings, sources, decisions and runs.
public protocol RuleReads: AnyObject {
  /// All versions and settings of rules in the order in which they came, with who made them.
  func ruleEvents() throws(StoreError) -> [Event]

  /// The text of a source; nil where it is not recorded.
  func source(_ digest: String) throws(StoreError) -> String?

  /// How many carts a version of a rule matched, and on how many it failed.
  func decisions(of rule: String, version: Int64) throws(StoreError) -> (hits: Int64, errors: Int64)

  /// The latest decision of each rule on each cart that it matched.
  func hits() throws(StoreError) -> [RuleHit]

  /// What rules and policies said from `since` and before `until`, in order; nil for no bound.
  func decisions(since: Timestamp?, until: Timestamp?) throws(StoreError) -> [Event]

  /// The latest decision of a rule on a cart; nil without one.
  func decision(of rule: String, on cart: Int64) throws(StoreError) -> RecordedDecision?

  /// The latest decisions of all rules on the carts of a range of keys, by cart.
  ///
  /// - Complexity: O(rules × log decisions + decisions in the range), in one statement.
  func decisions(after: Int64, through: Int64) throws(StoreError) -> [Int64: [RecordedDecision]]

  /// When a rule last matched a cart; nil for never.
  func lastHit(of rule: String) throws(StoreError) -> Timestamp?

  /// How many carts a version of a rule held after a moment.
  func holds(of rule: String, version: Int64, after time: Timestamp) throws(StoreError) -> Int64

  /// The latest run of a policy up to a moment, and when it was; nil where it never ran.
  func lastRun(of policy: String, until time: Timestamp) throws(StoreError) -> (
    run: PolicyRun, at: Timestamp
  )?
}
