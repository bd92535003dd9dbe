import CartEngine
import CartModel

/// What was abandoned, and what of it came back.
enum Recovery {
  /// Over all carts of a report.
  struct Sums {
    var abandoned: Int64 = 0
    var recovered: Int64 = 0
    var humanAbandoned: Int64 = 0
    var humanRecovered: Int64 = 0
    /// All, and of human carts.
    var (revenue, humanRevenue) = (MoneySums(), MoneySums())

    mutating func add(_ cart: Cart, at now: Timestamp, _ settings: StoreSettings) {
      guard !cart.abandonments(at: now, settings).isEmpty else { return }
      let human: Int64 = cart.isHuman ? 1 : 0
      abandoned += 1
      humanAbandoned += human
      guard let order = cart.order, cart.state == .ordered else { return }
      recovered += 1
      humanRecovered += human
      revenue.add(order.turnover)
      if human == 1 { humanRevenue.add(order.turnover) }
    }
  }

  static let report = Report(
    name: "recovery", title: "What was abandoned, and what of it was ordered after",
    groupings: .times
  ) { run in
    var tally = Tally<TallyGroup>(width: 6)
    let part = run.grouping?.part ?? .day
    let grouping = Dimension.time(part)
    let (settings, zone, now) = (run.settings, run.zone, run.now)
    try run.forEachCart(isCreated: false) { cart in
      let times = cart.abandonments(at: now, settings).filter { run.isMeant($0) }
      guard !times.isEmpty else { return }
      let value = run.value(cart)
      let human: Int64 = cart.isHuman ? 1 : 0
      var groups: [String: Int64] = [:]
      for time in times { groups[part.group(time, zone), default: 0] += 1 }
      // What it was ordered for counts where it was left for the last time before.
      let last = times.last.map { part.group($0, zone) }
      for (group, count) in groups {
        let ordered: Int64 = cart.state == .ordered && group == last ? 1 : 0
        tally.add(
          TallyGroup(name: group, currency: cart.currency), cart.key,
          [count, 1, human, value, ordered, ordered * value])
      }
    }
    let columns: [ReportTable.Column] = [
      .init(part.rawValue, "id", "when the carts became abandoned, by the shop's clock"),
      .init(
        "times", "integer",
        "how often a cart became abandoned: its shopper did nothing for longer than "
          + "abandoned_after (\(settings.abandonedAfter)); one cart can be left several times"),
      .init("carts", "integer", "the carts that this happened to"),
      .init("human", "integer", "those of people"),
      .init("value", "money", ReportRun.valueRule),
      .init("ordered", "integer", "ordered after; counted where it was left for the last time"),
      .init("recovered", "money", "the turnover of those orders; \(Order.turnoverRule)"),
      .init("rate %", "percent", "ordered of carts"), .init("currency"),
    ]
    let sizes = tally.rows.map { ($0.key.name, $0.value.sums[1]) }
    var rows: [[ReportTable.Cell]] = []
    var drill = Drill(columns: [1, 2, 3, 4, 5, 6], rows: [])
    for group in grouping.sorted(
      Array(Dictionary(sizes, uniquingKeysWith: { $0 + $1 })).map { ($0.key, $0.value) })
    {
      for key in tally.rows.keys.filter({ $0.name == group }).sorted(by: {
        $0.currency < $1.currency
      }) {
        let (sums, currency) = (tally[key].sums, key.currency)
        rows.append([
          .text(group), .count(sums[0]), .count(sums[1]), .count(sums[2]),
          .money(sums[3], currency), .count(sums[4]), .money(sums[5], currency),
          .share(sums[4], of: sums[1]), .text(currency.code),
        ])
        drill.rows.append(tally[key].carts)
      }
    }
    var table = run.table(columns, rows)
    table.drill = drill
    table.isByTime = true
    table.chart = Chart(.line, names: 0, series: [2, 5])
    table.comparable = ["carts", "ordered", "recovered"]
    table.notes.append("a cart that was left on several days stands on each of them")
    return table
  }
}
