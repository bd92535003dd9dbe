import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

@testable import CartEngine

/// Orders, products and customers that a store shows.
struct OrderObservationTests {
  private let test: TestShop
  private let sync: CommandHandler

  init() throws {
    test = try TestShop()
    try test.take(TestShop.products)
    sync = CommandHandler(test.shop, actor: .sync, consent: .given)
  }

  private func price(_ text: String) -> UnitPrice { (try? UnitPrice(rounding: text)) ?? .zero }

  private func order(
    _ state: Order.State?, id: String = "501", cart: String = "s1", quantity: Int64 = 3,
    total: String = "43.97", ago: Int64 = 0
  ) -> SeenOrder {
    SeenOrder(
      id: id, cart: cart, created: test.clock.now.advanced(by: -ago), updated: test.clock.now,
      state: state, currency: .eur, total: price(total),
      shopper: [.email: "a@example.com", .ip: "203.0.113.7", .name: ""],
      lines: [
        OrderLine(sku: "MUG-01", name: "Mug", quantity: quantity, price: price("12.99")),
        OrderLine(sku: "", name: "Gift card", quantity: 1, price: price("5")),
      ])
  }

  private func observed(_ body: (Observer) throws -> Observer.Result) throws -> Observer.Result {
    test.clock.advance(60_000)
    let run = sync.begin("sync")
    do {
      let result = try body(run.observer(of: "bigcommerce"))
      _ = try run.finish()
      return result
    } catch {
      _ = run.abandon()
      throw error
    }
  }

  @discardableResult
  private func take(_ order: SeenOrder) throws -> Observer.Result {
    try observed { try $0.observe(order: order) }
  }

  @discardableResult
  private func look(_ seen: Seen, id: String = "s1") throws -> Observer.Result {
    try observed { try $0.observe(id, seen) }
  }

  private func seen(_ quantity: Int64 = 2) -> Seen {
    let line = Line(
      id: "i1", sku: "MUG-01", name: "Mug", quantity: quantity, price: price("12.99"))
    return .cart(
      SeenCart(
        binding: Binding(storefront: "bigcommerce", storeID: "s1", channel: 1, origin: .shopper),
        version: 1, created: test.clock.now, updated: test.clock.now, currency: .eur,
        shopper: [.email: ""], lines: [line],
        totals: StatedTotals(subtotal: price("25.98"), total: price("30.98"))))
  }

  private func cart(_ id: String = "s1") throws -> Cart {
    let handler = test.handler("reader")
    let found = try handler.cart(try handler.find(id))
    return try #require(found)
  }

  private func told(_ id: String = "s1", after count: Int = 0) throws -> [String] {
    try test.shop.store.history(of: try cart(id).key).dropFirst(count).map {
      "\($0.actor) \($0.body.type.name)"
    }
  }

  private func isClean() throws -> Bool {
    let exported = try test.exported()
    let other = try TestShop(seed: 9)
    let (_, rejects) = try other.take(exported)
    #expect(rejects.isEmpty, "\(rejects)")
    #expect(try other.exported() == exported)
    return try test.shop.check().isClean && other.shop.check().isClean
  }

  @Test func anOrderEndsItsCartWithItsOwnLinesOnce() throws {
    try look(seen())
    let before = try cart()
    #expect(try take(order(.placed)) == .changed(2))
    let cart = try self.cart()
    #expect(cart.state == .ordered && cart.lines == before.lines)
    #expect(cart.order?.id == "501" && cart.order?.quantity == 4)
    #expect(cart.order?.total == Money(minor: 4397, .eur))
    #expect(cart.shopper[.ip] == "203.0.113.7" && cart.shopper[.name].isEmpty)
    #expect(
      try told(after: Int(before.version)) == [
        "shopper shopper.identified", "shopper cart.ordered",
      ])
    // The same again, a look that comes late, and what the look-up of the cart says.
    #expect(try take(order(.placed)) == .unchanged)
    #expect(try look(.gone(.ordered("501", total: price("43.97")))) == .late)
    #expect(try look(.gone(.deleted)) == .late && look(seen(7)) == .late)
    #expect(try isClean())
  }

  @Test func eachStateIsToldOnceAndNoneGoesBack() throws {
    try look(seen())
    #expect(try take(order(nil)) == .unchanged)
    #expect(try cart().state == .open)
    #expect(try take(order(.placed)) == .changed(2))
    let version = Int(try cart().version)
    #expect(try take(order(.paid, total: "44.00")) == .changed(1))
    #expect(try take(order(.placed)) == .unchanged && take(order(nil)) == .unchanged)
    #expect(try take(order(.paid)) == .unchanged)
    #expect(try cart().order?.total == Money(minor: 4400, .eur))
    #expect(try take(order(.refunded)) == .changed(1))
    #expect(try take(order(.cancelled)) == .unchanged && take(order(.paid)) == .unchanged)
    #expect(try told(after: version) == ["sync order.paid", "sync order.refunded"])
    #expect(try isClean())
  }

  @Test(arguments: [Seen.Gone.deleted, .expired])
  func aCartThatWasSeenGoneIsOrdered(_ gone: Seen.Gone) throws {
    try look(seen())
    try look(.gone(gone))
    let version = Int(try cart().version)
    #expect(try look(seen(3)) == .late)
    try take(order(.paid))
    #expect(try cart().state == .ordered && cart().order?.state == .paid)
    let back = try cart().version == 8 ? [] : ["sync cart.restored"]
    #expect(
      try Set(told(after: version)).subtracting(back) == [
        "shopper shopper.identified", "shopper cart.ordered", "sync order.paid",
      ])
    if gone == .deleted { #expect(try told().contains("sync cart.restored")) }
    let counts = try test.shop.store.counts(from: 0, until: .max / 2).filter { $0.sku == "MUG-01" }
    #expect(counts.map(\.ordered).reduce(0, +) == 3)
    #expect(try isClean())
  }

  @Test func anOrderOfAnUnknownCartMakesOne() throws {
    let day: Int64 = 86_400_000
    #expect(try take(order(.paid, cart: "", ago: 80 * day)) == .changed(7))
    let cart = try self.cart("order-501")
    #expect(cart.state == .ordered && cart.binding?.storefront == "bigcommerce")
    #expect(cart.created == test.clock.now.advanced(by: -60_000 - 80 * day))
    #expect(cart.lines.map(\.sku) == ["MUG-01", ""])
    let totals = try cart.price(test.shop.settings)
    #expect(totals.total == Money(minor: 4397, .eur) && totals.subtotal == Money(minor: 4397, .eur))
    // With the store's id of the cart, a look at that comes too late.
    try take(order(.placed, id: "502", cart: "s2"))
    #expect(try self.cart("s2").order?.id == "502" && self.cart("order-502").id == "s2")
    #expect(try look(seen(), id: "s2") != .late)
    #expect(try observed { try $0.observe("s2", .gone(.ordered("502", total: nil))) } == .late)
    // A second order of that cart is one of its own.
    try take(order(.placed, id: "503", cart: "s2"))
    #expect(try self.cart("order-503").order?.id == "503")
    #expect(try self.cart("s2").order?.id == "502")
    #expect(try take(order(.placed, id: "503", cart: "s2")) == .unchanged)
    #expect(try isClean())
  }

  @Test func aCartWhoseOrderWasSeenFirstIsOneWithIt() throws {
    try look(seen())
    try take(order(.placed, cart: ""))
    #expect(try cart().state == .open)
    try look(.gone(.ordered("501", total: nil)))
    #expect(try cart().state == .merged && cart().mergedInto == "order-501")
    #expect(try isClean())
  }

  @Test func orderNumbersAreTheStores() throws {
    let staff = test.handler()
    try operation(staff) {
      let own = try staff.create(id: "own")
      try staff.add("MUG-01", 1, to: own.key)
      try staff.execute(.order(.init(id: "501")), on: own.key)
    }
    #expect(throws: EngineError.self) { try take(order(.placed)) }
    try look(seen())
    #expect(throws: EngineError.self) { try look(.gone(.ordered("501", total: nil))) }
    #expect(try cart().state == .open)
    var empty = order(.placed, id: "777")
    empty.lines = []
    #expect(throws: EngineError.self) { try take(empty) }
    #expect(try take(order(.placed, id: "778")) == .changed(2))
    #expect(try isClean())
  }

  @Test func productsAndCustomersAreWrittenWhereTheyDiffer() throws {
    try look(seen())
    let lines = try cart().lines
    var mug = Product(sku: "MUG-01", name: "Mug", price: price("13.50"), currency: .eur, stock: 9)
    #expect(try observed { try $0.observe(product: mug) } == .changed(1))
    #expect(try observed { try $0.observe(product: mug) } == .unchanged)
    let stocked = try #require(try test.shop.store.product("MUG-01")?.stocked)
    mug.name = "Big mug"
    #expect(try observed { try $0.observe(product: mug) } == .changed(1))
    #expect(try test.shop.store.product("MUG-01")?.stocked == stocked)
    mug.stock = 4
    #expect(try observed { try $0.observe(product: mug) } == .changed(1))
    #expect(try test.shop.store.product("MUG-01")?.stocked == test.clock.now)
    #expect(try cart().lines == lines)
    var anna = SeenCustomer(id: "77", fields: [.email: "Anna@Example.com", .name: "Anna"])
    #expect(try observed { try $0.observe(customer: anna) } == .changed(1))
    #expect(try observed { try $0.observe(customer: anna) } == .unchanged)
    anna.fields = [.name: "Anna Berg"]
    #expect(try observed { try $0.observe(customer: anna) } == .changed(1))
    let known = try test.shop.store.customer("77")
    #expect(known?[.name] == "Anna Berg" && known?[.email] == "anna@example.com")
    #expect(known?[.customer] == "77")
    #expect(try isClean())
  }
}
