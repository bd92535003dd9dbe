import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

@testable import CartEngine

/// What a script on the storefront reports.
struct BeaconTests {
  private let test: TestShop
  private let sync: CommandHandler

  init() throws {
    test = try TestShop()
    sync = CommandHandler(test.shop, actor: .sync, consent: .given)
  }

  private func observed<T>(_ body: (Observer) throws -> T) throws -> T {
    test.clock.advance(60_000)
    let run = sync.begin("sync")
    let result = try body(run.observer(of: "bigcommerce"))
    _ = try run.finish()
    return result
  }

  private func report(_ fields: [ShopperField: String], id: String = "s1") throws
    -> Observer.Result?
  {
    try observed { try $0.report(id, fields, at: test.clock.now.advanced(by: -5000)) }
  }

  private func look(_ shopper: [ShopperField: String] = [:], version: Int64 = 1) throws {
    let line = Line(id: "i1", sku: "TEA", name: "Tea", quantity: 2, price: .zero)
    let seen = SeenCart(
      binding: Binding(storefront: "bigcommerce", storeID: "s1", origin: .shopper),
      version: version, created: test.clock.now, updated: test.clock.now, currency: .eur,
      shopper: shopper, lines: [line], totals: StatedTotals(subtotal: .zero, total: .zero))
    try observed { _ = try $0.observe("s1", .cart(seen)) }
  }

  private func cart() throws -> Cart {
    let handler = test.handler("reader")
    let found = try handler.cart(try handler.find("s1"))
    return try #require(found)
  }

  private func events() throws -> [Event] { try test.shop.store.history(of: try cart().key) }

  private static let told: [ShopperField: String] = [
    .ip: "203.0.113.7", .browser: "Firefox", .country: "DE", .session: "b-1",
  ]

  @Test func aReportIsToldApartFromWhatTheStoreSays() throws {
    #expect(try report(Self.told) == nil)
    try look()
    let touched = try cart().touched
    #expect(try report(Self.told) == .changed(1))
    #expect(try cart().shopper[.ip] == "203.0.113.7" && cart().shopper[.browser] == "Firefox")
    #expect(try cart().reported == [.session, .ip, .country, .browser])
    #expect(try cart().touched == touched)
    let last = try #require(try events().last)
    #expect("\(last.actor) \(last.body.type.name)" == "sync via beacon shopper.identified")
    #expect(last.at == test.clock.now.advanced(by: -5000))
    #expect(try report(Self.told) == .unchanged)
    // A shopper who goes from the train to the office.
    #expect(try report([.ip: "203.0.113.8"]) == .changed(1))
    // A look says nothing of them, and leaves them.
    try look([.email: "a@example.com"], version: 2)
    #expect(try cart().shopper[.ip] == "203.0.113.8")
    #expect(try !cart().isPending)
    let parser = FilterParser(zone: .utc, now: test.clock.now)
    let handler = test.handler("reader")
    #expect(try handler.keys(matching: parser.parse(["reported=ip"])).count == 1)
    let exported = try test.exported()
    let other = try TestShop(seed: 9)
    #expect(try other.take(exported).1.isEmpty)
    #expect(try other.exported() == exported)
    #expect(try test.shop.check().isClean && other.shop.check().isClean)
  }

  @Test func whatOthersSaidStays() throws {
    try look([.country: "FR"])
    let staff = test.handler()
    try operation(staff) {
      try staff.execute(.identify([.session: "typed"]), on: try cart().key)
    }
    var told = Self.told
    (told[.email], told[.customer]) = ("evil@example.com", "1")
    #expect(try report(told) == .changed(1))
    #expect(try cart().shopper[.country] == "FR" && cart().shopper[.session] == "typed")
    #expect(try cart().shopper[.email].isEmpty && cart().shopper.customer == 0)
    #expect(try cart().reported == [.ip, .browser])
    // What the store or staff say later is not reported any more.
    try operation(staff) {
      try staff.execute(.identify([.ip: "198.51.100.1"]), on: try cart().key)
    }
    #expect(try cart().reported == [.browser])
    #expect(try report([.ip: "203.0.113.9"]) == .unchanged)
    #expect(try cart().shopper[.ip] == "198.51.100.1")
    #expect(try test.shop.check().isClean)
  }

  @Test func valuesThatCannotBeAreLeftOut() throws {
    try look()
    let long = String(repeating: "x", count: 5000)
    #expect(try report([.browser: long, .country: "Narnia", .session: "a\0b"]) == .unchanged)
    #expect(try report([.browser: long, .country: "NL"]) == .changed(1))
    #expect(try cart().shopper[.country] == "NL" && cart().shopper[.browser].isEmpty)
    try observed { _ = try $0.observe("s1", .gone(.ordered("9", total: nil))) }
    #expect(try report(Self.told) == .late)
  }

  @Test func aBlacklistedAddressHoldsTheCartOnce() throws {
    try look()
    let staff = test.handler()
    try operation(staff) {
      try staff.add(.ip(try AddressBlock("203.0.113.0/24")), to: .blacklist)
    }
    #expect(try cart().state == .open)
    #expect(try report(Self.told) == .changed(1))
    #expect(try cart().state == .held)
    #expect(try events().filter { $0.body.type == .cartHeld }.count == 1)
    try operation(staff) { try staff.execute(.restore(), on: try cart().key) }
    #expect(try report(Self.told) == .unchanged && cart().state == .open)
    #expect(try test.shop.check().isClean)
  }
}
