import CartEngine
import CartModel
import CartStorage
import CartTesting
import Testing

struct HandlerTests {
  private func shop() throws -> (TestShop, Int64) {
    let test = try TestShop()
    try test.take(TestShop.products)
    try test.take(
      """
      {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"c1000","sku":"MUG-01","quantity":2,"price":"12.99"}
      """)
    return (test, try #require(try test.shop.store.key(named: "c1000")))
  }

  @Test func tenThousandRandomCommandsLeaveACleanStore() throws {
    let test = try TestShop()
    var settings = StoreSettings()
    settings.coupons = [Coupon(code: "SAVE10", kind: .freeShipping)]
    try test.shop.use(settings)
    try test.take(TestShop.products)
    let handler = test.handler()
    var carts = RandomCarts(seed: 77)
    var keys: [Int64] = []
    var commands = 0
    while commands < 10_000 {
      test.clock.advance(700)
      try operation(handler) {
        if keys.count < 60 || carts.random.chance(2) { keys.append(try handler.create().key) }
        for _ in 0..<carts.random.pick(1...60) {
          let key = carts.random.pick(keys)
          let cart = try #require(try handler.cart(key))
          let command =
            carts.random.chance(1)
            ? Command.order(.init(id: "")) : carts.command(for: cart)
          _ = try? handler.execute(command, on: key)
          commands += 1
        }
      }
      keys = try keys.map { try #require(try handler.cart($0)).key }
    }
    let report = try test.shop.check()
    #expect(report.problems == [])
    #expect(report.events > 3000)
  }

  @Test func addsByTwoPeopleBothCount() throws {
    let (test, key) = try shop()
    let first = test.handler()
    let second = CommandHandler(try test.reopened(), actor: .staff("ben"), consent: .given)
    _ = first.begin("add")
    try first.add("MUG-01", 1, to: key)
    try operation(second) { try second.add("MUG-01", 3, to: key) }
    #expect(try first.finish().failures == [])
    #expect(try test.shop.store.cart(key)?.quantity == 6)
    #expect(try test.shop.check().problems == [])
  }

  @Test func aLineThatWasChangedMeanwhileIsNotOverwritten() throws {
    let (test, key) = try shop()
    let first = test.handler()
    let second = CommandHandler(try test.reopened(), actor: .staff("ben"), consent: .given)
    _ = first.begin("set")
    try first.execute(.setQuantity(.sku("MUG-01"), 9), on: key)
    try operation(second) { try second.execute(.setQuantity(.sku("MUG-01"), 5), on: key) }
    let outcome = try first.finish()
    #expect(
      outcome.failures.map(\.message) == [
        "cart c1000, line 'MUG-01': its quantity changed from 2 to 5 since it was read; look at "
          + "the cart again"
      ])
    #expect(outcome.carts == 0)
    #expect(try test.shop.store.cart(key)?.quantity == 5)
    #expect(try first.cart(key)?.quantity == 5)
    #expect(try test.shop.check().problems == [])
  }

  @Test func aChangeOfAnotherLineIsNoConflict() throws {
    let (test, key) = try shop()
    let first = test.handler()
    let second = CommandHandler(try test.reopened(), actor: .staff("ben"), consent: .given)
    _ = first.begin("set")
    try first.execute(.setQuantity(.sku("MUG-01"), 9), on: key)
    try operation(second) { try second.add("TEA-01", 1, to: key) }
    #expect(try first.finish().failures == [])
    let cart = try #require(try test.shop.store.cart(key))
    #expect(cart.lines.map(\.quantity) == [9, 1])
  }

  @Test func manyCartsWantAConfirmation() throws {
    let test = try TestShop()
    let handler = test.handler("anna", consent: .refuse)
    #expect(
      throws: EngineError(
        .unconfirmed,
        "this changes more than 25 carts and nobody confirmed it; nothing was changed; run it "
          + "with --yes, or with confirm=N")
    ) { try operation(handler) { for _ in 0..<30 { _ = try handler.create() } } }
    #expect(try test.shop.store.cartCount() == 0)
    handler.confirmer.takeAnswers(from: nil, saysYes: true)
    try operation(handler) { for _ in 0..<600 { _ = try handler.create() } }
    #expect(try test.shop.store.cartCount() == 600)
    let operations = try handler.reader.operations.list()
    #expect(operations.map(\.operation.extent.carts) == [600])
    #expect(try test.shop.check().problems == [])
  }

  @Test func anOperationOverSeveralFlushesCountsEachCartOnce() throws {
    let (test, key) = try shop()
    let handler = test.handler()
    let number = try #require(
      try operation(handler) {
        for _ in 0..<20 {
          try handler.add("MUG-01", 1, to: key)
          test.clock.advance(200)
        }
      })
    #expect(try test.shop.store.operation(number)?.extent.carts == 1)
    #expect(try test.shop.store.operation(number)?.extent.events == 20)
    #expect(try test.shop.check().problems == [])
  }

  @Test func aSandboxSeesItsWritesAndSavesNothing() throws {
    let (test, key) = try shop()
    let before = try test.exported()
    let handler = CommandHandler(
      test.shop, mode: .sandbox, actor: .staff("anna"), consent: .given)
    try operation(handler) {
      for _ in 0..<50 { try handler.add("MUG-01", 1, to: key) }
      _ = try handler.create([.email: "new@example.com"])
    }
    #expect(try handler.cart(key)?.quantity == 52)
    let filter = try FilterParser(zone: .utc, now: handler.now).parse(["email=new@example.com"])
    #expect(try handler.keys(matching: filter).count == 1)
    #expect(try test.exported() == before)
    #expect(try test.shop.store.cart(key)?.quantity == 2)
  }

  @Test func queriesSeeWhatTheRunHasChanged() throws {
    let (test, key) = try shop()
    let handler = test.handler()
    try test.take(
      """
      {"type":"line.added","at":"2026-11-01T07:30:00Z","cart":"c2000","sku":"MUG-01","quantity":9,"price":"12.99"}
      """)
    _ = handler.begin("query")
    let filter = try FilterParser(zone: .utc, now: handler.now).parse(["total>100", "sort=-total"])
    #expect(try handler.keys(matching: filter).count == 1)
    try handler.add("MUG-01", 10, to: key)
    #expect(try handler.keys(matching: filter).first == key)
    #expect(try handler.keys(matching: filter).count == 2)
    _ = handler.abandon()
    #expect(try handler.keys(matching: filter).count == 1)
  }

  @Test func findsCartsByTheBeginningOfTheirId() throws {
    let test = try TestShop()
    for id in ["abcd1", "abcd2", "xyz9"] {
      try test.take(#"{"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"\#(id)"}"#)
    }
    let handler = test.handler()
    #expect(try handler.find("xyz9") == 3)
    #expect(
      throws: EngineError(
        .notFound,
        "no cart has the id or order number 'nope'; find it with .carts NAME or .carts E-MAIL")
    ) {
      try handler.find("nope")
    }
    #expect(
      throws: EngineError(
        .ambiguous, "cart 'abcd': several begin so: abcd1, abcd2; type more of it")
    ) { try handler.find("abcd") }
    #expect(
      throws: EngineError(
        .notFound, "cart 'xyz': expected an id or at least its first 4 characters")
    ) { try handler.find("xyz") }
  }

  @Test func suggestsWhatExists() throws {
    let (test, key) = try shop()
    let handler = test.handler()
    #expect(
      throws: EngineError(.notFound, "sku 'MUG-1': no such product; did you mean 'MUG-01'?")
    ) { try handler.add("MUG-1", 1, to: key) }
    #expect(throws: EngineError(.notFound, "coupon 'X': unknown; store.lua defines none")) {
      try handler.run.applyCoupon("X", to: key)
    }
  }

  @Test func twoOrdersAtOnceGetTwoNumbers() throws {
    let (test, key) = try shop()
    try test.take(
      """
      {"type":"line.added","at":"2026-11-01T07:30:00Z","cart":"c2000","sku":"MUG-01","quantity":9,"price":"12.99"}
      """)
    let other = try #require(try test.shop.store.key(named: "c2000"))
    let first = test.handler()
    let second = CommandHandler(try test.reopened(), actor: .staff("ben"), consent: .given)
    _ = first.begin("order")
    try first.execute(.order(.init(id: "")), on: key)
    try operation(second) { try second.execute(.order(.init(id: "")), on: other) }
    #expect(try first.finish().failures == [])
    let ids = try [key, other].map { try test.shop.store.cart($0)?.order?.id }
    #expect(ids == ["1002", "1001"])
    #expect(try test.shop.check().problems == [])
  }

  @Test func settingsAreRecordedWhenTheyChange() throws {
    let (test, key) = try shop()
    var settings = StoreSettings()
    settings.name = "Tea shop"
    try test.shop.use(settings)
    let handler = test.handler()
    try operation(handler) { try handler.add("MUG-01", 1, to: key) }
    try operation(handler) { try handler.add("MUG-01", 1, to: key) }
    #expect(try test.shop.store.meta("settings") == settings.json)
    #expect(
      try test.exported().split(separator: "\n").count { $0.contains("settings.changed") } == 1)
    #expect(try test.reopened().settings == settings)
    #expect(try test.shop.check().problems == [])
  }
}
