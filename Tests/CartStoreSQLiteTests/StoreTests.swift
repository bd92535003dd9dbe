import CartEngine
import CartModel
import CartStorage
import CartSupport
import CartTesting
import GRDB
import ProgramTesting
import Testing

@testable import CartStoreSQLite

struct StoreTests {
  @Test func filtersReadTheSameInSQLAndInMemory() throws {
    let folder = TemporaryFolder()
    var random = SeededRandom(seed: 4)
    let store = try SQLiteStorage.open(.file(folder.file("s.db")), random: { random.next() })
    let now = TestShop.start
    var source = RandomCarts(seed: 21)
    var carts: [Cart] = []
    for key in 1...400 { carts.append(source.cart(key: Int64(key), at: now)) }
    try store.write(recorded: now) { writer in for cart in carts { try writer.save(cart) } }
    let context = FilterContext(now: now, settings: StoreSettings())
    let words = [
      "country=DE", "country!=DE,AT", "country=", "email=a@X.de", "email=*@x.de", "email!=",
      "ip=203.0.113.0/24", "ip=203.0.113.7", "session=s1", "customer_id>7", "customer_id=0",
      "currency=JPY", "quantity>=5", "version<4", "total>50", "subtotal<=100", "sku=mug-01",
      "coupon=SAVE10", "status=active", "status=abandoned", "status=expired", "status=held,deleted",
      "status=any", "status!=active", "idle>2h", "idle<=1h", "since=2d", "until=1d", "created>3d",
      "anna", "id~cart-1*", "name=Ben", "updated<2026-10-30", "lines>2",
    ]
    let sorts = [
      "sort=updated", "sort=-total", "sort=email", "sort=-idle", "sort=id", "sort=-quantity",
      "sort=country", "sort=sku", "sort=-created",
    ]
    let parser = FilterParser(zone: .utc, now: now)
    for round in 0..<1500 {
      var chosen = (0..<source.random.pick(0...3)).map { _ in source.random.pick(words) }
      chosen.append(source.random.pick(sorts))
      if round % 3 == 0 { chosen.append("limit=\(source.random.pick(1...60))") }
      let filter = try parser.parse(chosen)
      let expected = filter.arrange(
        carts.filter { filter.matches($0, context) }.map { filter.placed($0, context) })
      #expect(try store.keys(matching: filter, context) == expected, "\(chosen)")
    }
  }

  @Test func eventsComeBackAsTheyWereWritten() throws {
    let test = try TestShop()
    let handler = test.handler()
    try test.take(TestShop.products)
    var carts = RandomCarts(seed: 8)
    var cart: Cart?
    try operation(handler) {
      cart = try handler.create([
        .email: "ü@example.com", .ip: "::1", .country: "DE", .shippingStreet1: "Weg 1",
      ])
    }
    var key = try #require(cart).key
    for _ in 0..<300 {
      try operation(handler) {
        key = try #require(try handler.cart(key)).key
        _ = try? handler.execute(carts.command(for: try #require(try handler.cart(key))), on: key)
      }
    }
    let stored = try #require(try test.reopened().store.cart(key))
    let history = History(try test.shop.store.history(of: key), id: stored.id)
    #expect(history.replayed() == stored)
    #expect(try test.shop.check().problems == [])
  }

  // MARK: Planted corruption

  @Test(arguments: [
    ("UPDATE event SET data = x'0102' WHERE seq = 6", "commit"),
    ("UPDATE event SET at = at + 1 WHERE seq = 6", "hash does not fit"),
    ("UPDATE event SET actor = 1 WHERE seq = 6", "hash does not fit"),
    ("DELETE FROM event WHERE seq = 6", "is missing from the event log"),
    ("UPDATE commits SET hash = x'00' WHERE id = 2", "hash does not fit"),
    ("DELETE FROM commits WHERE id = 2", "belongs to no commit"),
    ("DELETE FROM commits WHERE id = 1", "is missing from the event log"),
    ("UPDATE cart SET version = 99 WHERE id = 1", "differs from its events (version)"),
    ("UPDATE cart SET state = 2 WHERE id = 1", "differs from its events (status)"),
    ("UPDATE cart SET email = 'x@y.z' WHERE id = 1", "differs from its events (shopper)"),
    ("UPDATE cart SET body = x'' WHERE id = 1", "differs from its events (lines"),
    ("UPDATE cart SET subtotal = 1 WHERE id = 1", "quantity or subtotal"),
    ("UPDATE cart SET head = 5 WHERE id = 1", "rows lead to"),
    ("UPDATE cart SET updated = updated + 1 WHERE id = 1", "differs from its events (times)"),
    ("DELETE FROM cart WHERE id = 1", "leads to no cart"),
    ("DELETE FROM alias", "its name does not lead to it"),
    ("DELETE FROM orders", "have an order's name"),
    ("UPDATE counter SET added = added + 1", "counter of"),
    ("DELETE FROM counter", "is missing"),
    ("UPDATE fact SET data = x'00' WHERE id = 1", "fact 1 was changed"),
    ("DELETE FROM fact", "is missing"),
    ("UPDATE operation SET events = 70 WHERE id = 2", "operation 2: says"),
    ("UPDATE operation SET command = 'x' WHERE id = 2", "hash does not fit"),
    ("UPDATE product SET data = NULL WHERE sku = 'TEA-01'", "product 'TEA-01': is missing"),
    ("UPDATE meta SET value = '{}' WHERE name = 'settings'", "settings: differ"),
  ])
  func checkFindsPlantedCorruption(sql: String, expected: String) throws {
    let test = try TestShop()
    try test.take(TestShop.products)
    try test.take(
      """
      {"type":"settings.changed","at":"2026-11-01T07:00:00Z","settings":{"name":"Test"}}
      {"type":"line.added","at":"2026-11-01T07:00:00Z","cart":"c1","sku":"MUG-01","quantity":2,"price":"12.99"}
      {"type":"shopper.identified","at":"2026-11-01T07:00:01Z","cart":"c1","shopper":{"email":"a@b.de"}}
      {"type":"line.added","at":"2026-11-01T07:00:00Z","cart":"c2","sku":"TEA-01","quantity":1,"price":"4.20"}
      {"type":"cart.ordered","at":"2026-11-01T07:00:03Z","cart":"c2","order":"7"}
      """)
    #expect(try test.shop.check().problems == [])
    let queue = try DatabaseQueue(path: test.folder.file("cartio.db"))
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
    let problems = try test.shop.check().problems
    #expect(problems.contains { $0.contains(expected) }, "\(problems)")
  }

  // MARK: Opening

  @Test func namesAFileThatIsNoDatabase() throws {
    let folder = TemporaryFolder()
    let path = folder.write("x.db", String(repeating: "not a database ", count: 100))
    #expect(throws: StoreError.self) { try SQLiteStorage.open(.file(path), random: { 1 }) }
    let other = folder.file("other.db")
    let queue = try DatabaseQueue(path: other)
    try queue.write { try $0.execute(sql: "CREATE TABLE t(x)") }
    try queue.close()
    #expect(
      throws: StoreError(.notADatabase, "database: \(other) is a database of another program")
    ) { try SQLiteStorage.open(.file(other), random: { 1 }) }
    #expect(throws: StoreError.self) {
      try SQLiteStorage.open(.file(folder.file("no/such/folder.db")), random: { 1 })
    }
  }

  @Test func refusesADatabaseOfANewerProgram() throws {
    let test = try TestShop()
    let path = test.folder.file("cartio.db")
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 12") }
    try queue.close()
    #expect(
      throws: StoreError(
        .newerSchema,
        "database: \(path) was written by a newer Cartio (schema 12, here 11); update this one")
    ) { try SQLiteStorage.open(.file(path), random: { 1 }) }
  }
}

/// Whether commits wait for the disk.
struct SynchronousTests {
  let folder = TemporaryFolder()

  private func setting(_ store: SQLiteStorage) throws -> Int64? {
    try store.read { try $0.single("PRAGMA synchronous") }
  }

  @Test func eachConnectionOfAStoreDoesAsItIsTold() throws {
    let store = try SQLiteStorage.open(.file(folder.file("s.db")), random: { 1 })
    #expect(try setting(store) == 1)
    try store.sync(.full)
    #expect(try setting(store) == 2)
    #expect(try setting(store.sibling().sqlite) == 2)
    try store.sync(.normal)
    #expect(try setting(store) == 1)
  }
}
