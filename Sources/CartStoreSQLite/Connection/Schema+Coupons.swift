import CartModel
import CartStorage
import Foundation
import GRDB

extension Schema {
  /// Fills the table of used coupons from the carts of a database that did not have it.
  static func fillCoupons(_ database: Database) throws {
    let insert = try database.makeStatement(sql: "INSERT INTO redeemed VALUES(?, ?)")
    let rows = try Row.fetchCursor(
      database, sql: "SELECT id, body FROM cart WHERE state = \(Cart.State.ordered.rawValue)")
    while let row = try rows.next() {
      let (key, body): (Int64, Data) = (row[0], row[1])
      var cart = Cart(key: key, id: "", currency: .eur, at: Timestamp(milliseconds: 0))
      try body.withUnsafeBytes { try CartCodec.read($0, into: &cart) }
      for code in cart.usedCoupons.sorted() { try insert.execute(arguments: [key, code]) }
    }
  }
}
