import CartEngine
import CartModel
import CartSupport

/// A cart as the store has it, and as it was.
struct KeptCart {
  var cart: ScriptedCart
  /// What looks gave, the oldest first; an old one can be answered again.
  var shown: [SeenCart] = []
}

struct ScriptedState {
  var random: SeededRandom
  var now: Timestamp
  var carts: [String: KeptCart] = [:]
  var gone: [String: Seen.Gone] = [:]
  /// The id that a cart got instead of another one.
  var renamed: [String: String] = [:]
  /// In the order of their making, which a seed repeats.
  var ids: [String] = []
  var made = 0
  var orders = 5000
  var done: [String: StoreAnswer] = [:]
  /// The share of answers that are lost, and of old ones, in percent.
  var lost = 0
  var stale = 0
  var refused = 0
}

extension ScriptedState {
  mutating func act(versions: Bool) -> [String] {
    now = now.advanced(by: Int64(random.pick(1...20_000)))
    let open = ids.filter { carts[$0] != nil }
    guard !open.isEmpty, !random.chance(open.count < 60 ? 12 : 3) else { return [make()] }
    let id = random.pick(open)
    switch random.pick(0...99) {
    case 0..<2: return end(id)
    case 2..<3: return merge(id, open)
    case 3..<5: return remake(id)
    default:
      guard var kept = carts[id] else { return [] }
      kept.cart.shop(&random, &made)
      if kept.cart.lines.isEmpty {
        (carts[id], gone[id]) = (nil, .deleted)
        return [id]
      }
      kept.cart.change(at: now)
      carts[id] = kept
      return [id]
    }
  }

  private mutating func make() -> String {
    made += 1
    let id = "cart-\(made)"
    var cart = ScriptedCart(id: id, at: now, currency: random.chance(20) ? .usd : .eur)
    cart.add(&random, &made)
    carts[id] = KeptCart(cart: cart)
    ids.append(id)
    return id
  }

  private mutating func end(_ id: String) -> [String] {
    orders += 1
    gone[id] = random.chance(60) ? .ordered("\(orders)", total: carts[id]?.cart.total) : .deleted
    carts[id] = nil
    return [id]
  }

  private mutating func merge(_ id: String, _ open: [String]) -> [String] {
    let into = random.pick(open)
    guard into != id, let lines = carts[id]?.cart.lines else { return [] }
    for line in lines where carts[into]?.cart.currency == carts[id]?.cart.currency {
      made += 1
      var moved = line
      moved.id = "item-\(made)"
      carts[into]?.cart.lines.append(moved)
    }
    carts[into]?.cart.change(at: now)
    (carts[id], gone[id]) = (nil, .merged(into: into))
    return [id, into]
  }

  /// The id that a cart has now.
  func current(_ id: String) -> String {
    var id = id
    while let next = renamed[id] { id = next }
    return id
  }

  /// The store makes a cart anew, under another id; who asks for the old one is shown the new one.
  mutating func rename(_ id: String) -> String? {
    guard var kept = carts[id], let place = ids.firstIndex(of: id) else { return nil }
    made += 1
    kept.cart.id = "cart-\(made)"
    kept.cart.change(at: now)
    (kept.cart.version, kept.shown) = (1, [])
    (carts[id], carts[kept.cart.id]) = (nil, kept)
    (ids[place], renamed[id]) = (kept.cart.id, kept.cart.id)
    return kept.cart.id
  }

  /// The store gives all lines new ids, as it does where it makes a cart anew.
  private mutating func remake(_ id: String) -> [String] {
    guard var kept = carts[id] else { return [] }
    for index in kept.cart.lines.indices {
      made += 1
      kept.cart.lines[index].id = "item-\(made)"
    }
    kept.cart.change(at: now)
    carts[id] = kept
    return [id]
  }
}
