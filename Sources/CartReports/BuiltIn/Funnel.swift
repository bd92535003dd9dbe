import CartEngine
import CartModel

/// How far carts get.
enum Funnel {
  private static let steps = [
    ("created", "carts created in the span"),
    ("line", "that ever had a line, or got further"),
    ("e-mail known", "whose shopper's e-mail is known, or that got further"),
    ("ordered", "that became an order"),
  ]

  static let report = Report(
    name: "funnel", title: "From a cart to an order", groupings: .any
  ) { run in
    if let grouping = run.grouping { return try grouped(run, grouping) }
    var tally = Tally<Int>(width: 2)
    try run.forEachCart { cart in
      let values: [Int64] = [1, cart.isHuman ? 1 : 0]
      for step in 0...(try reached(cart, run.handler)) { tally.add(step, cart.key, values) }
    }
    var rows: [[ReportTable.Cell]] = []
    for (step, words) in steps.enumerated() {
      let (sums, first) = (tally[step].sums, tally[0].sums)
      let before = tally[max(0, step - 1)].sums
      rows.append([
        .text(words.0), .count(sums[0]), .share(sums[0], of: first[0]),
        .share(sums[0], of: before[0]), .count(sums[1]), .share(sums[1], of: first[1]),
        .text(words.1),
      ])
    }
    var table = run.table(
      [
        .init("step"), .init("carts", "integer", "that reached this step or a later one"),
        .init("of created %", "percent", "of the carts created"),
        .init("of before %", "percent", "of those that reached the step before"),
        .init("human", "integer", "of people"),
        .init("human %", "percent", "of human carts created"),
        .init("means"),
      ], rows)
    table.chart = Chart(.bar, names: 0, series: [1, 4])
    table.comparable = ["carts"]
    table.drill = Drill(columns: [1, 4], rows: steps.indices.map { tally[$0].carts })
    return table
  }

  /// A row a group, a column a step.
  private static func grouped(_ run: ReportRun, _ grouping: Dimension) throws -> ReportTable {
    var (tally, totals) = (Tally<String>(width: 8), Tally<Int>(width: 8))
    try run.forEachCart { cart in
      let step = try reached(cart, run.handler)
      let carts = steps.indices.map { Int64($0 <= step ? 1 : 0) }
      let values = carts + carts.map { cart.isHuman ? $0 : 0 }
      for group in run.groups(cart, grouping) { tally.add(group, cart.key, values) }
      totals.add(0, cart.key, values)
    }
    func row(_ name: String, _ sums: [CheckedSum]) -> [ReportTable.Cell] {
      [.text(name)] + sums.map { .count($0) }
        + [.share(sums[3], of: sums[0]), .share(sums[7], of: sums[4])]
    }
    let names = grouping.sorted(tally.rows.map { ($0.key, $0.value.sums[0]) })
    let shown = names.prefix(run.query.filter.limit ?? .max)
    var table = run.table(
      [
        .init(
          grouping.name, grouping.isTime ? "id" : "text", "of the carts created in the span")
      ] + steps.map { .init($0.0, "integer", $0.1) }
        + steps.map { .init("human \($0.0)", "integer", "the same of human carts") }
        + [
          .init("conversion %", "percent", "ordered of created"),
          .init("human conversion %", "percent", "human ordered of human created"),
        ], shown.map { row($0, tally[$0].sums) })
    table.totals = row("all", totals[0].sums)
    table.drill = Drill(columns: Array(1...8), rows: shown.map { tally[$0].carts })
    table.isByTime = grouping.isTime
    table.chart = Chart(grouping.isTime ? .line : .bar, names: 0, series: Array(1...4))
    table.comparable = ["created", "ordered"]
    if grouping.overlaps {
      table.notes.append("a cart with several stands in several rows; the totals count it once")
    }
    return table
  }

  private static func reached(_ cart: Cart, _ handler: CommandHandler) throws -> Int {
    if cart.order != nil { return 3 }
    if !cart.shopper[.email].isEmpty { return 2 }
    if !cart.lines.isEmpty { return 1 }
    // Empty now, but it may have had one: its history says.
    guard cart.version > 1, cart.key > 0 else { return 0 }
    return try handler.reader.history(of: cart.key).contains {
      if case .lineAdded = $0.event.body { !$0.isUndone } else { false }
    } ? 1 : 0
  }
}
