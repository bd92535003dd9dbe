import CartModel
import CartSupport

/// The counters of products that an event log calls for, to compare a storage's own with.
package struct ExpectedCounters {
  private struct Key: Hashable {
    var quarter: Int64
    var sku: String
  }

  private let changes: (EventBody) -> [ProductCount]
  private var counts: [Key: ProductCount] = [:]

  /// - Parameter changes: how an event counts pieces of products.
  package init(_ changes: @escaping (EventBody) -> [ProductCount]) { self.changes = changes }

  /// Counts a cart's events, without those of undone operations.
  package mutating func add(_ history: History) {
    let undone = history.undone()
    let compensating = history.compensatingOperations()
    for event in history.events where !compensating.contains(event.operation) {
      if history.isUndone(event.operation, undone), !event.body.stands { continue }
      for change in changes(event.body) {
        let key = Key(quarter: event.at.quarter, sku: change.sku)
        counts[key, default: ProductCount(sku: change.sku, name: "")].add(change)
      }
    }
  }

  /// Compares a counter that a storage has.
  ///
  /// - Parameters:
  ///   - quarter: quarter hours since 1970.
  ///   - stored: its pieces; the name does not matter.
  package mutating func compare(quarter: Int64, _ stored: ProductCount, _ report: inout CheckReport)
  {
    let key = Key(quarter: quarter, sku: stored.sku)
    let expected = counts.removeValue(forKey: key) ?? ProductCount(sku: stored.sku, name: "")
    guard !stored.hasPieces(of: expected) else { return }
    report.add(
      "counter of \(quoted(stored.sku)) in quarter \(quarter): is "
        + "(\(stored.added), \(stored.removed), \(stored.ordered)), the event log says "
        + "(\(expected.added), \(expected.removed), \(expected.ordered))")
  }

  /// Reports the counters that were not compared: the storage does not have them.
  package func reportMissing(_ report: inout CheckReport) {
    let missing = counts.filter { !$0.value.isEmpty }.keys
    for key in missing.sorted(by: { ($0.quarter, $0.sku) < ($1.quarter, $1.sku) }) {
      report.add("counter of \(quoted(key.sku)) in quarter \(key.quarter): is missing")
    }
  }
}
