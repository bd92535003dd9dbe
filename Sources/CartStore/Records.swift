import CartModel

/// The identity of an event over files and databases: 16 bytes.
///
/// Those that we make begin with the event's time, so that the index over them grows at its end.
public struct EventKey: Hashable, Sendable {
  public let high: UInt64
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// 48 bits of time, then 80 of `high` and `low`.
  public init(at: Timestamp, _ high: UInt64, _ low: UInt64) {
    let time = UInt64(bitPattern: at.milliseconds) << 16
    self.init(high: time | high & 0xffff, low: low)
  }

  /// Reads 32 lowercase hexadecimal digits; nil for anything else.
  public init?(_ text: String) {
    let digits = Array(text.utf8)
    guard digits.count == 32,
      digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
      let high = UInt64(text.prefix(16), radix: 16), let low = UInt64(text.suffix(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }

  public var bytes: [UInt8] { withBytes { [UInt8]($0) } }

  /// Lends the bytes for the call.
  func withBytes<T, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> T) throws(E) -> T {
    try withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
  }

  init(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 16 else {
      self.init(high: 0, low: 0)
      return
    }
    self.init(
      high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
      low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
  }
}

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
  /// The places of its first and last event in the event log.
  public var first: Int64
  public var last: Int64
  public var carts: Int64
  public var events: Int64

  /// Whether its events came from a file.
  public var isImported: Bool { kind == .importing || kind == .foreign || parent != nil }

  public enum Kind: Int64, Sendable {
    case change = 0
    case importing = 1
    case undo = 2
    case redo = 3
    /// Stood in an imported file under its own key.
    case foreign = 4

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
    first = 0
    last = 0
    carts = 0
    events = 0
  }
}

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

/// An event with what an export says beside it.
public struct LoggedEvent: Equatable, Sendable {
  public var event: Event
  /// The id as the file had it, or 32 hexadecimal digits.
  public var id: String
}

/// The latest decision of a rule on a cart.
public struct RecordedDecision: Equatable, Sendable {
  public var rule: String
  public var version: Int64
  /// As `Decision.Outcome`.
  public var outcome: Int64
  /// Whether it was only counted.
  public var isShadow: Bool
}

/// A rule's latest verdict on a cart that it matches.
public struct RuleHit: Equatable, Sendable {
  public var rule: String
  /// The cart's key.
  public var cart: Int64
  public var version: Int64
  /// Whether it was only counted.
  public var isShadow: Bool

  public init(rule: String, cart: Int64, version: Int64, isShadow: Bool) {
    self.rule = rule
    self.cart = cart
    self.version = version
    self.isShadow = isShadow
  }
}

/// How often a product was added, removed and ordered, in pieces.
public struct ProductCount: Equatable, Sendable {
  public var sku: String
  public var name: String
  public var added: Int64 = 0
  public var removed: Int64 = 0
  public var ordered: Int64 = 0

  public init(
    sku: String, name: String, added: Int64 = 0, removed: Int64 = 0, ordered: Int64 = 0
  ) {
    self.sku = sku
    self.name = name
    self.added = added
    self.removed = removed
    self.ordered = ordered
  }
}
