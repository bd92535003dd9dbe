import CartModel
import CartStorage

/// The counters of products.
extension Checker {
  /// The counters are what the events that count say.
  mutating func counters() throws(StoreError) {
    let rows = try statements.fresh(
      "SELECT quarter, sku, added, removed, ordered FROM counter "
        + "LEFT JOIN product ON product.id = counter.product")
    while try rows.step() {
      let stored = ProductCount(
        sku: rows.text(1), name: "", added: rows.int(2), removed: rows.int(3),
        ordered: rows.int(4))
      expectedCounters.compare(quarter: rows.int(0), stored, &report)
    }
    expectedCounters.reportMissing(&report)
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
