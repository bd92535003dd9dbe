import CartEngine
import CartModel
import CartStorage
import CartSupport

/// The reports that every shop has.
public enum BuiltInReports {
  public static let all: [Report] = [
    Overview.report, ProductReports.topAdded, ProductReports.topOrdered,
    ProductReports.topAbandoned, Funnel.report, GroupReports.countries, GroupReports.coupons,
    Hours.report, GroupReports.customers, Recovery.report, RulesReport.report,
    OperationsReport.report,
  ]

  /// Name and title of each.
  public static var titles: [(name: String, title: String)] { all.map { ($0.name, $0.title) } }

  /// Runs a report; nil where none has this name.
  ///
  /// - Throws: `malformed` for a grouping or a filter that it does not take.
  public static func run(_ name: String, _ query: ReportQuery, _ handler: CommandHandler)
    throws(EngineError) -> ReportTable?
  {
    guard let report = all.first(where: { $0.name == name }) else { return nil }
    var grouping: Dimension?
    if !query.by.isEmpty {
      guard report.groupings != .none else {
        throw EngineError(
          .malformed,
          "report \(name): has one grouping only; leave out by=\(quoted(query.by))")
      }
      grouping = try Dimension(query.by, of: name, report.groupings)
    }
    guard report.takesFilter || query.filter.isPlain
    else {
      throw EngineError(
        .malformed,
        "report \(name): counts over all carts and takes no filter but limit=, since, until")
    }
    if let since = query.since, let until = query.until, since > until {
      throw EngineError(
        .malformed,
        "report \(name): since \(handler.shop.zone.text(since)) is after until "
          + handler.shop.zone.text(until))
    }
    do {
      try query.filter.check([.limit, .at], "report \(name)")
      var table = try report.body(ReportRun(report, query, handler, by: grouping))
      if let limit = query.filter.limit { table.cut(to: limit) }
      if case .field(let field)? = grouping, field.isFree {
        var filter = Filter()
        filter.by = field.name
        if try !handler.reader.missing(in: filter).isEmpty {
          table.notes.append("no cart has \(field.name)")
        }
      }
      return table
    } catch { throw EngineError(error) }
  }
}
