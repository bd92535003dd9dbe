import CartModel

/// A bulk run over many carts that can be gone on with: how far it came.
public struct Job: Equatable, Sendable {
  public var id: Int64 = 0
  /// The stable name of the operation that it belongs to.
  public var operation: String
  /// Where its script began it, `file.lua:12`; empty for a verb.
  public var place: String
  /// Which bulk run of that place it is, from 0.
  public var ordinal: Int64
  /// What was typed or run.
  public var command: String
  /// How to run it again, as who made it understands it.
  public var origin: String
  public var actor: Actor
  public var at: Timestamp
  public var total: Int64
  /// How many were gone through, those that failed included.
  public var next: Int64 = 0
  public var failed: Int64 = 0

  public init(
    operation: String, place: String, ordinal: Int64, command: String, origin: String,
    actor: Actor, at: Timestamp, total: Int64
  ) {
    self.operation = operation
    self.place = place
    self.ordinal = ordinal
    self.command = command
    self.origin = origin
    self.actor = actor
    self.at = at
    self.total = total
  }

  public var isFinished: Bool { next >= total }
  public var done: Int64 { next - failed }
}
