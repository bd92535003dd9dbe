import CartEngine
import CartModel
import CartStorage
import CartTesting
import GRDB
import Testing

@testable import CartStoreSQLite

/// Databases of older versions.
struct MigrationTests {
  @Test func anOlderDatabaseLearnsWhichCouponsWereUsed() throws {
    let test = try TestShop()
    try test.take(
      TestShop.products + """

        {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"c1"}
        {"type":"line.added","at":"2026-11-01T07:00:00Z","cart":"c1","sku":"A","quantity":1,"price":"1.00"}
        {"type":"coupon.applied","at":"2026-11-01T07:00:00Z","cart":"c1","code":"SAVE10"}
        {"type":"cart.ordered","at":"2026-11-01T07:00:00Z","cart":"c1","order":"1001"}
        {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"c2"}
        {"type":"coupon.applied","at":"2026-11-01T07:00:00Z","cart":"c2","code":"SAVE10"}
        """)
    let queue = try DatabaseQueue(path: test.folder.file("cartio.db"))
    try queue.write {
      try $0.execute(
        sql: """
          DROP TABLE redeemed;
          DELETE FROM grdb_migrations WHERE identifier = '10 redeemed coupons';
          PRAGMA user_version = 9
          """)
    }
    let shop = try test.reopened()
    #expect(try shop.store.uses(of: "SAVE10", excluding: [], most: 9) == 1)
    #expect(try shop.check().problems == [])
  }

  @Test func anOlderDatabaseLearnsToKeepRejectedLines() throws {
    let test = try TestShop()
    try test.take(TestShop.products)
    let export = try test.exported()
    let queue = try DatabaseQueue(path: test.folder.file("cartio.db"))
    try queue.write {
      try $0.execute(
        sql: """
          DROP TABLE rejected;
          DELETE FROM grdb_migrations WHERE identifier = '8 rejected lines';
          PRAGMA user_version = 7
          """)
    }
    let shop = try test.reopened()
    #expect(try test.exported(shop) == export)
    let file = """
      {"type":"cart.deleted","at":"2026-11-01T07:00:00.000Z","cart":"c1"}
      {"type":"line.added","at":"2026-11-01T07:00:00.000Z","cart":"c1","sku":"A","quantity":1,"price":"1.00"}
      """
    #expect(try test.take(file, into: shop).1.map(\.reason) == ["cart 'c1': unknown"])
    #expect(
      try test.take(file, into: shop).1.map(\.reason)
        == ["operation 2 rejected this line, and no import has changed cart c1 since"])
    #expect(try shop.check().problems == [])
  }
}
