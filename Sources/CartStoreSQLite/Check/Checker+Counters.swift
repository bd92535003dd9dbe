import CartModel
import CartStorage
import CartSupport

/// The counters of products.
extension Checker {
  /// The counters are what the events that count say.
  mutating func counters() throws(StoreError) {
    let rows = try statements.fresh(
      "SELECT quarter, sku, added, removed, ordered FROM counter "
        + "LEFT JOIN product ON product.id = counter.product")
    while try rows.step() {
      let key = Key(quarter: rows.int(0), sku: rows.text(1))
      let expected = counts.removeValue(forKey: key) ?? ProductCount(sku: key.sku, name: "")
      let stored = (rows.int(2), rows.int(3), rows.int(4))
      if stored != (expected.added, expected.removed, expected.ordered) {
        report.add(
          "counter of \(quoted(key.sku)) in quarter \(key.quarter): is \(stored), the event log says "
            + "(\(expected.added), \(expected.removed), \(expected.ordered))")
      }
    }
    for (key, count) in counts where count.added != 0 || count.removed != 0 || count.ordered != 0 {
      report.add("counter of \(quoted(key.sku)) in quarter \(key.quarter): is missing")
    }
  }

  /// The tallies are the sums of the counters.
  mutating func tallies() throws(StoreError) {
    let kept = "SELECT day, product, added, removed, ordered FROM tally"
    for (one, other) in [(kept, Schema.tallies), (Schema.tallies, kept)] {
      let rows = try statements.fresh(
        "SELECT day, product FROM (SELECT * FROM (\(one)) EXCEPT SELECT * FROM (\(other))) LIMIT 5")
      while try rows.step() {
        report.add(
          "tally of product \(rows.int(1)) on day \(rows.int(0)): is not its counters' sum")
      }
    }
  }
}
