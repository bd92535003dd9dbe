import CartEngine
import CartModel

/// Carts by status: of those created in the span, each counted once.
enum Overview {
  static let report = Report(
    name: "overview", title: "Carts and orders by status",
    groupings: .any
  ) { run in
    if let grouping = run.grouping { return try grouped(run, grouping) }
    return try byStatus(run)
  }

  struct Group: Hashable {
    var status: Status
    var currency: Currency
  }

  /// What the carts of a span come to.
  struct Figures {
    /// Carts, those of people, pieces, value and that of people, orders that count and those of people.
    var tally = Tally<Group>(width: 7)
    var recovery = Recovery.Sums()
    /// Counted by itself, so that it can be told whether the statuses balance.
    var created = CheckedSum()

    var currencies: [Currency] {
      Set(tally.rows.keys.map(\.currency)).sorted { $0.code < $1.code }
    }

    init(_ run: ReportRun) throws {
      try run.forEachCart { cart in
        created += 1
        let value = run.value(cart)
        let human: Int64 = cart.isHuman ? 1 : 0
        let status = cart.status(at: run.now, run.settings)
        let counts: Int64 = cart.order?.state.stands ?? false ? 1 : 0
        tally.add(
          Group(status: status, currency: cart.currency), cart.key,
          [1, human, cart.quantity, value, human * value, counts, human * counts])
        recovery.add(cart, at: run.now, run.settings)
      }
    }
  }

  private static let columns: [ReportTable.Column] = [
    .init(
      "status", "text",
      "how each cart stands now: ordered, deleted, held and merged as they were made, "
        + "active, abandoned and expired by how long its shopper has done nothing"),
    .init(
      "carts", "integer",
      "carts created in the span; created = active + abandoned + expired + "
        + "ordered + deleted + held + merged"),
    .init("share %", "percent", "of the carts created"),
    .init("human", "integer", "those that no rule named bot, staff or test has flagged"),
    .init("human %", "percent", "of the human carts created"),
    .init("pieces", "integer", "pieces over all lines"),
    .init("value", "money", ReportRun.valueRule),
    .init("human value", "money", "the same of human carts"),
    .init("currency"),
  ]

  private static func byStatus(_ run: ReportRun) throws -> ReportTable {
    let figures = try Figures(run)
    let (tally, currencies) = (figures.tally, figures.currencies)
    let all = tally.sums()
    var rows: [[ReportTable.Cell]] = []
    var drill = Drill(columns: [1, 3, 5, 6, 7], rows: [])
    for currency in currencies.isEmpty ? [run.settings.currency] : currencies {
      for status in Status.allCases {
        let row = tally[Group(status: status, currency: currency)]
        if row.sums[0].isZero, currencies.count > 1 { continue }
        rows.append([
          .text(status.rawValue), .count(row.sums[0]), .share(row.sums[0], of: all[0]),
          .count(row.sums[1]), .share(row.sums[1], of: all[1]), .count(row.sums[2]),
          .money(row.sums[3], currency), .money(row.sums[4], currency), .text(currency.code),
        ])
        drill.rows.append(row.carts.first(5, of: figures.tally.width))
      }
    }
    var table = run.table(columns, rows + rates(figures).map(\.row))
    drill.rows += Array(repeating: DrillRow(), count: table.rows.count - rows.count)
    table.drill = drill
    table.chart = Chart(.bar, names: 0, series: [1, 3])
    table.comparable = ["carts", "value"]
    table.definitions = definitions
    let only = currencies.count == 1 ? currencies.first : nil
    table.totals = [
      .text("created"), .count(all[0]), .empty, .count(all[1]), .empty, .count(all[2]),
      only.map { .money(all[3], $0) } ?? .empty, only.map { .money(all[4], $0) } ?? .empty,
      .text(only?.code ?? ""),
    ]
    if figures.created != all[0] {
      table.notes.append(
        "the figures do not balance: \(ReportTable.Cell.count(figures.created).text) carts were "
          + "created, \(ReportTable.Cell.count(all[0]).text) have a status"
      )
    }
    return table
  }

  private static let definitions: [ReportTable.Definition] = [
    .init(name: "conversion", about: "ordered, of the carts created"),
    .init(name: "abandonment", about: "abandoned and expired, of the carts created"),
    .init(
      name: "recovery",
      about: "ordered, of the carts whose shopper ever did nothing for longer than abandoned_after"),
    .init(
      name: "average order",
      about: "the turnover by the number of orders; one cancelled or refunded counts in neither"),
    .init(
      name: "recovered revenue",
      about: "the turnover of carts once abandoned; \(Order.turnoverRule)"),
  ]

  /// What follows from the figures: of all carts, and of those of people.
  struct Rate {
    var name: String
    var all: ReportTable.Cell
    var human: ReportTable.Cell
    /// Nil for a share.
    var currency: Currency?

    /// In the columns of the report.
    fileprivate var row: [ReportTable.Cell] {
      let (shares, amounts) = currency == nil ? ([all, human], []) : ([], [all, human])
      return [.text(name), .empty, shares.first ?? .empty, .empty, shares.last ?? .empty, .empty]
        + [amounts.first ?? .empty, amounts.last ?? .empty, .text(currency?.code ?? "")]
    }
  }

  static func rates(_ figures: Figures) -> [Rate] {
    let (tally, recovery) = (figures.tally, figures.recovery)
    let all = tally.sums()
    guard !all[0].isZero else { return [] }
    let ordered = tally.sums { $0.status == .ordered }
    let left = tally.sums { $0.status == .abandoned || $0.status == .expired }
    func share(_ name: String, _ parts: [CheckedSum], of whole: [CheckedSum]) -> Rate {
      Rate(
        name: name, all: .share(parts[0], of: whole[0]), human: .share(parts[1], of: whole[1]))
    }
    var rates = [
      share("conversion", ordered, of: all), share("abandonment", left, of: all),
      share(
        "recovery", [recovery.recovered, recovery.humanRecovered].map { CheckedSum($0) },
        of: [recovery.abandoned, recovery.humanAbandoned].map { CheckedSum($0) }),
    ]
    for currency in figures.currencies {
      let orders = tally[Group(status: .ordered, currency: currency)].sums
      rates += [
        Rate(
          name: "average order", all: .average(orders[3], orders[5], currency),
          human: .average(orders[4], orders[6], currency), currency: currency),
        Rate(
          name: "recovered revenue", all: .money(recovery.revenue[currency], currency),
          human: .money(recovery.humanRevenue[currency], currency), currency: currency),
      ]
    }
    return rates
  }

  // MARK: By day, country, product, …

  /// The places of the sums: created and human before the statuses, two more behind them.
  private enum Place {
    static let statuses = 2..<2 + Status.allCases.count
    static let ordered = 2 + (Status.allCases.firstIndex(of: .ordered) ?? 0)
    static let humanOrdered = statuses.upperBound
    static let worth = humanOrdered + 1
  }

  private static func grouped(_ run: ReportRun, _ grouping: Dimension) throws -> ReportTable {
    var tally = Tally<TallyGroup>(width: Place.worth + 1)
    var totals = Tally<Currency>(width: Place.worth + 1)
    try run.forEachCart { cart in
      let status = cart.status(at: run.now, run.settings)
      let human: Int64 = cart.isHuman ? 1 : 0
      let value = cart.order == nil ? 0 : run.value(cart)
      let values =
        [1, human] + Status.allCases.map { $0 == status ? 1 : 0 }
        + [status == .ordered ? human : 0, value]
      for group in run.groups(cart, grouping) {
        tally.add(TallyGroup(name: group, currency: cart.currency), cart.key, values)
      }
      totals.add(cart.currency, cart.key, values)
    }
    func row(_ name: String, _ sums: [CheckedSum], _ value: ReportTable.Cell, _ currency: String)
      -> [ReportTable.Cell]
    {
      [.text(name)] + sums.prefix(Place.worth).map { .count($0) }
        + [
          .share(sums[Place.ordered], of: sums[0]), .share(sums[Place.humanOrdered], of: sums[1]),
          value,
          .text(currency),
        ]
    }
    let sizes = Dictionary(grouping: tally.rows, by: \.key.name).mapValues { rows in
      rows.reduce(CheckedSum()) { $0 + $1.value.sums[0] }
    }
    var rows: [[ReportTable.Cell]] = []
    var drill = Drill(columns: Array(1...Place.worth) + [Place.worth + 3], rows: [])
    for group in grouping.sorted(sizes.map { ($0.key, $0.value) }) {
      for currency in totals.rows.keys.sorted(by: { $0.code < $1.code }) {
        guard let found = tally.rows[TallyGroup(name: group, currency: currency)] else { continue }
        rows.append(
          row(group, found.sums, .money(found.sums[Place.worth], currency), currency.code))
        drill.rows.append(found.carts)
      }
    }
    if let limit = run.query.filter.limit, rows.count > limit {
      rows = Array(rows.prefix(limit))
      drill.rows = Array(drill.rows.prefix(limit))
    }
    var table = run.table(columns(grouping), rows)
    table.drill = drill
    table.isByTime = grouping.isTime
    table.chart =
      grouping.isTime
      ? Chart(.stacked, names: 0, series: Place.statuses.map { $0 + 1 })
      : Chart(.bar, names: 0, series: [1, Place.ordered + 1])
    table.comparable = ["created", "ordered", "ordered value"]
    let all = totals.sums()
    let only = totals.rows.count == 1 ? totals.rows.keys.first : nil
    table.totals = row(
      "all", all, only.map { .money(all[Place.worth], $0) } ?? .empty, only?.code ?? "")
    table.notes += notes(all, grouping)
    return table
  }

  private static func notes(_ all: [CheckedSum], _ grouping: Dimension) -> [String] {
    let balances = all[0] == all[Place.statuses].reduce(CheckedSum(), +)
    return (balances ? [] : ["the figures do not balance: the statuses are not what was created"])
      + (grouping.overlaps
        ? ["a cart with several stands in several rows; the totals count it once"] : [])
  }

  private static func columns(_ grouping: Dimension) -> [ReportTable.Column] {
    let by = ReportTable.Column(
      grouping.name, grouping.isTime ? "id" : "text", "of the carts created in the span")
    let counts: [ReportTable.Column] = [
      by, .init("created", "integer", "carts created"), .init("human", "integer", "of people"),
    ]
    return counts
      + Status.allCases.map { .init($0.rawValue, "integer", "of them \($0.rawValue) now") }
      + [
        .init("human ordered", "integer", "ordered, of people"),
        .init("conversion %", "percent", "ordered of created"),
        .init("human conversion %", "percent", "human ordered of human"),
        .init("ordered value", "money", "the turnover of their orders; \(Order.turnoverRule)"),
        .init("currency"),
      ]
  }
}
