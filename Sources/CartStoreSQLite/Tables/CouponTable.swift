import CartModel
import CartStorage

/// The coupons that were used for orders which were neither cancelled nor refunded.
struct CouponTable {
  let statements: Statements

  init(_ statements: Statements) { self.statements = statements }

  /// Keeps the table as a cart says; carts without an order have none in it.
  func save(_ cart: Cart) throws(StoreError) {
    guard cart.order != nil else { return }
    let remove = try statements("DELETE FROM redeemed WHERE cart = ?")
    remove.bind(1, cart.key)
    try remove.run()
    let insert = try statements("INSERT INTO redeemed VALUES(?, ?)")
    for code in cart.usedCoupons.sorted() {
      insert.bind(1, cart.key)
      insert.bind(2, code)
      try insert.run()
    }
  }
}
