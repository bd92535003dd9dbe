import CartEngine
import CartModel
import CartStorage

/// Products by what was added, ordered, left behind.
enum ProductReports {
  static let topAdded = Report(
    name: "top-added", title: "Top added products, and how many of them were ordered",
    takesFilter: false
  ) { try counted($0, isAdded: true) }

  static let topOrdered = Report(
    name: "top-ordered", title: "Top ordered products, and how many of them were added",
    takesFilter: false
  ) { try counted($0, isAdded: false) }

  /// From the counters that are kept with the event log: O(products), not O(events).
  private static func counted(_ run: ReportRun, isAdded: Bool) throws -> ReportTable {
    let from = run.query.since?.quarter ?? .min
    let until = run.query.until?.quarter ?? .max
    let all = try run.handler.reader.catalogue.productCounts(from: from, until: until)
    let robots = try run.handler.reader.catalogue.robotCounts(from: from, until: until)
    let added = places(all) { $0.added }
    let ordered = places(all) { $0.ordered }
    let own = isAdded ? added : ordered
    let sorted = all.filter { isAdded || $0.ordered != 0 }
      .sorted { a, b in
        let (left, right) = (own[a.sku], own[b.sku])
        return left == right ? ranks(a.sku, b.sku) : ranks(left, right)
      }
    let shown = sorted.prefix(run.query.filter.limit ?? 20)
    func figures(_ counts: some Collection<ProductCount>) -> [ReportTable.Cell] {
      func sum(_ field: (ProductCount) -> Int64) -> CheckedSum {
        counts.reduce(into: .init()) { $0 += field($1) }
      }
      func human(_ field: (ProductCount) -> Int64) -> CheckedSum {
        counts.reduce(into: sum(field)) { $0 -= robots[$1.sku].map(field) ?? 0 }
      }
      return [
        .count(sum(\.added)), .count(sum(\.removed)), .count(sum(\.ordered)),
        .share(sum(\.ordered), of: sum(\.added)), .count(human(\.added)),
        .count(human(\.ordered)), .share(human(\.ordered), of: human(\.added)),
      ]
    }
    var table = run.table(
      columns(isAdded: isAdded),
      shown.map { count in
        let other = isAdded ? ordered[count.sku] : added[count.sku]
        return [.text(count.sku), .text(count.name)] + figures(CollectionOfOne(count))
          + [other.map { .integer(Int64($0)) } ?? .empty]
      })
    table.chart = Chart(.bar, names: 0, series: isAdded ? [2, 4] : [4, 2])
    table.comparable = ["added", "ordered"]
    table.totals =
      [.text(shown.count < sorted.count ? "all \(sorted.count)" : "all"), .empty]
      + figures(sorted) + [.empty]
    if run.query.since.map({ $0.milliseconds % 900_000 != 0 }) ?? false
      || run.query.until.map({ $0.milliseconds % 900_000 != 0 }) ?? false
    {
      table.notes.append(
        "counted by quarters of an hour: since and until are those that they lie in")
    }
    return table
  }

  private static func columns(isAdded: Bool) -> [ReportTable.Column] {
    [
      .init("sku"), .init("product"),
      .init(
        "added", "integer", "pieces added to carts in the time range, also if removed again"),
      .init("removed", "integer", "pieces removed"),
      .init(
        "ordered", "integer",
        "pieces that became part of an order in the span, also of one cancelled or refunded since"
      ),
      .init("rate %", "percent", "ordered of added; orders of pieces added before count, too"),
      .init("human added", "integer", "the same of human carts"),
      .init("human ordered", "integer", "the same of human carts"),
      .init("human rate %", "percent", "human ordered of human added"),
      .init(
        isAdded ? "ordered rank" : "added rank", "integer",
        "its place among all by pieces \(isAdded ? "ordered" : "added"), then by SKU"),
    ]
  }

  /// Places from 1, by units and then by SKU; of what has none, no place.
  private static func places(_ counts: [ProductCount], _ field: (ProductCount) -> Int64)
    -> [String: Int]
  {
    let sorted = counts.filter { field($0) != 0 }.sorted { a, b in
      field(a) != field(b)
        ? field(a) > field(b) : ranks(a.sku, b.sku)
    }
    return Dictionary(
      uniqueKeysWithValues: sorted.enumerated().map { ($0.element.sku, $0.offset + 1) })
  }

  static let topAbandoned = Report(
    name: "top-abandoned", title: "Products left in abandoned and expired carts"
  ) { run in
    var tally = Tally<TallyGroup>(width: 4)
    var names: [String: String] = [:]
    let (settings, now) = (run.settings, run.now)
    try run.forEachCart { cart in
      let status = cart.status(at: now, settings)
      guard status == .abandoned || status == .expired else { return }
      // A cart that can be priced has no sum of some lines that is out of range.
      let isPriced = run.priced(cart) != nil
      var left: [String: (pieces: Int64, value: Int64)] = [:]
      for line in cart.lines {
        let amount = isPriced ? try cart.amount(of: line).minor : 0
        let before = left[line.sku] ?? (0, 0)
        left[line.sku] = (before.pieces + line.quantity, before.value + amount)
        if names[line.sku]?.isEmpty ?? true { names[line.sku] = line.name }
      }
      for (sku, sum) in left {
        tally.add(
          TallyGroup(name: sku, currency: cart.currency), cart.key,
          [sum.pieces, 1, cart.isHuman ? 1 : 0, sum.value])
      }
    }
    let keys = tally.rows.sorted { a, b in
      a.value.sums[0] != b.value.sums[0]
        ? a.value.sums[0] > b.value.sums[0]
        : TallyGroup.ranks(a.key, b.key)
    }
    let shown = keys.prefix(run.query.filter.limit ?? 20)
    var table = run.table(
      [
        .init("sku"), .init("product"),
        .init("pieces", "integer", "pieces that lie in carts now abandoned or expired"),
        .init("carts", "integer", "those carts, of the ones created in the span"),
        .init("human", "integer", "those of people"),
        .init("value", "money", "the lines' amounts, before discounts, shipping and tax"),
        .init("currency"),
      ],
      shown.map { key, row in
        [
          .text(key.name), .text(names[key.name] ?? ""), .count(row.sums[0]),
          .count(row.sums[1]), .count(row.sums[2]), .money(row.sums[3], key.currency),
          .text(key.currency.code),
        ]
      })
    table.drill = Drill(columns: [2, 3, 4, 5], rows: shown.map(\.value.carts))
    table.chart = Chart(.bar, names: 0, series: [2])
    table.comparable = ["pieces", "value"]
    return table
  }
}
