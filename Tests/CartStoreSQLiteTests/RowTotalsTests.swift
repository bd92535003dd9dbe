import CartEngine
import CartModel
import CartStorage
import CartSupport
import CartTesting
import GRDB
import ProgramTesting
import Testing

@testable import CartStoreSQLite

/// The totals in rows, by which SQL filters, sorts and adds up.
struct RowTotalsTests {
  private let now = TestShop.start
  private let folder = TemporaryFolder()

  /// Carts in currencies with no, two, three and four decimals, some with a total out of range.
  private func carts(seed: UInt64) throws -> [Cart] {
    var source = RandomCarts(seed: seed)
    return try (1...200).map { key in
      var cart = source.cart(key: Int64(key), at: now)
      let code = source.random.pick(["EUR", "JPY", "BHD", "CLF"])
      cart.currency = try #require(Currency(code: code))
      if source.random.chance(5) {
        cart.lines = [
          Line(sku: "BIG", quantity: 1_000_000, price: UnitPrice(mantissa: 1 << 58, scale: 0))
        ]
      }
      return cart
    }
  }

  private func store(_ settings: StoreSettings?, _ carts: [Cart]) throws -> SQLiteStorage {
    var random = SeededRandom(seed: 2)
    let store = try SQLiteStorage.open(.file(folder.file("s.db")), random: { random.next() })
    if let settings { store.price(by: settings, mark: { "a" }) }
    try store.write(recorded: now) { writer in for cart in carts { try writer.save(cart) } }
    return store
  }

  /// A shop with a cart of two mugs, 25.98.
  private func shopWithCart() throws -> (TestShop, CommandHandler, Cart) {
    let test = try TestShop()
    try test.take(TestShop.products)
    let handler = test.handler()
    _ = handler.begin("new")
    let cart = try handler.create()
    try handler.add("MUG-01", 2, to: cart.key)
    _ = try handler.finish()
    return (test, handler, cart)
  }

  private func dear(_ fee: Int64) -> StoreSettings {
    var settings = StoreSettings()
    settings.shipping.fee = fee
    return settings
  }

  @Test(arguments: 1...4)
  func bothReadingsOfAmountsAgree(seed: UInt64) throws {
    let carts = try carts(seed: seed)
    let context = FilterContext(now: now, settings: dear(490))
    let store = try store(context.settings, carts)
    var random = SeededRandom(seed: seed)
    let parser = FilterParser(zone: .utc, now: now)
    let amounts =
      carts.compactMap { try? $0.price(context.settings).total.description }
      + ["0", "0.00005", "19.999999999999", "92233720368547", "9223372036854", "12.5"]
    for _ in 0..<120 {
      let sign = random.pick(["=", "!=", "<", "<=", ">", ">="])
      let text = "total\(sign)\(random.pick(amounts))"
      let sort = random.pick(["total", "-total"])
      let filter = try parser.parse([
        random.chance(30) ? "not \(text)" : text, "status=any", "sort=\(sort)",
      ])
      let wanted = filter.arrange(
        carts.filter { filter.matches($0, context) }.map { filter.placed($0, context) })
      let keys = try store.keys(matching: filter, context)
      #expect(keys == wanted, "\(text) \(sort)")
      // Nil where SQL cannot say it: the carts are then read.
      let count = try store.count(matching: filter, context, most: 1000)
      #expect(count == nil || count == wanted.count)
      var first = filter
      first.limit = 7
      #expect(try store.keys(matching: first, context) == Array(wanted.prefix(7)))
      let left = Set(wanted.prefix(4))
      #expect(
        try store.keys(matching: first, context, excluding: left)
          == Array(wanted.dropFirst(4).prefix(7)))
    }
  }

  @Test(arguments: ["country", "currency", "status", "session", "ip"])
  func groupsAreThoseOfTheCarts(name: String) throws {
    let carts = try carts(seed: 9)
    let context = FilterContext(now: now, settings: dear(490))
    let store = try store(context.settings, carts)
    let field = try CartField.named(name)
    for words in [["status=any"], ["status=any", "total>20"], ["country=DE"]] {
      let filter = try FilterParser(zone: .utc, now: now).parse(words)
      var (wanted, found) = (try CartGroups(by: name, context), try CartGroups(by: name, context))
      for cart in carts where filter.matches(cart, context) { wanted.add(cart) }
      for row in try #require(try store.groups(by: field, matching: filter, context)) {
        found.add(row)
      }
      #expect(wanted.sorted.map(\.value) == found.sorted.map(\.value))
      #expect(wanted.sorted.map(\.count) == found.sorted.map(\.count))
      #expect(wanted.sorted.map(\.totals) == found.sorted.map(\.totals))
    }
    #expect(try store.groups(by: .email, matching: Filter(), context) == nil)
  }

  @Test func rowsOfOtherSettingsAreNotTrusted() throws {
    let carts = try carts(seed: 5)
    let (own, others) = (dear(0), dear(5000))
    let first = try store(own, carts)
    let filter = try FilterParser(zone: .utc, now: now).parse(["status=any", "total>50"])
    func agrees(_ store: SQLiteStorage, _ settings: StoreSettings) throws -> Bool {
      let context = FilterContext(now: now, settings: settings)
      let wanted = filter.arrange(
        carts.filter { filter.matches($0, context) }.map { filter.placed($0, context) })
      return try store.keys(matching: filter, context) == wanted
    }
    #expect(try agrees(first, own) && !first.needsPricing())

    let second = try SQLiteStorage.open(.file(folder.file("s.db")), random: { 1 })
    second.price(by: others, mark: { "b" })
    #expect(try agrees(second, others) && second.needsPricing())
    // It writes one row: now some are by these settings, and some by those.
    let last = carts[199]
    try second.write(recorded: now) { try $0.save(last) }
    #expect(try agrees(second, others) && agrees(first, own))
    #expect(try first.needsPricing() && second.needsPricing())

    try second.priceRows(recorded: now)
    #expect(try !second.needsPricing() && first.needsPricing())
    #expect(try agrees(second, others) && agrees(first, own))
    try first.priceRows(recorded: now)
    #expect(try agrees(second, others) && agrees(first, own) && !first.needsPricing())
    // A program without settings writes no totals.
    let third = try SQLiteStorage.open(.file(folder.file("s.db")), random: { 1 })
    try third.write(recorded: now) { try $0.save(last) }
    #expect(try first.needsPricing() && agrees(first, own))
  }

  @Test func newSettingsPriceTheRowsWithTheNextChange() throws {
    let (test, handler, cart) = try shopWithCart()
    #expect(try !test.shop.store.needsPricing() && test.shop.check().problems == [])
    try test.shop.use(dear(490))
    #expect(try test.shop.store.needsPricing())
    let filter = try FilterParser(zone: .utc, now: test.clock.now).parse(["total=30.88"])
    _ = handler.begin("look")
    #expect(try handler.keys(matching: filter) == [handler.find(cart.id)])
    _ = handler.begin("add")
    try handler.add("TEA-01", 1, to: handler.find(cart.id))
    _ = try handler.finish()
    #expect(try !test.shop.store.needsPricing() && test.shop.check().problems == [])
    // And again with each new text of the settings.
    try test.shop.use(dear(590))
    _ = handler.begin("add")
    try handler.add("TEA-01", 1, to: handler.find(cart.id))
    _ = try handler.finish()
    #expect(try !test.shop.store.needsPricing() && test.shop.check().problems == [])
  }

  @Test func anOlderDatabaseIsPricedWithItsFirstChange() throws {
    let (test, _, cart) = try shopWithCart()
    let export = try test.exported()
    let queue = try DatabaseQueue(path: test.folder.file("cartio.db"))
    try queue.write {
      try $0.execute(
        sql: """
          ALTER TABLE cart DROP COLUMN total;
          DELETE FROM meta WHERE name = 'priced';
          DELETE FROM grdb_migrations WHERE identifier = '9 totals';
          PRAGMA user_version = 8
          """)
    }
    let shop = try test.reopened()
    let later = CommandHandler(shop, actor: .staff("ben"), consent: .given)
    let filter = try FilterParser(zone: .utc, now: test.clock.now).parse(["total=25.98"])
    _ = later.begin("look")
    #expect(try later.keys(matching: filter) == [later.find(cart.id)])
    #expect(try shop.store.needsPricing() && test.exported(shop) == export)
    _ = later.begin("add")
    try later.add("TEA-01", 1, to: later.find(cart.id))
    _ = try later.finish()
    #expect(try !shop.store.needsPricing() && shop.check().problems == [])
  }

  @Test func aWrongTotalIsFound() throws {
    let (test, _, cart) = try shopWithCart()
    let queue = try DatabaseQueue(path: test.folder.file("cartio.db"))
    try queue.write { try $0.execute(sql: "UPDATE cart SET total = 7") }
    #expect(
      try test.shop.check().problems
        == ["cart \(cart.id): the total in its row differs from its lines"])
  }
}
