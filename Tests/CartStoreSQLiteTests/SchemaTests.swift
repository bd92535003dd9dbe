import CartEngine
import CartModel
import CartStorage
import CartSupport
import CartTesting
import GRDB
import Testing

@testable import CartStoreSQLite

/// A database of each older schema opens, and says what it said.
struct SchemaTests {
  /// What later releases brought, taken away again: by the number of the schema that brought it.
  private static let later: [(schema: Int, name: String, undo: String)] = [
    (11, "11 looks at stores", "DROP TABLE look"),
    (10, "10 redeemed coupons", "DROP TABLE redeemed"),
    (9, "9 totals", "ALTER TABLE cart DROP COLUMN total; DELETE FROM meta WHERE name = 'priced'"),
    (8, "8 rejected lines", "DROP TABLE rejected"),
    (7, "7 tallies", "DROP TABLE tally"),
    (6, "6 robots", "DROP INDEX cart_robot; ALTER TABLE cart DROP COLUMN robot"),
    (5, "5 claims", "DROP INDEX cart_claimed; ALTER TABLE cart DROP COLUMN claimed"),
    (4, "4 shared facts", "DROP TABLE shared; DROP TABLE sharing"),
    (3, "3 lists and rules", "DROP TABLE entry; DROP TABLE source; DROP TABLE decision"),
    (
      2, "2 jobs",
      "DROP TABLE job; DROP TABLE job_carts; DROP TABLE job_failure; DROP INDEX event_loose"
    ),
  ]

  /// A shop with carts, orders, undone operations, claims and flags.
  private func shop() throws -> TestShop {
    let test = try TestShop()
    try test.take(
      TestShop.products + """

        {"type":"settings.changed","at":"2026-11-01T07:00:00Z","settings":{"name":"Old shop"}}
        {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"c1","shopper":{"email":"a@x.de","ip":"203.0.113.7"}}
        {"type":"line.added","at":"2026-11-01T07:01:00Z","cart":"c1","sku":"MUG-01","quantity":2,"price":"12.99"}
        {"type":"coupon.applied","at":"2026-11-01T07:02:00Z","cart":"c1","code":"SAVE10"}
        {"type":"cart.ordered","at":"2026-11-01T07:03:00Z","cart":"c1","order":"1001"}
        {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"c2","shopper":{"email":"a@x.de"}}
        {"type":"line.added","at":"2026-11-01T07:04:00Z","cart":"c2","sku":"TEA-01","quantity":3,"price":"4.20"}
        """)
    let handler = test.handler()
    let key = try #require(try test.shop.store.key(named: "c2"))
    var undone: Int64?
    undone = try operation(handler) {
      _ = try handler.execute(.setQuantity(.position(1), 9), on: key)
    }
    try takeBack(handler, try #require(undone))
    // Seven hours later: a pause, which the oldest releases did not keep.
    test.clock.advance(7 * 3_600_000)
    try operation(handler) {
      _ = try handler.execute(
        .claim(
          Claim(by: "staff:anna", until: test.clock.now.advanced(by: 60_000)),
          now: test.clock.now, .ask), on: key)
    }
    return test
  }

  @Test("A database of each older schema opens, checks clean and says the same", arguments: 1...10)
  func olderSchemas(schema: Int) throws {
    let test = try shop()
    let export = try test.exported()
    let store = test.shop.store
    let (counts, carts) = (
      try store.counts(from: .min, until: .max), try store.carts([1, 2])
    )
    let queue = try DatabaseQueue(path: test.folder.file("cartio.db"))
    try queue.write { db in
      for (number, name, undo) in Self.later where number > schema {
        try db.execute(sql: undo)
        try db.execute(sql: "DELETE FROM grdb_migrations WHERE identifier = ?", arguments: [name])
      }
      try db.execute(sql: "PRAGMA user_version = \(schema)")
    }
    try queue.close()
    if schema < 10 {
      #expect {
        try SQLiteStorage.open(
          .file(test.folder.file("cartio.db"), readOnly: true), random: { 1 })
      } throws: { ($0 as? StoreError)?.message.contains("is of an older Cartio") == true }
    }
    let opened = try test.reopened()
    #expect(try opened.check().problems == [])
    #expect(try test.exported(opened) == export)
    #expect(try opened.store.counts(from: .min, until: .max) == counts)
    #expect(try opened.store.carts([1, 2]) == carts)
    #expect(try opened.store.uses(of: "SAVE10", excluding: [], most: 9) == 1)
    #expect(try opened.store.keys(claimedBy: "staff:anna", at: test.clock.now) == [2])
    // It can be written, and opened again as one of this release.
    let handler = CommandHandler(opened, actor: .staff("ben"), consent: .given)
    try operation(handler) {
      _ = try handler.execute(
        .add(
          Line(
            sku: "SCREW", quantity: 1, price: UnitPrice(mantissa: 375, scale: 4))), on: 2)
    }
    #expect(try test.reopened().check().problems == [])
    let version = try opened.store.sqlite.read { try $0.single("PRAGMA user_version") }
    #expect(version == SQLiteStorage.schemaVersion)
  }

  @Test("Each table of this schema is made by one of the migrations, and none is forgotten above")
  func allTables() throws {
    let bare = try BareStore()
    let tables = try bare.store.read { statements in
      let rows = try statements.fresh(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      var names: Set<String> = []
      while try rows.step() { names.insert(rows.text(0)) }
      return names
    }
    let first: Set<String> = [
      "meta", "actor", "operation", "event", "fact", "commits", "cart", "alias", "orders",
      "product", "customer", "counter", "grdb_migrations",
    ]
    let dropped = Set(
      Self.later.flatMap { $0.undo.split(separator: ";") }
        .compactMap { $0.split(separator: " ").starts(with: ["DROP", "TABLE"]) ? $0 : nil }
        .compactMap { $0.split(separator: " ").last.map(String.init) })
    #expect(tables == first.union(dropped))
    #expect(Int64(Self.later.count + 1) == SQLiteStorage.schemaVersion)
  }
}
