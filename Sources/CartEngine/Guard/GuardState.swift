import CartModel

/// What lists and rules did in a run.
struct GuardState {
  /// What rules said of carts, so that it is said once.
  var decisions: [String: String] = [:]
  /// Open carts that were looked at in a pass and have what the blacklist cannot compare.
  var unchecked = UncheckedCount()
  /// Carts that were held, in order.
  var held: [Int64] = []
  /// The same by rule, as far as it was not undone; `rewinds` is the unit's.
  var holders: (rewinds: Int, carts: [String: Set<Int64>])
  /// Carts that a rule flagged.
  var flagged: Set<Int64> = []
  /// Carts whose orders were refused, and why.
  var refused: [Int64: Refusal] = [:]
  /// Policies that run, and the carts that they are ordering.
  var tallies: [String: PolicyTally] = [:]
  var ordering: [Int64: String] = [:]
  /// What rules said before of the carts that a pass looks at.
  var recorded: RecordedDecisions?
  /// Rules that fell back to shadow.
  var fallen: [String: RuleSetting] = [:]
  /// While carts are restored, what matches them may not hold them again at once.
  var isResting = false

  /// Why an order was not made.
  struct Refusal {
    var cause: Cause
    /// What a rule said; nil for the lists.
    var decision: Decision?
  }

  init(rewinds: Int) { holders = (rewinds, [:]) }
}
