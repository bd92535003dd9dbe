import CartEngine
import CartModel
import CartTesting
import Testing

struct CartTests {
  private let at = Timestamp(milliseconds: 1_793_520_000_000)

  private func cart(_ lines: [Line] = []) -> Cart {
    var cart = Cart(key: 1, id: "c1", currency: .eur, at: at)
    cart.lines = lines
    return cart
  }

  private func line(_ sku: String, _ quantity: Int64, _ price: String, id: String? = nil) throws
    -> Line
  {
    Line(id: id, sku: sku, quantity: quantity, price: try UnitPrice(price))
  }

  // MARK: Pricing

  @Test func pricesWithCouponsShippingAndTax() throws {
    var settings = StoreSettings()
    settings.tax.rate = try Percent("19")
    settings.shipping.fee = 490
    settings.shipping.freeFrom = 6000
    settings.coupons = [
      Coupon(code: "SAVE10", kind: .percent(try Percent("10")), minimum: 2500),
      Coupon(code: "TEA5", kind: .fixed(500), skus: ["TEA-*"]),
      Coupon(code: "FREESHIP", kind: .freeShipping),
    ]
    var cart = cart([try line("MUG", 2, "12.99"), try line("TEA-01", 1, "4.20")])
    var totals = try cart.price(settings)
    #expect(totals.subtotal.minor == 3018)
    #expect(totals.shipping.minor == 490)
    #expect(totals.tax.minor == 560)  // 35.08 × 19/119
    #expect(totals.total.minor == 3508)
    cart.coupons = ["SAVE10", "TEA5", "FREESHIP", "UNKNOWN"]
    totals = try cart.price(settings)
    #expect(totals.discount.minor == 302 + 420)  // a fixed discount takes no more than matches
    #expect(totals.shipping.minor == 0)
    settings.tax.included = false
    totals = try cart.price(settings)
    #expect(totals.total.minor == 2296 + 436)
    cart.lines = []
    #expect(try cart.price(settings).total.minor == 0)
  }

  @Test func theDestinationDecidesTaxAndShipping() throws {
    var settings = StoreSettings()
    settings.tax.rate = try Percent("19")
    var america = StoreSettings.Tax.Country(rate: try Percent("0"))
    america.included = false
    america.regions = ["ca": try Percent("7.25")]
    settings.tax.countries = ["AT": .init(rate: try Percent("20")), "US": america]
    var alps = StoreSettings.Shipping.Method(name: "alps", fees: [(0, 790)])
    alps.countries = ["AT"]
    let post = StoreSettings.Shipping.Method(name: "post", fees: [(0, 990), (5000, 590)])
    settings.shipping.methods = [alps, post]
    var cart = cart([try line("MUG", 2, "25.00")])
    func totals() throws -> [Int64] {
      let totals = try cart.price(settings)
      return [totals.shipping.minor, totals.tax.minor, totals.total.minor]
    }
    #expect(try totals() == [590, 893, 5590])  // 55.90 × 19/119
    cart.shopper[.country] = "AT"
    #expect(try totals() == [590, 932, 5590])  // the cheapest of both; 55.90 × 20/120
    cart.lines[0].quantity = 1
    #expect(try totals() == [790, 548, 3290])
    cart.shopper[.billingCountry] = "US"
    #expect(try totals() == [990, 0, 3490])
    cart.shopper[.billingState] = "CA"
    #expect(try totals() == [990, 253, 3743])  // 34.90 × 7.25 %, on top
    cart.shopper[.shippingCountry] = "AT"
    #expect(try totals() == [790, 548, 3290])
    cart.lines = []
    #expect(try totals() == [0, 0, 0])
  }

  @Test func totalsBalanceForAnyCart() throws {
    var carts = RandomCarts(seed: 5)
    var settings = StoreSettings()
    settings.tax.rate = try Percent("20")
    settings.shipping.fee = 333
    settings.coupons = [
      Coupon(code: "SAVE10", kind: .percent(try Percent("10"))),
      Coupon(code: "TEA5", kind: .fixed(500), skus: ["TEA-*"]),
    ]
    for key in 1...2000 {
      let cart = carts.cart(key: Int64(key), at: at)
      settings.tax.included.toggle()
      let totals = try cart.price(settings)
      let base = totals.subtotal.minor - totals.discount.minor + totals.shipping.minor
      #expect(totals.total.minor == base + (settings.tax.included ? 0 : totals.tax.minor))
      #expect(totals.discount.minor >= 0 && totals.discount.minor <= totals.subtotal.minor)
      let sum = try cart.lines.reduce(0) { try $0 + cart.amount(of: $1).minor }
      #expect(totals.subtotal.minor == sum)
    }
  }

  // MARK: Deciding

  private func refusal(_ command: Command, on cart: Cart) -> String {
    do {
      _ = try decide(command, on: cart, StoreSettings())
      return "accepted"
    } catch { return error.message }
  }

  @Test func refusalsNameWhatWasExpectedAndWhatCame() throws {
    let full = cart([
      try line("MUG", 2, "12.99"), try line("MUG", 1, "12.99", id: "engraved"),
      try line("TEA", 1, "4.20"),
    ])
    #expect(
      refusal(.setQuantity(.name("TEA"), 0), on: full)
        == "quantity: expected 1 … 1000000, got 0")
    #expect(
      refusal(.setQuantity(.name("TEA"), 3, expected: 2), on: full)
        == "cart c1, line 'TEA': its quantity changed from 2 to 1 since it was read; look at the cart again"
    )
    #expect(
      refusal(.remove(.name("MUG")), on: full)
        == "line 'MUG': several lines of the cart c1 have this SKU; say which: #1, #2")
    #expect(refusal(.remove(.position(4)), on: full) == "line #4: the cart c1 has 3 lines")
    #expect(
      refusal(.remove(.name("POT")), on: full)
        == "line 'POT': not in the cart c1; it has MUG, MUG, TEA")
    #expect(
      refusal(.add(try line("TEA", 1_000_000, "1")), on: full)
        == "quantity: expected 1 … 1000000, got 1000000 beside the 1 there")
    #expect(
      refusal(.add(try line("", 1, "1")), on: full) == "sku: expected a text, got an empty one")
    #expect(refusal(.order(.init(id: "")), on: cart()) == "cart c1: nothing to order, it is empty")
    var deleted = full
    deleted.state = .deleted
    #expect(
      refusal(.remove(.position(1)), on: deleted)
        == "cart c1: is deleted and cannot be changed; restore it first")
    #expect(refusal(.delete, on: deleted) == "cart c1: is deleted already")
    #expect(refusal(.restore(), on: full) == "cart c1: expected held or deleted, is open")
    #expect(refusal(.removeCoupon("X"), on: full) == "coupon 'X': not on the cart c1; it has none")
    #expect(
      refusal(.add(try line("A\0B", 1, "1")), on: full) == "sku: a text cannot hold a NUL")
  }

  @Test func neverTrapsOnExtremes() throws {
    let extremes: [Int64] = [.min, -1, 0, 1, .max]
    for quantity in extremes {
      let line = Line(sku: "A", quantity: quantity, price: try UnitPrice("576460752303423487"))
      _ = try? decide(.add(line), on: cart(), StoreSettings())
      _ = try? decide(
        .setQuantity(.position(1), quantity), on: cart([try self.line("A", 1, "1")]),
        StoreSettings())
      _ = try? cart([line]).price(StoreSettings())
    }
  }

  // MARK: Status

  @Test func statusDependsOnTheShoppersLastAct() {
    var cart = cart()
    let settings = StoreSettings()
    func status(_ later: Int64) -> Status { cart.status(at: at.advanced(by: later), settings) }
    #expect(status(3_600_000) == .active)
    #expect(status(3_600_001) == .abandoned)
    #expect(status(30 * 86_400_000) == .abandoned)
    #expect(status(30 * 86_400_000 + 1) == .expired)
    let staff = Event(
      seq: 2, cart: 1, version: 2, operation: 1, actor: .staff("anna"),
      at: at.advanced(by: 7_200_000), body: .couponApplied("X", at: nil))
    cart.apply(staff)
    #expect(status(7_200_001) == .abandoned)
  }

  // MARK: Differences

  @Test func aDifferenceLeadsExactlyToItsTarget() {
    var carts = RandomCarts(seed: 11)
    for key in 1...3000 {
      let from = carts.cart(key: Int64(key), at: at)
      var target = carts.cart(key: Int64(key), at: at)
      target.currency = from.currency
      var work = from
      for body in from.difference(to: target) { work.apply(body, at: at) }
      #expect(work.hasSameContent(as: target))
    }
  }
}
