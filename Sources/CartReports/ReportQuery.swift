import CartEngine
import CartModel

/// What a report is asked for: a span of time, a grouping, and which carts.
public struct ReportQuery: Sendable {
  /// Nil for the beginning.
  public var since: Timestamp?
  /// Nil for now.
  public var until: Timestamp?
  public var by: String
  public var filter: Filter
  /// The span that it is compared with; nil for one just as long before it.
  public var before: Range<Timestamp>?

  public init(
    since: Timestamp? = nil, until: Timestamp? = nil, by: String = "",
    filter: Filter = Filter()
  ) {
    self.since = since
    self.until = until
    self.by = by
    self.filter = filter
  }

  /// Sets a span by its name.
  public mutating func use(_ period: ReportPeriod) {
    (since, until, before) = (period.since, period.until, period.before)
  }

  /// The same of the time range before; nil where it has no beginning.
  public func earlier(_ now: Timestamp) -> ReportQuery? {
    guard let since else { return nil }
    var query = self
    let length = (until ?? now).milliseconds(since: since)
    let span = before ?? min(since, since.advanced(by: -max(length, 0)))..<since
    (query.since, query.until, query.before) = (span.lowerBound, span.upperBound, nil)
    return query
  }

  /// A report beside that of the time range before.
  ///
  /// - Throws: `refused` where there is no span, or nothing to compare.
  public func compared(
    _ table: ReportTable, _ handler: CommandHandler, _ run: (ReportQuery) throws -> ReportTable
  ) throws -> ReportTable {
    guard let earlier = earlier(handler.now), let from = earlier.since, let to = earlier.until
    else {
      throw EngineError(.refused, "report: compare needs a span: since or period")
    }
    guard !table.comparable.isEmpty else {
      throw EngineError(
        .refused, "report: \(table.name) has no figures of a span to compare")
    }
    let zone = handler.shop.zone
    return table.compared(
      with: try run(earlier), called: "from \(zone.text(from)) to \(zone.text(to))")
  }
}
