import CartModel

/// An entry to add to a list, as a row of a file gives it.
public struct ListRow: Equatable, Sendable {
  public var pattern: ListEntry.Pattern
  public var list: ListEntry.List
  public var reason = ""
  public var tell = ""
  public var expires: Timestamp?
  /// How long it counts from now on; where no time is given.
  public var ttl: Span?

  public init(_ pattern: ListEntry.Pattern, _ list: ListEntry.List) {
    (self.pattern, self.list) = (pattern, list)
  }
}
