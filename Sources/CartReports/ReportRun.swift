import CartEngine
import CartModel
import CartStorage
import CartSupport

/// One of the reports that every shop has.
public struct Report: Sendable {
  public let name: String
  public let title: String
  /// What it can be grouped by instead.
  var groupings = Dimension.Kind.none
  /// Whether it is about carts, and so takes their filters.
  var takesFilter = true
  let body: @Sendable (ReportRun) throws -> ReportTable

  /// What `by=` takes.
  public var groupingNames: [String] { groupings.names }
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
  private var uncounted: Set<Int64> = []
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
    filter.allowAnyStatus()
    let reading = FilterReading(filter, handler.reader.context)
    let isPlain = filter.isPlain
    try handler.reader.forEachCart { cart in
      guard !isCreated || isMeant(cart.created), isPlain || reading.matches(cart) else {
        return
      }
      try body(cart)
    }
  }

  /// The groups that a cart stands in.
  func groups(_ cart: Cart, _ grouping: Dimension) -> [String] {
    let groups = grouping.groups(cart, handler.reader.context, zone)
    return grouping.isFolded ? groups.map { names.fold($0) } : groups
  }

  /// What a cart is worth, minor units: its order's turnover, else what it comes to now.
  func value(_ cart: Cart) -> Int64 {
    cart.order?.turnover.minor ?? priced(cart)?.total.minor ?? 0
  }

  /// A cart's totals; one whose totals are out of range is counted and named below the table.
  func priced(_ cart: Cart) -> Totals? {
    let totals = try? cart.price(settings)
    if totals == nil { uncounted.insert(cart.key) }
    return totals
  }

  /// What `value` is, for those who read it.
  static let valueRule =
    "what the order added to the turnover (\(Order.turnoverRule)), else what the cart comes to now"

  func table(_ columns: [ReportTable.Column], _ rows: [[ReportTable.Cell]]) -> ReportTable {
    var table = ReportTable(
      name: report.name, title: report.title, asOf: now, columns: columns, rows: rows)
    table.scope = query.scope(handler)
    if !uncounted.isEmpty {
      table.notes.append(
        "\(uncounted.count) carts have a total out of range, which no amount counts")
    }
    return table
  }
}

extension ReportTable.Cell {
  public static func money(_ minor: Int64, _ currency: Currency) -> Self {
    .money(Money(minor: minor, currency))
  }

  /// A figure that does not fit 64 bits.
  public static let outOfRange = Self.text("out of range")

  static func money(_ sum: CheckedSum, _ currency: Currency) -> Self {
    sum.value.map { .money($0, currency) } ?? .outOfRange
  }

  static func count(_ sum: CheckedSum) -> Self { sum.value.map { .integer($0) } ?? .outOfRange }

  /// `part` of `whole` in percent; empty of nothing.
  static func share(_ part: CheckedSum, of whole: CheckedSum) -> Self {
    whole.isZero ? .empty : Percent(part, of: whole).map { .percent($0) } ?? .outOfRange
  }

  /// One amount or count by a number, half up; empty of nothing.
  static func average(_ sum: CheckedSum, _ count: CheckedSum, _ currency: Currency) -> Self {
    guard !count.isZero else { return .empty }
    return sum.ratio(of: count, scale: 1).map { .money($0, currency) } ?? .outOfRange
  }
}
