/// What a store was asked, and what it answered.
struct SimulatorLedger: Sendable {
  /// Requests that the specification does not allow.
  private(set) var violations: [String] = []
  private(set) var statuses: [Int: Int] = [:]
  /// Requests by `GET v3/carts/{id}`.
  private(set) var requests: [String: Int] = [:]
  private(set) var faults: [String: Int] = [:]
  private(set) var served: [String: ServedCart] = [:]

  mutating func violate(_ text: String) {
    if violations.count < 1_000 { violations.append(text) }
  }

  mutating func count(_ route: String) { requests[route, default: 0] += 1 }
  mutating func count(status: Int) { statuses[status, default: 0] += 1 }
  mutating func count(fault: String) { faults[fault, default: 0] += 1 }

  mutating func serve(_ cart: SimulatedCart) { served[cart.id, default: ServedCart()].add(cart) }
}

/// The answers about one cart, for counters that count what was seen.
public struct ServedCart: Equatable, Sendable {
  /// Of the newest answer.
  public private(set) var version = 0
  /// Pieces by SKU in the newest answer; lines without a SKU are under "".
  public private(set) var pieces: [String: Int] = [:]
  /// What the newer answers had more of than the ones before, by SKU, and less of.
  public private(set) var added: [String: Int] = [:]
  public private(set) var removed: [String: Int] = [:]

  mutating func add(_ cart: SimulatedCart) {
    // An older one is not news.
    guard cart.version > version else { return }
    version = cart.version
    var now: [String: Int] = [:]
    for line in cart.lines { now[line.sku, default: 0] += line.quantity }
    for sku in Set(now.keys).union(pieces.keys) {
      let change = now[sku, default: 0] - pieces[sku, default: 0]
      if change > 0 { added[sku, default: 0] += change }
      if change < 0 { removed[sku, default: 0] -= change }
    }
    pieces = now
  }
}
