import CartEngine
import CartModel

/// Carts and orders by one thing that they share.
enum GroupReports {
  static let countries = Report(name: "countries", title: "Carts and orders by country") {
    try grouped($0, "country") { cart, _ in [cart.shopper[.country]] }
  }

  static let coupons = Report(name: "coupons", title: "Coupons: carts, orders, what they took off")
  {
    try grouped($0, "coupon") { cart, _ in cart.coupons }
  }

  static let customers = Report(name: "customers", title: "Who bought, and who left carts") { run in
    var names = FoldedNames()
    return try grouped(run, "customer") { cart, _ in
      cart.shopper.who.isEmpty ? [] : [names.fold(cart.shopper.who)]
    }
  }

  private static func grouped(
    _ run: ReportRun, _ name: String, _ groups: (Cart, ReportRun) -> [String]
  ) throws -> ReportTable {
    var tally = Tally<TallyGroup>(width: 6)
    try run.forEachCart { cart in
      let value = run.value(cart)
      let isOrdered: Int64 = cart.state == .ordered ? 1 : 0
      let human: Int64 = cart.isHuman ? 1 : 0
      let discount = run.priced(cart)?.discount.minor ?? 0
      for group in groups(cart, run) {
        tally.add(
          TallyGroup(name: group, currency: cart.currency), cart.key,
          [1, human, isOrdered, human * isOrdered, isOrdered * value, discount])
      }
    }
    // The most ordered first, then the most carts.
    let sorted = tally.rows.sorted { a, b in
      if a.value.sums[4] != b.value.sums[4] { return a.value.sums[4] > b.value.sums[4] }
      if a.value.sums[0] != b.value.sums[0] { return a.value.sums[0] > b.value.sums[0] }
      return TallyGroup.ranks(a.key, b.key)
    }
    let shown = run.query.filter.limit.map { Array(sorted.prefix($0)) } ?? sorted
    func row(_ label: String, _ sums: [CheckedSum], _ currency: Currency?) -> [ReportTable.Cell] {
      [
        .text(label), .count(sums[0]), .count(sums[1]), .count(sums[2]), .count(sums[3]),
        .share(sums[2], of: sums[0]), .share(sums[3], of: sums[1]),
        currency.map { .money(sums[4], $0) } ?? .empty,
        currency.map { .money(sums[5], $0) } ?? .empty, .text(currency?.code ?? ""),
      ]
    }
    var table = run.table(
      [
        .init(name), .init("carts", "integer", "carts created in the span"),
        .init("human", "integer", "of people"), .init("ordered", "integer", "of them ordered"),
        .init("human ordered", "integer", "ordered, of people"),
        .init("conversion %", "percent", "ordered of carts"),
        .init("human conversion %", "percent", "human ordered of human"),
        .init("ordered value", "money", "the turnover of the orders; \(Order.turnoverRule)"),
        .init("discount", "money", "what coupons take off those carts, ordered or not"),
        .init("currency"),
      ], shown.map { row($0.key.name, $0.value.sums, $0.key.currency) })
    table.drill = Drill(columns: [1, 2, 3, 4, 7, 8], rows: shown.map(\.value.carts))
    table.chart = Chart(.bar, names: 0, series: name == "customer" ? [7] : [1, 3])
    table.comparable = ["carts", "ordered", "ordered value"]
    let currencies = Set(tally.rows.keys.map(\.currency))
    if name == "country" {
      table.totals = row("all", tally.sums(), currencies.count == 1 ? currencies.first : nil)
    }
    return table
  }
}
