import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

@testable import CartEngine

/// Currencies whose decimals a connected store says.
struct CurrencyDecimalsTests {
  private static let yen = Currency(code: "JPY", decimals: 2)
  private let test: TestShop

  init() throws { test = try TestShop() }

  /// - Returns: the codes that were left out.
  @discardableResult
  private func observe(_ currencies: [String: Int], in shop: Shop? = nil) throws -> [String] {
    let sync = CommandHandler(shop ?? test.shop, actor: .sync, consent: .given)
    let run = sync.begin("sync")
    let leftOut = try run.observer(of: "bigcommerce").observe(currencies: currencies)
    _ = try run.finish()
    return leftOut
  }

  private func settingsEvents() throws -> [String] {
    try test.exported().split(separator: "\n").map(String.init).filter {
      $0.contains("settings.changed")
    }
  }

  @Test func onlyWhatIsNotTheStandardsIsRecordedAndOnce() throws {
    #expect(try observe(["EUR": 2, "JPY": 0, "KWD": 3]).isEmpty)
    #expect(try settingsEvents().isEmpty)
    #expect(try observe(["EUR": 2, "JPY": 2, "DOGE": 8, "USD": 9]) == ["DOGE", "USD"])
    #expect(test.shop.settings.currencies == ["JPY": 2])
    #expect(test.shop.settings.currency("JPY") == Self.yen)
    try observe(["EUR": 2, "JPY": 2])
    let told = try settingsEvents()
    #expect(told.count == 1)
    #expect(told.first?.contains("\"currencies\":{\"JPY\":2}") == true)
    #expect(told.first?.contains("\"actor\":\"sync\"") == true)
    // What was said once stays said, so that older events are read as they were written.
    try observe(["JPY": 0])
    #expect(test.shop.settings.currencies == ["JPY": 0])
    #expect(test.shop.settings.currency("JPY") == .jpy)
    #expect(try test.shop.check().isClean)
  }

  @Test func cartsKeepTheOneThatTheyWereMadeWith() throws {
    let old = #"{"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"old","currency":"JPY"}"#
    let new = #"{"type":"cart.created","at":"2026-11-01T07:01:00Z","cart":"new","currency":"JPY"}"#
    #expect(try test.take(old).1.isEmpty)
    try observe(["JPY": 2])
    let lines = """
      \(new)
      {"type":"line.added","at":"2026-11-01T07:02:00Z","cart":"new","sku":"TEA","name":"Tea","quantity":3,"price":"4.125"}
      {"type":"line.added","at":"2026-11-01T07:02:00Z","cart":"old","sku":"TEA","name":"Tea","quantity":3,"price":"4.125","currency":"JPY"}
      {"type":"cart.ordered","at":"2026-11-01T07:03:00Z","cart":"old","order":"7","total":"12","currency":"JPY"}
      {"type":"product.upserted","at":"2026-11-01T07:03:00Z","sku":"TEA","name":"Tea","price":"4.125","currency":"JPY"}
      """
    #expect(try test.take(lines).1.isEmpty)
    let reader = test.handler()
    let (first, second) = (
      try reader.cart(reader.find("old")), try reader.cart(reader.find("new"))
    )
    #expect(first?.currency == .jpy && second?.currency == Self.yen)
    #expect(try first?.price(test.shop.settings).total.description == "12")
    #expect(try second?.price(test.shop.settings).total.description == "12.38")
    for filter in ["total>12.1", "total<12.1", "currency=JPY", "currency!=JPY"] {
      let parsed = try FilterParser(zone: .utc, now: test.clock.now).parse([filter, "status=any"])
      let found = try reader.keys(matching: parsed).map { try reader.cart($0)?.id }
      let expected = [
        "total>12.1": ["new"], "total<12.1": ["old"], "currency=JPY": ["new", "old"],
      ]
      #expect(found.compactMap { $0 }.sorted() == expected[filter] ?? [], "\(filter)")
    }
    #expect(try test.shop.check().isClean)
  }

  @Test func exportsAreReadAsTheyWereWritten() throws {
    try cartsKeepTheOneThatTheyWereMadeWith()
    let exported = try test.exported()
    let other = try TestShop(seed: 5)
    #expect(try other.take(exported).1.isEmpty)
    #expect(try other.exported() == exported)
    #expect(other.shop.settings.currencies.isEmpty)
    let reopened = try other.reopened()
    #expect(reopened.settings.currency("JPY") == Self.yen)
    #expect(try other.exported(reopened) == exported)
    // Again into a shop that has other decimals already.
    let third = try TestShop(seed: 6)
    let sync = CommandHandler(third.shop, actor: .sync, consent: .given)
    let run = sync.begin("sync")
    try run.observer(of: "bigcommerce").observe(currencies: ["JPY": 3])
    _ = try run.finish()
    #expect(try third.take(exported).1.isEmpty)
    let reader = third.handler()
    #expect(try reader.cart(reader.find("old"))?.currency == .jpy)
    #expect(try reader.cart(reader.find("new"))?.currency == Self.yen)
  }

  @Test func settingsOfAFileKeepThem() throws {
    var own = StoreSettings()
    own.name = "Tea House"
    own.shipping.fee = 490
    let test = try TestShop(settings: own)
    let sync = CommandHandler(test.shop, actor: .sync, consent: .given)
    let run = sync.begin("sync")
    try run.observer(of: "bigcommerce").observe(currencies: ["EUR": 0])
    _ = try run.finish()
    #expect(test.shop.settings.currency == Currency(code: "EUR", decimals: 0))
    // 4.90 as it can be paid without cents.
    #expect(test.shop.settings.shipping.fee == 5)
    // Another process that has the same file open records nothing over it.
    let other = try test.reopened()
    try other.use(own)
    let staff = CommandHandler(other, actor: .staff("ben"), consent: .given)
    let second = staff.begin("create")
    _ = try second.create(id: "x", currency: nil, [:])
    _ = try second.finish()
    #expect(
      try StoreSettings(json: other.store.meta(SettingName.settings)).currencies == ["EUR": 0])
    #expect(throws: EngineError.self) {
      try StoreSettings(.object([.init("currencies", .null)]), currencies: [:])
    }
  }
}
