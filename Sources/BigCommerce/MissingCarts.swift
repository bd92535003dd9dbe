import CartModel

/// Carts that the store did not find, until that is certain: an order may become visible a while after its
/// cart is gone, and a cart a while after it was made.
struct MissingCarts {
  private var first: [CartID: (at: Timestamp, tries: Int)] = [:]
  /// A cart that nobody asks for again is forgotten when there are more than this.
  private static let most = 10_000

  /// How long a cart may be missing before it is gone.
  static let patience = Span(milliseconds: 60_000)
  /// The least number of looks that must not have found it.
  private static let tries = 3
  private static let waits: [Int64] = [2_000, 5_000, 10_000, 20_000]

  /// How long to wait before the next look; nil where the cart is gone.
  mutating func wait(for id: CartID, at now: Timestamp) -> Span? {
    var entry = first[id] ?? (now, 0)
    entry.tries += 1
    // A clock that was set back begins anew.
    if entry.at > now { entry.at = now }
    if entry.tries >= Self.tries, now.milliseconds(since: entry.at) >= Self.patience.milliseconds {
      first[id] = nil
      return nil
    }
    if first.count >= Self.most, first[id] == nil { forgetOldest() }
    first[id] = entry
    return Span(milliseconds: Self.waits[min(entry.tries - 1, Self.waits.count - 1)])
  }

  mutating func found(_ id: CartID) { first[id] = nil }

  private mutating func forgetOldest() {
    let oldest = first.sorted { $0.value.at < $1.value.at }.prefix(Self.most / 10)
    for (id, _) in oldest { first[id] = nil }
  }
}
