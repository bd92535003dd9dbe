import CartModel

/// What a report is asked for: a span of time, a grouping, and which carts.
public struct ReportQuery: Sendable {
  /// Nil for the beginning.
  public var since: Timestamp?
  /// Nil for now.
  public var until: Timestamp?
  public var by: String
  /// The words of the filter, as they were given.
  public var words: [String]
  public var filter: Filter

  public init(
    since: Timestamp? = nil, until: Timestamp? = nil, by: String = "", words: [String] = [],
    filter: Filter = Filter()
  ) {
    self.since = since
    self.until = until
    self.by = by
    self.words = words
    self.filter = filter
  }
}
