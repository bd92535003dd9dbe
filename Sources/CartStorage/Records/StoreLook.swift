import CartModel

/// What is known of looks at a cart in its store. It is no event, as it says nothing of what happened.
public struct StoreLook: Equatable, Sendable {
  /// The store's version that was seen; nil for a store that counts none.
  public var version: Int64?
  /// The store's time of that version.
  public var updated: Timestamp
  /// When the store was last seen to have it so.
  public var seen: Timestamp
  /// When a sweep last asked for it; the oldest come first.
  public var swept: Timestamp
  public var fate: Fate
  /// Whether something was left out that a change of ours stands in the way of: the version is looked at
  /// as a whole again.
  public var isPartial: Bool

  /// What became of it in its store.
  public enum Fate: Int64, Sendable {
    case there = 0
    case ordered = 1
    case deleted = 2
    case expired = 3
    case merged = 4
  }

  public init(
    version: Int64?, updated: Timestamp, seen: Timestamp, swept: Timestamp, fate: Fate = .there,
    isPartial: Bool = false
  ) {
    (self.version, self.updated, self.seen) = (version, updated, seen)
    (self.swept, self.fate, self.isPartial) = (swept, fate, isPartial)
  }

  /// The same for a cart that its store made anew: its versions begin again.
  public var ofCartMadeAnew: StoreLook {
    StoreLook(version: nil, updated: updated, seen: seen, swept: swept)
  }
}
