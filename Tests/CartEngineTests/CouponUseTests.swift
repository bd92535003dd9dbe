import CartEngine
import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

/// When a coupon counts, and for how many orders.
struct CouponUseTests {
  private static let settings = #"""
    {"timezone":"Europe/Berlin","coupons":{
      "SOON":{"percent":"10","starts":"2026-11-02"},
      "OVER":{"percent":"10","expires":"2026-10-31"},
      "TODAY":{"percent":"10","starts":"2026-11-01","expires":"2026-11-01"},
      "TWO":{"percent":"10","uses":2},
      "ONCE":{"percent":"10","per_customer":1}}}
    """#

  private func shop() throws -> TestShop {
    let test = try TestShop(settings: try StoreSettings(try JSONParser.parse(Self.settings)))
    try test.take(TestShop.products)
    return test
  }

  private func cart(_ handler: CommandHandler, _ email: String) throws -> Int64 {
    let key = try handler.create([.email: email]).key
    try handler.add("MUG-01", 1, to: key)
    return key
  }

  private func message(_ body: () throws -> Void) -> String {
    do { try body() } catch { return "\((error as? EngineError)?.message ?? "\(error)")" }
    return ""
  }

  @Test func timesAreOnTheStoresClock() throws {
    let test = try shop()
    let text = test.shop.settings.json
    #expect(text.contains(#""starts":"2026-11-01T23:00:00.000Z""#))
    #expect(try StoreSettings(try JSONParser.parse(text)) == test.shop.settings)
    let handler = test.handler()
    try operation(handler) {
      let key = try cart(handler, "a@example.com")
      #expect(
        message { try handler.run.applyCoupon("SOON", to: key) }
          == "coupon 'SOON': it starts at 2026-11-02 00:00:00")
      #expect(
        message { try handler.run.applyCoupon("OVER", to: key) }
          == "coupon 'OVER': it expired at 2026-11-01 00:00:00")
      try handler.run.applyCoupon("TODAY", to: key)
      let found = try handler.cart(key)
      let cart = try #require(found)
      #expect(try cart.price(handler.settings).discount.minor == 130)
    }
  }

  /// What was applied while it counted takes nothing off once the cart changes later, and no order is
  /// made with it.
  @Test func anExpiredCouponIsNamed() throws {
    let test = try shop()
    let handler = test.handler()
    var key: Int64 = 0
    try operation(handler) {
      key = try cart(handler, "a@example.com")
      key = try handler.run.applyCoupon("TODAY", to: key).key
    }
    let context = FilterContext(now: test.clock.now, settings: test.shop.settings)
    let stored = try test.shop.store.keys(matching: Filter(), context)
    key = try #require(stored.first)
    test.clock.advance(86_400_000)
    _ = handler.begin("order")
    #expect(
      message { try handler.execute(.order(.init(id: "")), on: key) }.contains(
        "no order is made of it: coupon 'TODAY': it expired at 2026-11-02 00:00:00; take it off first"
      ))
    _ = handler.abandon()
    try operation(handler) {
      let cart = try handler.add("TEA-01", 1, to: key)
      #expect(try cart.price(handler.settings).discount.minor == 0)
      let miss = try cart.couponMiss("TODAY", handler.settings)
      #expect(miss?.description == "it expired at 2026-11-02 00:00:00")
    }
  }

  /// An order that is cancelled gives its use back; what a run has not saved yet counts, too.
  @Test func usesOfCancelledOrdersAreFree() throws {
    let test = try shop()
    let handler = test.handler()
    var orders: [String] = []
    for email in ["a@example.com", "b@example.com"] {
      try operation(handler) {
        let key = try cart(handler, email)
        try handler.run.applyCoupon("TWO", to: key)
        orders.append(try handler.execute(.order(.init(id: "")), on: key).order?.id ?? "")
      }
    }
    #expect(try test.shop.store.uses(of: "TWO", excluding: [], most: 9) == 2)
    try test.take(
      #"{"type":"order.cancelled","at":"\#(test.clock.now)","order":"\#(orders[0])"}"#)
    #expect(try test.shop.store.uses(of: "TWO", excluding: [], most: 9) == 1)
    try operation(handler) {
      let key = try cart(handler, "c@example.com")
      try handler.run.applyCoupon("TWO", to: key)
      try handler.execute(.order(.init(id: "")), on: key)
      let other = try cart(handler, "d@example.com")
      #expect(
        message { try handler.run.applyCoupon("TWO", to: other) }
          == "coupon 'TWO': it was used for 2 of 2 orders")
    }
    #expect(try test.shop.check().problems == [])
  }

  /// An order of an unknown shopper is not an order of each customer.
  @Test func ordersOfStrangersCountForNoCustomer() throws {
    let test = try shop()
    let handler = test.handler()
    for email in ["", "a@example.com"] {
      try operation(handler) {
        let key = try cart(handler, email)
        try handler.run.applyCoupon("ONCE", to: key)
        try handler.execute(.order(.init(id: "")), on: key)
      }
    }
    #expect(try test.shop.store.uses(of: "ONCE", excluding: [], most: 9) == 2)
  }

  @Test func usesAreCountedOverOrders() throws {
    let test = try shop()
    let handler = test.handler()
    for (email, code) in [
      ("a@example.com", "TWO"), ("b@example.com", "TWO"), ("a@example.com", "ONCE"),
    ] {
      try operation(handler) {
        let key = try cart(handler, email)
        try handler.run.applyCoupon(code, to: key)
        try handler.execute(.order(.init(id: "")), on: key)
      }
    }
    try operation(handler) {
      let key = try cart(handler, "A@example.com")
      #expect(
        message { try handler.run.applyCoupon("TWO", to: key) }
          == "coupon 'TWO': it was used for 2 of 2 orders")
      #expect(
        message { try handler.run.applyCoupon("ONCE", to: key) }
          == "coupon 'ONCE': this customer used it for 1 of 1 order")
      let other = try cart(handler, "c@example.com")
      try handler.run.applyCoupon("ONCE", to: other)
    }
  }
}
