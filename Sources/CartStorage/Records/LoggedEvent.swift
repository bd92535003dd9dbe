import CartModel

/// An event with what an export says beside it.
public struct LoggedEvent: Equatable, Sendable {
  public var event: Event
  /// The id as the file had it, or 32 hexadecimal digits.
  public var id: String

  public init(event: Event, id: String) { (self.event, self.id) = (event, id) }
}
