import CartModel

/// What a run changed, as it was written: carts before and after, and the sums of their totals.
public struct RunChanges: Equatable, Sendable {
  public struct Change: Equatable, Sendable {
    /// Nil for a new cart.
    public var before: Cart?
    public var after: Cart

    public init(before: Cart?, after: Cart) { (self.before, self.after) = (before, after) }
  }

  /// The first of them, in the order of writing.
  public private(set) var carts: [Change] = []
  /// What all came to before and after, in each currency.
  public private(set) var before = MoneySums()
  public private(set) var after = MoneySums()
  private var keys: Set<Int64> = []

  /// How many carts are kept whole.
  static let kept = 20

  public init() {}

  /// How many carts were changed.
  public var count: Int { keys.count }

  /// Adds what was written of one cart; a cart that is written again goes on from there.
  mutating func add(_ change: Change, _ settings: StoreSettings) {
    let (old, new) = (
      change.before.flatMap { try? $0.price(settings).total },
      try? change.after.price(settings).total
    )
    if keys.insert(change.after.key).inserted {
      if let old { before.add(old) }
      if let new { after.add(new) }
      if carts.count < Self.kept { carts.append(change) }
      return
    }
    if let new { after.add(new) }
    if let old { after.subtract(old) }
    if let index = carts.firstIndex(where: { $0.after.key == change.after.key }) {
      carts[index].after = change.after
    }
  }
}
