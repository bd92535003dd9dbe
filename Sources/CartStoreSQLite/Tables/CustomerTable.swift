import CartModel
import CartStorage

/// What the shop knows of customers, by its keys of them.
struct CustomerTable {
  let statements: Statements

  init(_ statements: Statements) { self.statements = statements }

  func customer(_ key: String) throws(StoreError) -> Shopper? {
    let row = try statements("SELECT data FROM customer WHERE key = ?")
    row.bind(1, key)
    defer { row.reset() }
    return try row.step() ? try ShopperCodec.shopper(row.bytes(0)) : nil
  }

  func save(_ key: String, _ shopper: Shopper) throws(StoreError) {
    let insert = try statements("INSERT OR REPLACE INTO customer VALUES(?, ?)")
    insert.bind(1, key)
    insert.bind(2, ShopperCodec.bytes(shopper))
    try insert.run()
  }
}
