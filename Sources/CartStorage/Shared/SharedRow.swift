import CartModel

/// What one event says under one value of a key.
public struct SharedRow: Equatable, Sendable {
  public var at: Timestamp
  /// The event's place in the event log.
  public var seq: Int64
  public var cart: Int64
  /// How much earlier it happened than something recorded before it; milliseconds.
  public var late: Int64 = 0
  public var what: What = []
  /// Hashes of what became known of the person with it; 0 for nothing new.
  public var email: UInt64 = 0
  public var ip: UInt64 = 0
  public var session: UInt64 = 0
  /// Of an order.
  public var total: Money?
  /// Hash of why a card was declined; 0 where the store did not say.
  public var code: UInt64 = 0

  package init(
    at: Timestamp, seq: Int64, cart: Int64, late: Int64 = 0, what: What = [], total: Money? = nil
  ) {
    (self.at, self.seq, self.cart) = (at, seq, cart)
    (self.late, self.what, self.total) = (late, what, total)
  }

  public struct What: OptionSet, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The cart has not had this value before.
    public static let joined = What(rawValue: 1)
    /// A card was declined.
    public static let declined = What(rawValue: 2)
    public static let ordered = What(rawValue: 4)
  }

  /// The latest time of the event log up to it.
  public var peak: Timestamp { Timestamp(milliseconds: at.milliseconds + late) }

  var isEmpty: Bool { what.isEmpty && email == 0 && ip == 0 && session == 0 }
}
