import CartModel

/// One verb, chunk, script run, rule pass or import: what groups events and is undone at once.
public struct Operation: Equatable, Sendable {
  public var id: Int64
  /// Its name over databases.
  public var key: String
  public var actor: Actor
  public var kind: Kind
  /// What was typed or run.
  public var command: String
  public var at: Timestamp
  /// For undo and redo, the operation that was undone or redone, and the cart where it was only for one.
  public var target: Int64?
  public var targetCart: Int64?
  /// The import that brought it.
  public var parent: Int64?
  public var reason: String
  /// What it did so far.
  public var extent = Extent()

  /// Where an operation stands in the event log, and how much it changed.
  public struct Extent: Equatable, Sendable {
    /// The places of its first and last event; the last is before the first while it has none.
    public var first: Int64
    public var last: Int64
    public var carts: Int64
    public var events: Int64

    public init(first: Int64 = 0, last: Int64 = 0, carts: Int64 = 0, events: Int64 = 0) {
      (self.first, self.last, self.carts, self.events) = (first, last, carts, events)
    }
  }

  /// Whether its events came from a file.
  public var isImported: Bool { kind == .importing || kind == .foreign || parent != nil }

  public enum Kind: Int64, Sendable {
    case change = 0
    case importing = 1
    case undo = 2
    case redo = 3
    /// Stood in an imported file under its own key.
    case foreign = 4

    /// What a store showed within an hour: no operation of a person, and not undone.
    case sync = 5

    /// Whether it undoes or redoes another operation.
    public var isReversal: Bool { self == .undo || self == .redo }
  }

  public init(
    key: String, actor: Actor, kind: Kind = .change, command: String, at: Timestamp,
    target: Int64? = nil, targetCart: Int64? = nil, parent: Int64? = nil, reason: String = ""
  ) {
    id = 0
    self.key = key
    self.actor = actor
    self.kind = kind
    self.command = command
    self.at = at
    self.target = target
    self.targetCart = targetCart
    self.parent = parent
    self.reason = reason
  }
}
