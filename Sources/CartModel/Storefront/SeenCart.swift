/// A cart as its store shows it at one moment.
public struct SeenCart: Equatable, Sendable {
  public var binding: Binding
  /// Counts the store's changes of the cart; nil for a store that counts none.
  public var version: Int64?
  public var created: Timestamp
  /// The store's time of this version.
  public var updated: Timestamp
  public var currency: Currency
  /// What the store says of the shopper. It cannot say a field that is missing; an empty text says that
  /// there is none.
  public var shopper: [ShopperField: String]
  /// With the store's ids.
  public var lines: [Line]
  public var coupons: [String]
  public var totals: StatedTotals

  public init(
    binding: Binding, version: Int64? = nil, created: Timestamp, updated: Timestamp,
    currency: Currency, shopper: [ShopperField: String] = [:], lines: [Line] = [],
    coupons: [String] = [], totals: StatedTotals
  ) {
    (self.binding, self.version) = (binding, version)
    (self.created, self.updated, self.currency) = (created, updated, currency)
    (self.shopper, self.lines, self.coupons) = (shopper, lines, coupons)
    self.totals = totals
  }
}

/// What a look at a cart in its store gave.
public enum Seen: Equatable, Sendable {
  case cart(SeenCart)
  case gone(Gone)

  /// Why a store does not have a cart any more.
  public enum Gone: Equatable, Sendable {
    /// The total is the order's, where the store says it.
    case ordered(String, total: UnitPrice?)
    case deleted
    case expired
    /// The store's id of the cart that it was joined into.
    case merged(into: String)
  }
}

/// What a store showed, as events, by who did it.
public struct Observation: Equatable, Sendable {
  /// What the store says anew, before what was done: its ids, names and prices.
  public var facts: [EventBody] = []
  /// What the shopper did.
  public var acts: [EventBody] = []
  /// What the store says it comes to; nil where that is known.
  public var totals: StatedTotals?
  /// Whether something was left out that a change of ours stands in the way of: a later look, when the
  /// store has answered that, shows it again.
  public var isPartial = false

  public var isEmpty: Bool { facts.isEmpty && acts.isEmpty && totals == nil }

  public init() {}
}
