import CartModel
import Foundation
import GRDB

/// The coupons that were used for orders which were neither cancelled nor refunded.
enum Redemptions {
  /// The codes that a cart has used.
  static func codes(of cart: Cart) -> Set<String> {
    cart.order?.state.stands == true ? Set(cart.coupons) : []
  }

  /// Fills the table from the carts of a database that did not have it.
  static func fill(_ database: Database) throws {
    let insert = try database.makeStatement(sql: "INSERT INTO redeemed VALUES(?, ?)")
    let rows = try Row.fetchCursor(
      database, sql: "SELECT id, body FROM cart WHERE state = \(Cart.State.ordered.rawValue)")
    while let row = try rows.next() {
      let (key, body): (Int64, Data) = (row[0], row[1])
      var cart = Cart(key: key, id: "", currency: .eur, at: Timestamp(milliseconds: 0))
      try body.withUnsafeBytes { try CartCodec.read($0, into: &cart) }
      for code in codes(of: cart).sorted() { try insert.execute(arguments: [key, code]) }
    }
  }
}

extension StoreWriter {
  /// Keeps the table of used coupons as a cart says; carts without an order have none in it.
  func saveRedemptions(of cart: Cart) throws(StoreError) {
    guard cart.order != nil else { return }
    let remove = try statements("DELETE FROM redeemed WHERE cart = ?")
    remove.bind(1, cart.key)
    try remove.run()
    let insert = try statements("INSERT INTO redeemed VALUES(?, ?)")
    for code in Redemptions.codes(of: cart).sorted() {
      insert.bind(1, cart.key)
      insert.bind(2, code)
      try insert.run()
    }
  }
}

extension CartStore {
  /// How many orders a coupon was used for.
  ///
  /// - Parameters:
  ///   - excluding: carts that do not count.
  ///   - most: where counting ends.
  /// - Complexity: O(most).
  public func uses(of code: String, excluding: Set<Int64>, most: Int64) throws(StoreError) -> Int64
  {
    try read { statements in
      let rows = try statements.fresh("SELECT cart FROM redeemed WHERE code = ?1")
      rows.bind(1, code)
      var count: Int64 = 0
      while count < most, try rows.step() {
        if !excluding.contains(rows.int(0)) { count += 1 }
      }
      return count
    }
  }

  /// The carts whose orders used a coupon and may be of one shopper; `Shopper.mayBe` decides.
  ///
  /// - Complexity: O(orders with the coupon).
  public func keys(using code: String, by shopper: Shopper) throws(StoreError) -> [Int64] {
    try read { statements in
      let rows = try statements.fresh(
        """
        SELECT redeemed.cart FROM redeemed JOIN cart ON cart.id = redeemed.cart WHERE code = ?1
          AND (ifnull(email, '') = '' OR customer = ?2 AND ?2 > 0 OR email = ?3 COLLATE NOCASE
          OR folded(email) = ?4)
        """)
      rows.bind(1, code)
      rows.bind(2, shopper.customer)
      rows.bind(3, shopper[.email])
      rows.bind(4, TextFold.folded(shopper[.email]))
      var keys: [Int64] = []
      while try rows.step() { keys.append(rows.int(0)) }
      return keys
    }
  }
}

extension Checker {
  /// Compares the table of used coupons with the carts.
  mutating func redemptions() throws(StoreError) {
    var stored: [Int64: Set<String>] = [:]
    let rows = try statements.fresh("SELECT cart, code FROM redeemed")
    while try rows.step() { stored[rows.int(0), default: []].insert(rows.text(1)) }
    let carts = try statements.fresh(
      "SELECT \(Statements.cartColumns) FROM cart WHERE state = \(Cart.State.ordered.rawValue)")
    while try carts.step() {
      let cart = try carts.cart()
      if stored.removeValue(forKey: cart.key) ?? [] != Redemptions.codes(of: cart) {
        report.add("cart \(cart.id): the coupons that its order used differ from the cart")
      }
    }
    for key in stored.keys.sorted() { report.add("used coupons: cart \(key) has no order") }
  }
}
