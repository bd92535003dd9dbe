import CartEngine
import CartModel
import CartStore

/// The reports that every shop has.
public enum BuiltInReports {
  /// Name and title of each.
  public static let titles: [(name: String, title: String)] = [
    ("overview", "Carts and orders by status"),
    ("top-added", "Top added products, and how many of them were ordered"),
  ]

  /// Runs a report; nil where none has this name.
  public static func run(_ name: String, _ query: ReportQuery, _ handler: CommandHandler)
    throws(EngineError) -> ReportTable?
  {
    if titles.contains(where: { $0.name == name }), !query.by.isEmpty {
      throw EngineError(
        .malformed, "report \(name): has one grouping only; leave out by=\(quoted(query.by))")
    }
    switch name {
    case "overview": return try overview(query, handler)
    case "top-added": return try topAdded(query, handler)
    default: return nil
    }
  }

  /// Carts by status and currency, with what they are worth: of those created in the span.
  ///
  /// Each cart is counted once, so that created = active + abandoned + expired + ordered + deleted
  /// + held.
  private static func overview(_ query: ReportQuery, _ handler: CommandHandler)
    throws(EngineError) -> ReportTable
  {
    struct Group: Hashable {
      var status: Status
      var currency: Currency
    }
    var groups: [Group: (carts: Int64, pieces: Int64, value: Money)] = [:]
    let settings = handler.settings
    var filter = query.filter
    if !filter.namesStatus { filter.anyStatus = true }
    do {
      try handler.forEachCart { cart in
        if let since = query.since, cart.created < since { return }
        if let until = query.until, cart.created >= until { return }
        guard filter.matches(cart, handler.context) else { return }
        let group = Group(
          status: cart.status(at: handler.now, settings), currency: cart.currency)
        var sum = groups[group] ?? (0, 0, .zero(cart.currency))
        let value = try cart.order?.total ?? cart.price(settings).total
        sum = (sum.carts + 1, sum.pieces + cart.quantity, try sum.value + value)
        groups[group] = sum
      }
    } catch { throw EngineError(error) }
    let currencies = Set(groups.keys.map(\.currency)).sorted { $0.code < $1.code }
    let all = groups.values.reduce(0) { $0 + $1.carts }
    var rows: [[ReportTable.Cell]] = []
    for currency in currencies.isEmpty ? [settings.currency] : currencies {
      for status in Status.allCases {
        let sum =
          groups[Group(status: status, currency: currency)] ?? (0, 0, Money.zero(currency))
        if sum.carts == 0, currencies.count > 1 { continue }
        rows.append([
          .text(status.rawValue), .integer(sum.carts),
          Percent(sum.carts, of: all).map { .percent($0) } ?? .empty, .integer(sum.pieces),
          .money(sum.value), .text(currency.code),
        ])
      }
    }
    let pieces = groups.values.reduce(0) { $0 + $1.pieces }
    var total: Money?
    if currencies.count == 1, let currency = currencies.first {
      var sum = Money.zero(currency)
      do {
        for group in groups.values { sum = try sum + group.value }
      } catch { throw EngineError(error) }
      total = sum
    }
    return ReportTable(
      name: "overview", title: "Carts and orders by status", asOf: handler.now,
      columns: [
        .init("status"), .init("carts", "integer"), .init("share %", "percent"),
        .init("pieces", "integer"), .init("value", "money"), .init("currency"),
      ],
      rows: rows,
      totals: [
        .text("created"), .integer(all), .empty, .integer(pieces),
        total.map { .money($0) } ?? .empty, .text(total?.currency.code ?? ""),
      ])
  }

  /// Products by pieces added, with those ordered and the rate between them.
  private static func topAdded(_ query: ReportQuery, _ handler: CommandHandler)
    throws(EngineError) -> ReportTable
  {
    guard query.filter.conditions.isEmpty, query.filter.words.isEmpty else {
      throw EngineError(
        .malformed,
        "report top-added: counts products over all carts and takes no filter but limit=, since, "
          + "until")
    }
    var counts = try handler.productCounts(
      from: query.since?.quarter ?? .min, until: query.until?.quarter ?? .max)
    counts.sort { a, b in
      a.added != b.added
        ? a.added > b.added
        : a.ordered != b.ordered
          ? a.ordered > b.ordered
          : a.sku.utf8.lexicographicallyPrecedes(b.sku.utf8)
    }
    let shown = counts.prefix(query.filter.limit ?? 20)
    func row(_ name: [ReportTable.Cell], _ counts: some Collection<ProductCount>)
      -> [ReportTable.Cell]
    {
      let added = counts.reduce(0) { $0 + $1.added }
      let ordered = counts.reduce(0) { $0 + $1.ordered }
      return name + [
        .integer(added), .integer(counts.reduce(0) { $0 + $1.removed }), .integer(ordered),
        Percent(ordered, of: added).map { .percent($0) } ?? .empty,
      ]
    }
    return ReportTable(
      name: "top-added", title: "Top added products, and how many of them were ordered",
      asOf: handler.now,
      columns: [
        .init("sku"), .init("product"), .init("added", "integer"), .init("removed", "integer"),
        .init("ordered", "integer"), .init("rate %", "percent"),
      ],
      rows: shown.map { row([.text($0.sku), .text($0.name)], CollectionOfOne($0)) },
      totals: row(
        [.text(shown.count < counts.count ? "all \(counts.count)" : "all"), .empty], counts))
  }
}
