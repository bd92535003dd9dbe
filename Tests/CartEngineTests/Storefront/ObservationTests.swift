import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

@testable import CartEngine

/// What a look at a store's cart makes of it here, step by step.
struct ObservationTests {
  private let test: TestShop
  private let staff: CommandHandler
  private let sync: CommandHandler

  init() throws {
    test = try TestShop()
    try test.take(TestShop.products)
    staff = test.handler()
    sync = CommandHandler(test.shop, actor: .sync, consent: .given)
  }

  private func price(_ text: String) -> UnitPrice { (try? UnitPrice(rounding: text)) ?? .zero }

  private func mug(_ quantity: Int64, _ price: String = "12.99") -> Line {
    Line(id: "i1", sku: "MUG-01", name: "Mug", quantity: quantity, price: self.price(price))
  }

  private func seen(
    _ lines: [Line], version: Int64? = 1, subtotal: String = "25.98", total: String = "30.98",
    id: String = "s1"
  ) -> SeenCart {
    var totals = StatedTotals(subtotal: price(subtotal), total: price(total))
    totals.shipping = price("5")
    totals.lines = lines.map { .init($0.id, price(subtotal)) }
    return SeenCart(
      binding: Binding(storefront: "bigcommerce", storeID: id, channel: 1, origin: .shopper),
      version: version, created: TestShop.start, updated: test.clock.now, currency: .eur,
      shopper: [.email: "a@example.com"], lines: lines, totals: totals)
  }

  @discardableResult
  private func look(_ seen: Seen, id: String = "s1") throws -> Observer.Result {
    test.clock.advance(120_000)
    let run = sync.begin("sync")
    let result = try run.observer(of: "bigcommerce").observe(id, seen)
    _ = try run.finish()
    return result
  }

  private func cart(_ id: String = "s1") throws -> Cart {
    let handler = test.handler("reader")
    let found = try handler.cart(try handler.find(id))
    return try #require(found)
  }

  private func events(_ id: String = "s1") throws -> [Event] {
    try test.shop.store.history(of: try cart(id).key)
  }

  @Test func aCartIsSeenForTheFirstTime() throws {
    #expect(try look(.cart(seen([mug(2)]))) == .changed(4))
    let cart = try self.cart()
    #expect(cart.lines == [mug(2)])
    #expect(cart.shopper[.email] == "a@example.com")
    #expect(cart.binding?.storefront == "bigcommerce")
    #expect(cart.asOf == test.clock.now)
    #expect(!cart.isPending)
    #expect(try cart.price(test.shop.settings).total == Money(minor: 3098, .eur))
    let told = try events()
    #expect(
      told.map { "\($0.actor) \($0.body.type.name)" } == [
        "shopper cart.created", "sync cart.bound", "shopper line.added", "sync totals.stated",
      ])
    #expect(try test.shop.check().isClean)
  }

  @Test func aKnownVersionChangesNothing() throws {
    try look(.cart(seen([mug(2)])))
    let version = try cart().version
    #expect(try look(.cart(seen([mug(2)]))) == .unchanged)
    #expect(try cart().version == version)
    #expect(try cart().asOf == test.clock.now)
    // A version counts, whatever the lines are; taxes and quotes move without one.
    #expect(try look(.cart(seen([mug(7)]))) == .unchanged)
    #expect(try look(.cart(seen([mug(2)], total: "31.98"))) == .changed(1))
    #expect(try cart().price(test.shop.settings).total == Money(minor: 3198, .eur))
    #expect(try look(.cart(seen([mug(9)], version: 0))) == .late)
    #expect(try cart().lines == [mug(2)])
  }

  @Test func anotherPriceIsNoActOfTheShopper() throws {
    try look(.cart(seen([mug(2)])))
    let touched = try cart().touched
    #expect(try look(.cart(seen([mug(2, "13.858823529412999")], version: 2))) == .changed(2))
    #expect(try cart().lines.first?.price.plainText == "13.858823529413")
    #expect(try cart().touched == touched)
    #expect(try events().suffix(2).map(\.body.type) == [.lineRestated, .totalsStated])
    let counts = try test.shop.store.counts(from: 0, until: .max / 2)
    #expect(counts.map { [$0.added, $0.removed] } == [[2, 0]])
  }

  @Test func theShoppersActsAreTheShoppers() throws {
    try look(.cart(seen([mug(2)])))
    let tea = Line(id: "i2", sku: "TEA-01", name: "Tea", quantity: 1, price: price("4.20"))
    var next = seen([mug(3), tea], version: 2)
    next.coupons = ["SAVE"]
    next.shopper = [.email: ""]
    try look(.cart(next))
    let told = try events().filter { $0.version > 4 }
    #expect(
      told.map { "\($0.actor) \($0.body.type.name)" } == [
        "shopper shopper.identified", "shopper line.changed", "shopper line.added",
        "shopper coupon.applied", "sync totals.stated",
      ])
    #expect(try cart().shopper[.email].isEmpty)
    #expect(try cart().touched == test.clock.now.advanced(by: -120_000))
    #expect(try test.shop.check().isClean)
  }

  @Test func aChangeOfOursWaitsAndIsNotTakenForTheShoppers() throws {
    try look(.cart(seen([mug(2)])))
    try operation(staff) {
      try staff.execute(.setQuantity(.sku("MUG-01"), 4), on: try self.cart().key)
    }
    var cart = try self.cart()
    #expect(cart.isPending)
    // The store's figures, moved by the lines' difference.
    #expect(try cart.price(test.shop.settings).subtotal == Money(minor: 5196, .eur))
    #expect(try cart.price(test.shop.settings).total == Money(minor: 5696, .eur))
    // It does not know it yet, and that is not the shopper undoing it.
    #expect(try look(.cart(seen([mug(2)]))) == .unchanged)
    #expect(try look(.cart(seen([mug(2)], version: 2, total: "31.98"))) == .changed(1))
    cart = try self.cart()
    #expect(cart.lines == [mug(4)] && cart.isPending)
    #expect(try cart.price(test.shop.settings).total == Money(minor: 5796, .eur))
    let run = sync.begin("work")
    let requests = try run.observer(of: "bigcommerce").requests(of: cart.key)
    #expect(requests.map(\.request.edits) == [[.setQuantity(line: "i1", 4)]])
    #expect(requests.first?.base == 2)
    // The store allows three of them.
    try run.observer(of: "bigcommerce").settle(
      requests[0].operation, of: cart.key,
      .accepted(.cart(seen([mug(3)], version: 3, subtotal: "38.97", total: "43.97"))))
    _ = try run.finish()
    cart = try self.cart()
    #expect(cart.lines == [mug(3)] && !cart.isPending)
    #expect(try cart.price(test.shop.settings).total == Money(minor: 4397, .eur))
    #expect(try events().last { $0.body.lineChange != nil }?.actor == .staff("anna"))
    #expect(try test.shop.check().isClean)
  }

  @Test func aRefusedChangeIsUndoneAndTheShoppersStays() throws {
    try look(.cart(seen([mug(2)])))
    try operation(staff) { try staff.add("TEA-01", 1, to: try self.cart().key) }
    let key = try cart().key
    let three = seen([mug(3)], version: 2, subtotal: "38.97", total: "43.97")
    try look(.cart(three))
    let run = sync.begin("work")
    let observer = run.observer(of: "bigcommerce")
    let request = try #require(try observer.requests(of: key).first)
    try observer.settle(request.operation, of: key, .refused("out of stock"))
    _ = try run.finish()
    #expect(try cart().lines == [mug(3)])
    #expect(try !cart().isPending)
    #expect(try test.shop.check().isClean)
  }

  @Test func anAnswerToOneChangeLeavesTheOthersWaiting() throws {
    try look(.cart(seen([mug(2)])))
    let key = try cart().key
    try operation(staff) { try staff.add("TEA-01", 1, to: key) }
    try operation(staff) { try staff.execute(.setQuantity(.sku("MUG-01"), 3), on: key) }
    let run = sync.begin("work")
    let observer = run.observer(of: "bigcommerce")
    let first = try #require(try observer.requests(of: key).first)
    try observer.settle(first.operation, of: key, .refused("out of stock"))
    _ = try run.finish()
    let cart = try self.cart()
    #expect(cart.lines == [mug(3)] && cart.waiting.count == 1)
    // The store's 30.98, and the mug that it does not know yet.
    #expect(try cart.price(test.shop.settings).total == Money(minor: 4397, .eur))
    #expect(try test.shop.check().isClean)
  }

  @Test func whatIsGoneStaysGone() throws {
    for (index, gone) in [
      Seen.Gone.ordered("100", total: price("30.98")), .deleted, .merged(into: "s9"),
    ].enumerated() {
      let id = "g\(index)"
      try look(.cart(seen([mug(2)], id: id)), id: id)
      try look(.gone(gone), id: id)
      let version = try cart(id).version
      #expect(try look(.cart(seen([mug(5)], version: 9, id: id)), id: id) == .late)
      #expect(try look(.gone(.deleted), id: id) == .late)
      #expect(try cart(id).version == version)
    }
    #expect(try cart("g0").order?.id == "100")
    #expect(try cart("g0").order?.total == Money(minor: 3098, .eur))
    #expect(try [cart("g1").state, cart("g2").state] == [.deleted, .merged])
    #expect(try cart("g2").mergedInto == "s9")
    #expect(try test.shop.check().isClean)
  }

  @Test func aHeldCartIsTakenAsItIsShown() throws {
    try look(.cart(seen([mug(2)])))
    try operation(staff) { try staff.execute(.hold(), on: try self.cart().key) }
    try look(.cart(seen([mug(6)], version: 2)))
    #expect(try cart().lines == [mug(6)])
    #expect(try cart().state == .held)
    #expect(try cart().isPending)
  }

  @Test func listsJudgeOnceForAnActOfTheShopper() throws {
    try look(.cart(seen([mug(2)])))
    try operation(staff) {
      try staff.add(ListEntry.Pattern(.email, "a@example.com"), to: .blacklist)
    }
    // Another price, and a look that shows what is known, are no acts.
    try look(.cart(seen([mug(2, "13.50")], version: 2)))
    try look(.cart(seen([mug(2, "13.50")], version: 2)))
    #expect(try cart().state == .open)
    try look(.cart(seen([mug(3, "13.50")], version: 3)))
    #expect(try cart().state == .held)
    #expect(try events().count { $0.body.state == .held } == 1)
    // So is a cart that is seen for the first time.
    try look(.cart(seen([mug(1)], id: "s2")), id: "s2")
    #expect(try cart("s2").state == .held)
  }

  @Test func theTimeIsTheStoresAndNeverAhead() throws {
    var ahead = seen([mug(2)])
    ahead.updated = test.clock.now.advanced(by: 999_999_999)
    ahead.created = ahead.updated
    try look(.cart(ahead))
    #expect(try cart().updated == test.clock.now)
    var behind = seen([mug(3)], version: 2)
    behind.updated = TestShop.start.advanced(by: -5)
    let before = try cart().updated
    try look(.cart(behind))
    #expect(try cart().updated == before)
    #expect(try cart().lines == [mug(3)])
  }

  @Test func syncIsAnOperationOfAnHourThatNobodyUndoes() throws {
    try look(.cart(seen([mug(2)])))
    try look(.cart(seen([mug(3)], version: 2)))
    #expect(try staff.reader.operations.list().filter { $0.operation.kind == .sync }.isEmpty)
    var filter = OperationFilter()
    filter.actor = "sync"
    let all = try staff.reader.operations.list(filter)
    #expect(all.count == 1)
    #expect(all.first?.operation.key == "sync:bigcommerce:2026-11-01T08")
    let number = try #require(all.first?.operation.id)
    let error = #expect(throws: EngineError.self) { try takeBack(staff, number) }
    #expect(error?.message.contains("records what the store showed") == true)
    test.clock.advance(3_600_000)
    try look(.cart(seen([mug(4)], version: 3)))
    #expect(try staff.reader.operations.list(filter).count == 2)
  }

  @Test func anOrderNumberOfTheStoreIsNeverAnother() throws {
    let own = try operation(staff) {
      let cart = try staff.create()
      try staff.add("MUG-01", 1, to: cart.key)
      try staff.execute(.order(.init(id: "")), on: cart.key)
    }
    #expect(own != nil)
    try look(.cart(seen([mug(2)])))
    try look(.gone(.ordered("90001", total: nil)))
    #expect(try cart().order?.id == "90001")
    try operation(staff) {
      let cart = try staff.create(id: "own")
      try staff.add("MUG-01", 1, to: cart.key)
      try staff.execute(.order(.init(id: "")), on: cart.key)
    }
    #expect(try cart("own").order?.id == "1002")
  }

  @Test func aStoreGivesACartAnotherId() throws {
    try look(.cart(seen([mug(2)])))
    let key = try cart().key
    var next = seen([mug(2)], version: 2)
    next.binding.storeID = "s2"
    // This program made the cart anew, and so knows both ids.
    let run = sync.begin("bind")
    try run.observer(of: "bigcommerce").bind(key, next.binding)
    _ = try run.finish()
    try look(.cart(next), id: "s2")
    #expect(try cart("s2").key == key)
    #expect(try cart("s1").key == key)
    #expect(try cart("s1").id == "s2")
    #expect(try test.shop.check().isClean)
  }
}
