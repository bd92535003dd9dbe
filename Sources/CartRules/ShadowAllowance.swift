import LuaKit

/// The time that rules in shadow may add to one change, all together.
///
/// It is CPU time of the thread, so that a busy machine suspends no rule. Opening a VM does not count,
/// as it is not the rule's.
final class ShadowAllowance {
  /// Nanoseconds.
  static let perChange: UInt64 = 50_000_000

  private(set) var left = perChange
  private var spent: [(rule: String, time: UInt64)] = []
  private var cut: [(rule: String, reason: String)] = []

  /// What the next run of a rule may use.
  var budget: LuaVM.Budget {
    var budget = LuaVM.Budget.rule
    budget.cpu = max(1, min(budget.cpu, left))
    return budget
  }

  func spend(_ time: UInt64, on rule: String) {
    left = left > time ? left - time : 0
    spent.append((rule, time))
  }

  /// Notes a rule whose run was ended by a limit: it would cost the same beside each change.
  func cutOff(_ rule: String, _ message: String) { cut.append((rule, message)) }

  /// The rules to be suspended, and why: those that were cut off, else the one that took the most where
  /// all together took too long.
  var overruns: [(rule: String, reason: String)] {
    let limit = "\(Self.perChange / 1_000_000) ms"
    if !cut.isEmpty {
      return cut.map { ($0.rule, "a change may wait \(limit) for rules in shadow: \($0.reason)") }
    }
    guard left == 0, !spent.isEmpty else { return [] }
    let sums = Dictionary(spent.map { ($0.rule, $0.time) }, uniquingKeysWith: +)
    guard let most = sums.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else { return [] }
    return [
      (
        most.key,
        "rules in shadow took more than \(limit) of a change, and it took the most, "
          + "\(most.value / 1_000_000) ms"
      )
    ]
  }
}
