import CartModel
import CartStorage

extension CartReads where Self: MemoryReads {
  func cart(_ key: Int64) throws(StoreError) -> Cart? { try state().cart(key) }

  func carts(_ keys: [Int64]) throws(StoreError) -> [Int64: Cart] {
    let state = try state()
    var found: [Int64: Cart] = [:]
    for key in keys { found[key] = state.cart(key) }
    return found
  }

  func keys(named names: [String]) throws(StoreError) -> [Int64?] {
    let known = try state().names
    return names.map { known[ExactText($0)] }
  }

  func key(named name: String) throws(StoreError) -> Int64? {
    try state().names[ExactText(name)]
  }

  func key(order: String) throws(StoreError) -> Int64? {
    try state().orders[ExactText(order)]
  }

  func keys(prefix: String, limit: Int) throws(StoreError) -> [Int64] {
    let found = try state().names.filter { $0.key.text.utf8.starts(with: prefix.utf8) }
    var (keys, seen) = ([Int64](), Set<Int64>())
    for (_, key) in found.sorted(by: { $0.key < $1.key })
    where keys.count < limit && seen.insert(key).inserted {
      keys.append(key)
    }
    return keys
  }

  func version(of key: Int64) throws(StoreError) -> Int64? { try cart(key)?.version }

  func keys(claimedBy by: String?, at now: Timestamp) throws(StoreError) -> [Int64] {
    let oldest = now.advanced(by: -Claim.longest.milliseconds - 1)
    return try state().carts.values.filter { cart in
      guard let claim = cart.claim, cart.updated > oldest else { return false }
      return by.map { ExactText($0) == ExactText(claim.by) } ?? true
    }.sorted { ($1.updated, $1.key) < ($0.updated, $0.key) }.map(\.key)
  }

  func robotKeys() throws(StoreError) -> [Int64] {
    try state().sortedCarts.filter { !$0.isHuman }.map(\.key)
  }

  func keys(changedAfter time: Timestamp) throws(StoreError) -> [Int64] {
    try state().carts.values.filter { $0.updated > time }
      .sorted { ($0.updated, $0.key) < ($1.updated, $1.key) }.map(\.key)
  }

  func cartCount() throws(StoreError) -> Int64 { Int64(try state().carts.count) }

  func lastCart() throws(StoreError) -> Int64 { try state().lastCart }

  func openCartCount(touched time: Timestamp) throws(StoreError) -> Int64 {
    Int64(try state().carts.values.count { $0.state == .open && $0.touched >= time })
  }

  func forEachCart(_ body: (Cart) throws -> Void) throws {
    try each(try state().sortedCarts, body)
  }

  func forEachOpenCart(_ body: (Cart) throws -> Void) throws {
    try each(try state().sortedCarts.filter { $0.state == .open }, body)
  }

  func forEachLatestOpenCart(_ most: Int, _ body: (Cart) throws -> Bool) throws {
    let latest = try state().carts.values.sorted { ($1.updated, $1.key) < ($0.updated, $0.key) }
    for cart in latest.prefix(most) where cart.state == .open {
      guard let cart = try state().cart(cart.key), try body(cart) else { return }
    }
  }

  func readOpenRows(
    after key: Int64, touched time: Timestamp, most: Int, into block: CartBlock
  ) throws(StoreError) {
    block.removeAll()
    let carts = try state().sortedCarts.filter {
      $0.key > key && $0.state == .open && $0.touched >= time
    }
    for cart in carts.prefix(most) { block.add(cart) }
  }
}
