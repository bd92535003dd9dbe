import CartEngine
import CartModel

/// What rules said, and what became of those carts.
enum RulesReport {
  static let report = Report(
    name: "rules", title: "What rules matched, and how much of it was paid", takesFilter: false
  ) { run in
    struct Key: Hashable {
      var rule: String
      var version: Int64
      var isShadow: Bool
      var currency: Currency
    }
    var tally = Tally<Key>(width: 6)
    for hit in try run.handler.reader.operations.hits(
      since: run.query.since, until: run.query.until)
    {
      guard let cart = try run.handler.reader.cart(hit.cart) else { continue }
      let value = run.value(cart)
      let isOrdered: Int64 = cart.order == nil ? 0 : 1
      let isPaid: Int64 = cart.order?.state == .paid ? 1 : 0
      tally.add(
        Key(
          rule: hit.rule, version: hit.version, isShadow: hit.isShadow, currency: cart.currency),
        cart.key,
        [1, value, isOrdered, isOrdered * value, isPaid, isPaid * value])
    }
    let rows = tally.rows.sorted { a, b in
      (a.key.rule, a.key.version, a.key.isShadow ? 1 : 0, a.key.currency)
        < (b.key.rule, b.key.version, b.key.isShadow ? 1 : 0, b.key.currency)
    }
    let judge = run.handler.judge
    var table = run.table(
      [
        .init("rule"), .init("version", "integer"),
        .init("mode", "text", "of this version now; empty where another one is set"),
        .init("judged in", "text", "the mode in which it gave its last verdicts"),
        .init("hits", "integer", "carts that its last verdict in the time range matched"),
        .init("value", "money", ReportRun.valueRule),
        .init("ordered", "integer", "of them ordered"),
        .init("ordered value", "money", "the turnover of the orders; \(Order.turnoverRule)"),
        .init("paid", "integer", "of them paid"), .init("paid value", "money"), .init("currency"),
      ],
      try rows.map { key, row in
        [
          .text(key.rule), .integer(key.version),
          .text(try judge?.mode(of: key.rule, version: key.version) ?? ""),
          .text(key.isShadow ? "shadow" : "enforce"),
          .count(row.sums[0]), .money(row.sums[1], key.currency), .count(row.sums[2]),
          .money(row.sums[3], key.currency), .count(row.sums[4]),
          .money(row.sums[5], key.currency), .text(key.currency.code),
        ]
      })
    table.drill = Drill(columns: [4, 5, 6, 7, 8, 9], rows: rows.map(\.value.carts))
    return table
  }
}
