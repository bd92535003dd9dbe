import CartEngine
import CartModel
import CartRules
import CartScripting
import CartStorage
import CartTesting
import Testing

/// Which carts a policy may order.
extension PolicyTests {
  @Test func stockPricesAndTwinsAreLookedAt() throws {
    let harness = try harness(Self.all.replacing("orders = 3", with: "orders = 30"))
    try harness.test.take(
      """
      {"type":"product.upserted","at":"2026-11-01T07:30:00Z","sku":"PEN","name":"Pen","price":"10.00","currency":"EUR","stock":8}
      {"type":"product.upserted","at":"2026-11-01T07:30:00Z","sku":"INK","name":"Ink","price":"5.00","currency":"EUR"}
      {"type":"cart.created","at":"2026-11-01T07:40:00Z","cart":"price","shopper":{"customer":200,"group":"trade"}}
      {"type":"line.added","at":"2026-11-01T07:40:00Z","cart":"price","sku":"INK","quantity":1,"price":"4.99"}
      {"type":"cart.created","at":"2026-11-01T07:41:00Z","cart":"twinA","shopper":{"email":"Zoe+a@x.example","group":"trade"}}
      {"type":"line.added","at":"2026-11-01T07:41:00Z","cart":"twinA","sku":"INK","quantity":2,"price":"5.00"}
      {"type":"cart.created","at":"2026-11-01T07:42:00Z","cart":"twinB","shopper":{"email":"zoe@x.example","group":"guest"}}
      {"type":"line.added","at":"2026-11-01T07:42:00Z","cart":"twinB","sku":"INK","quantity":2,"price":"5.00"}
      {"type":"cart.created","at":"2026-11-01T07:43:00Z","cart":"other","shopper":{"email":"zoe@x.example","group":"trade"}}
      {"type":"line.added","at":"2026-11-01T07:43:00Z","cart":"other","sku":"INK","quantity":3,"price":"5.00"}
      {"type":"cart.created","at":"2026-11-01T07:44:00Z","cart":"dollars","currency":"USD","shopper":{"email":"dan@x.example","group":"trade"}}
      {"type":"line.added","at":"2026-11-01T07:44:00Z","cart":"dollars","sku":"INK","quantity":3,"price":"5.00"}

      """)
    try harness.enforce("auto")
    let result = try run(harness)
    #expect(ordered(result) == ["t1", "t2", "t3", "other"])
    #expect(
      left(result) == [
        "t4: stock of PEN: wants 4, there were 8 on 2026-11-01 07:30:00, 6 of them ordered since",
        "t5: stock of PEN: wants 5, there were 8 on 2026-11-01 07:30:00, 6 of them ordered since",
        "price: price of INK: 4.99 in the cart, 5.00 in the catalogue",
        "twinA: cart twinB of the same person has the same goods",
        "dollars: price of INK: 5.00 USD in the cart, 5.00 EUR in the catalogue, which cannot be compared",
      ])
    // The next day the stock is still used up.
    harness.test.clock.advance(86_400_001)
    #expect(left(try run(harness)).count == 5)
  }

  @Test func driftMayBeAllowed() throws {
    let harness = try harness(
      Self.all.replacing("max =", with: "drift = \"10%\",\n  max ="), carts: 1)
    try harness.test.take(
      """
      {"type":"product.upserted","at":"2026-11-01T07:30:00Z","sku":"PEN","name":"Pen","price":"9.10","currency":"EUR"}
      """)
    #expect(ordered(try run(harness)) == ["t1"])
    try harness.test.take(
      """
      {"type":"product.upserted","at":"2026-11-01T07:31:00Z","sku":"PEN","name":"Pen","price":"9.08","currency":"EUR"}
      """)
    #expect(ordered(try run(harness)) == [])
  }

  @Test func whoMayNotBuyIsNotOrderedFor() throws {
    let harness = try harness(Self.all.replacing("orders = 3", with: "orders = 30"))
    harness.write("big.lua", "rule \"big\" { when = function(c) return c.quantity == 4 end }")
    _ = try harness.scan()
    try harness.enforce("big")
    try harness.enforce("auto")
    try harness.test.take(
      """
      {"type":"shopper.identified","at":"2026-11-01T07:30:00Z","cart":"t2","shopper":{"email":"bad@x.example"}}

      """)
    try operation(harness.handler, "ban") {
      try harness.handler.add(.init(.email, "bad@x.example"), to: .blacklist, reason: "fraud")
    }
    let result = try run(harness)
    #expect(ordered(result) == ["t1", "t3", "t5"])
    #expect(try harness.cart("t2").state == .held)
    #expect(try harness.cart("t4").state == .held)
    let report = try harness.test.shop.check()
    #expect(report.isClean, "\(report.problems)")
  }

  @Test func inShadowTheListsAreLookedAtToo() throws {
    let harness = try harness(Self.all, carts: 2)
    try harness.test.take(
      """
      {"type":"shopper.identified","at":"2026-11-01T07:30:00Z","cart":"t2","shopper":{"ip":"203.0.113.7"}}

      """)
    try operation(harness.handler, "ban") {
      try harness.handler.add(.init(.ip, "203.0.113.0/24"), to: .blacklist, reason: "bots")
    }
    let result = try run(harness)
    #expect(ordered(result) == ["t1"])
    #expect(left(result) == ["t2: blacklist: ip 203.0.113.0/24: bots"])
    // Nobody was refused an order: it stays as it is.
    #expect(try harness.cart("t2").state == .open)
  }
}
