import CartEngine
import CartModel
import CartStore

/// One of the reports that every shop has.
public struct Report: Sendable {
  public let name: String
  public let title: String
  /// What it can be grouped by instead; empty for none.
  var groupings: [Dimension] = []
  /// Whether it is about carts, and so takes their filters.
  var takesFilter = true
  let body: @Sendable (ReportRun) throws -> ReportTable

  /// What `by=` takes.
  public var groupingNames: [String] { groupings.map(\.rawValue) }
  /// Whether it takes filters of carts.
  public var filters: Bool { takesFilter }
}

/// A report under way: what was asked for, and the shop that answers.
final class ReportRun {
  let report: Report
  let query: ReportQuery
  let handler: CommandHandler
  let grouping: Dimension?
  /// Carts whose totals are out of range, which no amount counts.
  private var uncounted: Int64 = 0
  private var names = FoldedNames()

  init(_ report: Report, _ query: ReportQuery, _ handler: CommandHandler, by grouping: Dimension?) {
    (self.report, self.query, self.handler, self.grouping) = (report, query, handler, grouping)
  }

  var settings: StoreSettings { handler.settings }
  var zone: ZoneRules { handler.shop.zone }
  var now: Timestamp { handler.now }

  func isMeant(_ time: Timestamp) -> Bool {
    if let since = query.since, time < since { return false }
    if let until = query.until, time >= until { return false }
    return true
  }

  /// Calls `body` with each cart that matches the filter, of any status unless it names one.
  ///
  /// - Parameter isCreated: whether only those count that were created in the span.
  func forEachCart(isCreated: Bool = true, _ body: (Cart) throws -> Void) throws(EngineError) {
    var filter = query.filter
    if !filter.namesStatus { filter.anyStatus = true }
    let context = handler.context
    let isPlain = filter.conditions.isEmpty && filter.words.isEmpty
    try handler.forEachCart { cart in
      guard !isCreated || isMeant(cart.created), isPlain || filter.matches(cart, context) else {
        return
      }
      try body(cart)
    }
  }

  /// The groups that a cart stands in.
  func groups(_ cart: Cart, _ grouping: Dimension) -> [String] {
    let groups = grouping.groups(cart, zone)
    return grouping.isFolded ? groups.map { names.fold($0) } : groups
  }

  /// What a cart is worth, minor units: its order's total, else what it comes to now.
  func value(_ cart: Cart) -> Int64 {
    if let order = cart.order { return order.total.minor }
    guard let total = try? cart.price(settings).total else {
      uncounted += 1
      return 0
    }
    return total.minor
  }

  func table(_ columns: [ReportTable.Column], _ rows: [[ReportTable.Cell]]) -> ReportTable {
    var table = ReportTable(
      name: report.name, title: report.title, asOf: now, columns: columns, rows: rows)
    if uncounted > 0 {
      table.notes.append("\(uncounted) carts have a total out of range, which no amount counts")
    }
    return table
  }
}

extension ReportTable.Cell {
  public static func money(_ minor: Int64, _ currency: Currency) -> Self {
    .money(Money(minor: minor, currency))
  }

  /// `part` of `whole` in percent; empty of nothing.
  static func share(_ part: Int64, of whole: Int64) -> Self {
    Percent(part, of: whole).map { .percent($0) } ?? .empty
  }
}
