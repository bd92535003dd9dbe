import CartEngine
import CartExchange
import CartModel
import CartStorage
import CartTesting
import Testing

/// An ordered cart comes to what its order says, whatever the settings are later.
struct OrderAmountTests {
  private let test: TestShop
  private let handler: CommandHandler

  init() throws {
    test = try TestShop(settings: try StoreSettings(json: Self.settings(shipping: "4.90")))
    handler = test.handler()
    try test.take(TestShop.products)
  }

  private static func settings(shipping: String) -> String {
    """
    {"currency":"EUR","shipping":{"fee":"\(shipping)"},"tax":{"rate":"19","included":true},\
    "coupons":{"SAVE10":{"percent":"10"}}}
    """
  }

  private func ordered(_ id: String, coupon: Bool) throws -> Cart {
    var key: Int64 = 0
    try operation(handler) {
      key = try handler.create(id: id).key
      try handler.add("MUG-01", 2, to: key)
      if coupon { try handler.execute(.applyCoupon("SAVE10"), on: key) }
      key = try handler.execute(.order(.init(id: "")), on: key).key
    }
    return try #require(try handler.cart(try handler.find(id)))
  }

  private func found(_ shop: Shop, _ words: String...) throws -> [String] {
    let handler = CommandHandler(shop, actor: .staff("anna"))
    _ = handler.begin("look")
    let filter = try FilterParser(zone: .utc, now: handler.now).parse(words)
    return try handler.keys(matching: filter).compactMap { try handler.cart($0)?.id }
  }

  @Test("New settings change no total of an order, in memory, in rows and in SQL")
  func settings() throws {
    let cart = try ordered("c1", coupon: true)
    let before = try cart.price(test.shop.settings)
    #expect(before.total.description == "28.28" && before.shipping.description == "4.90")
    #expect(before.discount.description == "2.60")
    try test.shop.use(try StoreSettings(json: Self.settings(shipping: "9.90")))
    try operation(handler) { try handler.create(id: "c2") }
    let after = try #require(try handler.cart(cart.key))
    #expect(try after.price(test.shop.settings) == before)
    #expect(try found(test.shop, "status=ordered", "total=28.28") == ["c1"])
    #expect(try found(test.shop, "status=ordered", "total>28.28") == [])
    #expect(try found(test.shop, "status=ordered", "shipping=4.90") == ["c1"])
    #expect(try test.shop.check().problems == [])
  }

  @Test("An export holds what the total is made of, and an import reads it")
  func roundTrip() throws {
    _ = try ordered("c1", coupon: true)
    let exported = try test.exported()
    #expect(
      exported.contains(
        #""total":"28.28","subtotal":"25.98","discount":"2.60","shipping":"4.90","tax":"4.52""#))
    let other = try TestShop(settings: try StoreSettings(json: Self.settings(shipping: "0.50")))
    #expect(try other.take(exported).1 == [])
    #expect(try other.exported() == exported)
    let cart = try #require(try other.handler().cart(try other.handler().find("c1")))
    #expect(try cart.price(other.shop.settings).shipping.description == "4.90")
  }

  @Test("A total that a file states alone is the cart's, too, and what was paid is")
  func stated() throws {
    let day = #""at":"2026-11-01T07:30:00Z""#
    try test.take(
      """
      {"type":"line.added",\(day),"cart":"c1","sku":"MUG-01","quantity":2,"price":"12.99"}
      {"type":"cart.ordered",\(day),"cart":"c1","order":"9","total":"20.00"}
      """)
    let key = try handler.find("c1")
    #expect(try handler.cart(key)?.price(test.shop.settings).total.description == "20.00")
    #expect(try found(test.shop, "status=ordered", "total=20") == ["c1"])
    try test.take(#"{"type":"order.paid",\#(day),"order":"9","total":"19.00"}"#)
    let paid = try #require(try test.handler().cart(key))
    #expect(try paid.price(test.shop.settings).total.description == "19.00")
    #expect(try found(test.shop, "status=ordered", "total=19") == ["c1"])
  }

  @Test("A part of the amounts is a reject that names all of them")
  func part() throws {
    let day = #""at":"2026-11-01T07:30:00Z""#
    let (_, rejects) = try test.take(
      """
      {"type":"line.added",\(day),"cart":"c1","sku":"MUG-01","quantity":2,"price":"12.99"}
      {"type":"cart.ordered",\(day),"cart":"c1","order":"9","total":"20.00","tax":"3.00"}
      """)
    #expect(
      rejects.map(\.reason) == [
        "order: expected subtotal, discount, shipping, tax and total together, or the total alone"
      ])
  }

  @Test(
    "Amounts that cannot be true are rejects",
    arguments: [
      (
        #""total":"20.00","subtotal":"25.98","discount":"0.00","shipping":"0.00","tax":"4.15""#,
        "total: expected 25.98, subtotal less discount plus shipping, or that plus tax, got 20.00"
      ),
      (
        #""total":"20.98","subtotal":"25.98","discount":"5.00","shipping":"0.00","tax":"-1.00""#,
        "tax: expected an amount that is not negative, got -1.00"
      ),
      (
        #""total":"3.00","subtotal":"25.98","discount":"26.00","shipping":"3.02","tax":"0.00""#,
        "discount: expected at most the subtotal, 25.98, got 26.00"
      ),
      (#""total":"-0.01""#, "order: expected a total that is not negative, got -0.01"),
      (
        #""total":"20.98","subtotal":"25.98","discount":"5.00","shipping":"0.00","tax":"3.35""#, nil
      ),
      (
        #""total":"24.33","subtotal":"25.98","discount":"5.00","shipping":"0.00","tax":"3.35""#, nil
      ),
    ] as [(String, String?)])
  func impossible(amounts: String, reason: String?) throws {
    let day = #""at":"2026-11-01T07:30:00Z""#
    let (_, rejects) = try test.take(
      """
      {"type":"line.added",\(day),"cart":"c1","sku":"MUG-01","quantity":2,"price":"12.99"}
      {"type":"cart.ordered",\(day),"cart":"c1","order":"9",\(amounts)}
      """)
    #expect(rejects.map(\.reason) == [reason].compactMap(\.self))
  }

  @Test(
    "What was paid, or paid back, is not negative", arguments: ["order.paid", "order.refunded"])
  func negativePayment(type: String) throws {
    let day = #""at":"2026-11-01T07:30:00Z""#
    let (_, rejects) = try test.take(
      """
      {"type":"line.added",\(day),"cart":"c1","sku":"MUG-01","quantity":2,"price":"12.99"}
      {"type":"cart.ordered",\(day),"cart":"c1","order":"9"}
      {"type":"\(type)",\(day),"order":"9","total":"-19.00"}
      """)
    #expect(
      rejects.map(\.reason) == ["order 9: expected a total that is not negative, got -19.00"])
  }

  @Test("An order that a file states without amounts keeps none of the settings of the import")
  func withoutAmounts() throws {
    let day = #""at":"2026-11-01T07:30:00Z""#
    try test.take(
      """
      {"type":"line.added",\(day),"cart":"c1","sku":"MUG-01","quantity":2,"price":"12.99"}
      {"type":"cart.ordered",\(day),"cart":"c1","order":"9"}
      """)
    let cart = try #require(try handler.cart(try handler.find("c1")))
    #expect(cart.order?.amounts == nil)
    #expect(try !test.exported().contains(#""subtotal""#))
    #expect(try cart.price(test.shop.settings).shipping.description == "4.90")
  }

  private static let day = #""at":"2026-11-01T07:30:00Z""#

  private static func order(_ name: String) -> String {
    """
    {"type":"line.added",\(day),"cart":"\(name)","sku":"MUG-01","quantity":2,"price":"12.99"}
    {"type":"cart.ordered",\(day),"cart":"\(name)","order":"\(name)"}
    """
  }

  private static func changed(shipping: String) -> String {
    #"{"type":"settings.changed",\#(day),"settings":\#(settings(shipping: shipping))}"#
  }

  private func amounts(_ names: String...) throws -> [String] {
    try names.map {
      let cart = try #require(try handler.cart(try handler.find($0)))
      return try "\(cart.price(test.shop.settings).total) "
        + "\(cart.order?.amounts?.shipping.description ?? "-")"
    }
  }

  @Test("An order without amounts comes to what the settings before it in the file make of it")
  func settingsOfTheFile() throws {
    let file = [
      Self.order("a"), Self.changed(shipping: "7.00"), Self.order("b"),
      Self.changed(shipping: "8.00"), Self.order("c"),
    ].joined(separator: "\n")
    #expect(try test.take(file).1 == [])
    #expect(try amounts("a", "b", "c") == ["30.88 -", "32.98 7.00", "33.98 8.00"])
    let other = try TestShop()
    let exported = try test.exported()
    try other.take(exported)
    #expect(try other.exported() == exported)
    #expect(try test.shop.check().problems == [])
  }

  @Test("Settings that the shop knows already count for the new orders after them")
  func settingsOfAnEarlierImport() throws {
    try test.take(Self.changed(shipping: "7.00"))
    try test.take(Self.changed(shipping: "7.00") + "\n" + Self.order("b"))
    try test.take(Self.order("c"))
    #expect(try amounts("b", "c") == ["32.98 7.00", "30.88 -"])
  }

  @Test("Settings of a time zone that is none are a reject, and the ones before them count")
  func settingsOfNoZone() throws {
    let wrong = #"{"type":"settings.changed",\#(Self.day),"settings":{"timezone":"Europe/Rom"}}"#
    let (_, rejects) = try test.take(
      [Self.changed(shipping: "7.00"), wrong, Self.order("b")].joined(separator: "\n"))
    #expect(
      rejects.map(\.reason)
        == ["timezone: expected a name of the tz database as Europe/Berlin, got 'Europe/Rom'"])
    #expect(try amounts("b") == ["32.98 7.00"])
  }

  @Test("Amounts of an order are in its cart's currency, where the event names none")
  func currencyOfTheCart() throws {
    let (_, rejects) = try test.take(
      """
      {"type":"cart.created",\(Self.day),"cart":"c1","currency":"JPY"}
      {"type":"line.added",\(Self.day),"cart":"c1","sku":"TEA","quantity":2,"price":"650"}
      {"type":"cart.ordered",\(Self.day),"cart":"c1","order":"9","total":"1299"}
      {"type":"cart.created",\(Self.day),"cart":"c2","currency":"JPY"}
      {"type":"line.added",\(Self.day),"cart":"c2","sku":"TEA","quantity":2,"price":"650"}
      {"type":"cart.ordered",\(Self.day),"cart":"c2","order":"10","total":"12.99"}
      {"type":"cart.ordered",\(Self.day),"cart":"c2","order":"10","total":"12.99","currency":"EUR"}
      """)
    #expect(
      rejects.map(\.reason) == [
        "total: amount: expected a decimal with at most 0 decimals (JPY), got '12.99'",
        "currency: the cart's is JPY, got EUR",
      ])
    let order = try #require(try handler.cart(try handler.find("c1"))?.order)
    #expect(order.total == (try Money("1299", .jpy)))
  }

  @Test("What names no currency has the one of the settings before it in the file")
  func currencyOfTheFile() throws {
    let settings = #"{"type":"settings.changed",\#(Self.day),"settings":{"currency":"USD"}}"#
    let (_, rejects) = try test.take(
      """
      {"type":"cart.created",\(Self.day),"cart":"before"}
      \(settings)
      {"type":"cart.created",\(Self.day),"cart":"made"}
      {"type":"line.added",\(Self.day),"cart":"added","sku":"TEA","quantity":1,"price":"6.50"}
      {"type":"product.upserted",\(Self.day),"sku":"TEA","price":"6.50"}
      """)
    #expect(rejects == [])
    let codes = try ["before", "made", "added"].map {
      try #require(try handler.cart(try handler.find($0))).currency.code
    }
    #expect(codes == ["EUR", "USD", "USD"])
    #expect(try test.shop.store.product("TEA")?.currency == .usd)
  }
}
