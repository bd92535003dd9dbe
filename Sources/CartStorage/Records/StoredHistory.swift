import CartModel

/// A cart's stored events in their order.
public struct StoredHistory: Sendable {
  public var events: [Event] = []
  /// The imports that brought the operations of these events: child to parent.
  public var parents: [Int64: Int64] = [:]

  /// Without events.
  public init() {}
}
