import CartModel
import CartStorage

/// When carts were last seen in their stores.
struct LookTable {
  let statements: Statements

  init(_ statements: Statements) { self.statements = statements }

  func look(of cart: Int64) throws(StoreError) -> StoreLook? {
    let row = try statements(
      "SELECT version, updated, seen, swept, fate, partial FROM look WHERE cart = ?")
    row.bind(1, cart)
    defer { row.reset() }
    guard try row.step() else { return nil }
    guard let fate = StoreLook.Fate(rawValue: row.int(4)) else {
      throw StoreError(.corrupt, "look: unknown fate \(row.int(4)); run 'cartio check'")
    }
    return StoreLook(
      version: row.isNull(0) ? nil : row.int(0), updated: Timestamp(milliseconds: row.int(1)),
      seen: Timestamp(milliseconds: row.int(2)), swept: Timestamp(milliseconds: row.int(3)),
      fate: fate, isPartial: row.int(5) != 0)
  }

  func save(_ look: StoreLook, of cart: Int64) throws(StoreError) {
    let insert = try statements("INSERT OR REPLACE INTO look VALUES(?, ?, ?, ?, ?, ?, ?)")
    insert.bind(1, cart)
    insert.bind(2, look.version)
    insert.bind(3, look.updated.milliseconds)
    insert.bind(4, look.seen.milliseconds)
    insert.bind(5, look.swept.milliseconds)
    insert.bind(6, look.fate.rawValue)
    insert.bind(7, look.isPartial ? 1 : 0)
    try insert.run()
  }

  /// The cart with the time of the last look at it, where its store owns it.
  func looked(_ cart: Cart) throws(StoreError) -> Cart {
    guard cart.isOfStore else { return cart }
    var cart = cart
    cart.asOf = try look(of: cart.key)?.seen
    return cart
  }
}
