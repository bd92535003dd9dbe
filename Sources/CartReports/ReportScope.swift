import CartEngine
import CartModel
import CartSupport

/// What a table's figures are about: the shop, the time range and the filters.
public struct ReportScope: Equatable, Sendable {
  /// The shop's name.
  public var shop = ""
  /// Nil for a list, which shows one moment.
  public var range: TimeRange?
  /// What the figures are compared with.
  public var before: TimeRange?
  /// Each as a word of a filter.
  public var filters: [String] = []

  public init(
    shop: String = "", from since: Timestamp? = nil, to until: Timestamp? = nil,
    filters: [String] = []
  ) {
    self.shop = shop
    range = until.map { TimeRange(since: since, until: $0) }
    self.filters = filters
  }

  public struct TimeRange: Equatable, Sendable {
    /// Nil for the beginning.
    public var since: Timestamp?
    public var until: Timestamp

    fileprivate func words(_ time: (Timestamp) -> String) -> String {
      "\(since.map(time) ?? "the beginning") to \(time(until))"
    }
  }
}

extension ReportQuery {
  /// What its figures are about.
  public func scope(_ handler: CommandHandler) -> ReportScope {
    ReportScope(
      shop: handler.settings.name, from: since, to: until ?? handler.now,
      filters: filter.texts)
  }
}

extension ReportTable {
  /// What the figures are about, in parts: `Practice`, `from 2026-10-25 09:00:00 to …`, `no filters`,
  /// `as of …`.
  public func statement(_ time: (Timestamp) -> String) -> [String] {
    var parts = scope.shop.isEmpty ? [] : [printable(scope.shop)]
    if let range = scope.range { parts.append("from " + range.words(time)) }
    if let before = scope.before { parts.append("compared with " + before.words(time)) }
    parts.append(
      scope.filters.isEmpty
        ? "no filters"
        : "filters: "
          + scope.filters.map { $0.contains(" ") ? quoted($0) : printable($0) }
          .joined(separator: " "))
    parts.append("as of " + time(asOf))
    return parts
  }
}
