import CartEngine
import CartSupport
import Testing

@testable import CartModel

struct CouponTests {
  private let at = Timestamp(milliseconds: 1_793_520_000_000)

  private func cart(_ prices: [(sku: String, minor: Int64)], _ coupons: [String]) -> Cart {
    var cart = Cart(key: 1, id: "c1", currency: .eur, at: at)
    cart.lines = prices.enumerated().map { place, line in
      Line(
        id: "l\(place)", sku: line.sku, quantity: 1,
        price: UnitPrice(Money(minor: line.minor, .eur)))
    }
    cart.coupons = coupons
    return cart
  }

  private func percent(_ code: String, _ text: String, _ skus: String...) throws -> Coupon {
    Coupon(code: code, kind: .percent(try Percent(text)), skus: skus)
  }

  private func discount(_ cart: Cart, _ settings: StoreSettings) throws -> Int64 {
    try cart.price(settings).discount.minor
  }

  @Test func couponsOfOneLineTakeNoMoreThanIt() throws {
    var settings = StoreSettings()
    settings.coupons = [
      try percent("ONE", "60", "A"), try percent("TWO", "60", "A"),
      Coupon(code: "FIX", kind: .fixed(900), skus: ["A"]),
      Coupon(code: "B5", kind: .fixed(500), skus: ["B"]),
    ]
    let lines: [(String, Int64)] = [("A", 1000), ("B", 2000)]
    #expect(try discount(cart(lines, ["ONE"]), settings) == 600)
    #expect(try discount(cart(lines, ["ONE", "TWO"]), settings) == 1000)
    #expect(try discount(cart(lines, ["FIX", "TWO"]), settings) == 1000)
    #expect(try discount(cart(lines, ["ONE", "B5", "FIX"]), settings) == 1500)
    #expect(
      try cart(lines, ["ONE", "B5", "FIX"]).lineDiscounts(settings).map(\.minor) == [1000, 500])
  }

  /// What a coupon for all lines took from one moves to another, so that the order does not matter.
  @Test func aCouponForAllLinesLeavesRoomForOneOfALine() throws {
    var settings = StoreSettings()
    settings.coupons = [
      Coupon(code: "TEN", kind: .fixed(1000)), try percent("ALLA", "100", "A"),
      Coupon(code: "AB", kind: .fixed(3000), skus: ["A", "B"]),
      Coupon(code: "BC", kind: .fixed(1500), skus: ["B", "C"]),
    ]
    let lines: [(String, Int64)] = [("A", 1000), ("B", 2000), ("C", 1000)]
    #expect(try discount(cart(lines, ["TEN", "ALLA"]), settings) == 2000)
    #expect(try discount(cart(lines, ["ALLA", "TEN"]), settings) == 2000)
    #expect(try discount(cart(lines, ["BC", "AB"]), settings) == 4000)
    #expect(try discount(cart(lines, ["AB", "BC"]), settings) == 4000)
    #expect(try discount(cart(lines, ["AB", "BC", "TEN", "ALLA"]), settings) == 4000)
  }

  /// Coupons together take off the least of, over all ways to choose some of them: what the others
  /// name, and what the lines of the chosen ones hold (the theorem of the minimum cut).
  private func model(
    _ lines: [(sku: String, minor: Int64)], _ coupons: [(amount: Int64, lines: Set<Int>)]
  ) -> Int64 {
    (0..<(1 << coupons.count)).map { choice -> Int64 in
      var (sum, held) = (Int64(0), Set<Int>())
      for (place, coupon) in coupons.enumerated() {
        if choice >> place & 1 == 1 { held.formUnion(coupon.lines) } else { sum += coupon.amount }
      }
      return held.reduce(sum) { $0 + lines[$1].minor }
    }.min() ?? 0
  }

  /// Whether a coupon that names these is for a line of the SKU.
  private func isReached(_ sku: String, _ named: [String]) -> Bool {
    named.isEmpty
      || named.contains { name in
        switch name {
        case "C-*": sku.hasPrefix("C-")
        case "*-1": sku == "C-1"
        default: sku == name.uppercased()
        }
      }
  }

  @Test func randomCouponsTakeOffWhatTheModelSays() throws {
    var random = SeededRandom(seed: 17)
    let skus = ["A", "B", "C-1", "C-2", "D"]
    for _ in 0..<1500 {
      let lines = (0..<random.pick(0...5)).map { _ in
        (sku: random.pick(skus), minor: Int64(random.pick(1...3000)))
      }
      let subtotal = lines.reduce(0) { $0 + $1.minor }
      var (settings, offers) = (StoreSettings(), [(amount: Int64, lines: Set<Int>)]())
      settings.shipping.fee = 490
      var isFree = lines.isEmpty
      for number in 0..<random.pick(1...6) {
        let named =
          random.chance(35)
          ? []
          : (0..<random.pick(1...2)).map { _ in
            random.pick(["A", "b", "C-*", "C-2", "D", "E", "*-1"])
          }
        let reached = Set(lines.indices.filter { isReached(lines[$0].sku, named) })
        let minimum = random.chance(30) ? Int64(random.pick(1...6000)) : nil
        let counts = minimum ?? 0 <= subtotal && (named.isEmpty || !reached.isEmpty)
        let amount = reached.reduce(0) { $0 + lines[$1].minor }
        let kind: Coupon.Kind
        switch random.pick(0...4) {
        case 0: (kind, isFree) = (.freeShipping, isFree || counts)
        case 1, 2:
          let whole = Int64(random.pick(1...100))
          kind = .percent(Percent(millionths: whole * 1_000_000))
          // Half a cent goes up.
          if counts { offers.append(((amount * whole * 2 + 100) / 200, reached)) }
        default:
          let minor = Int64(random.pick(1...4000))
          kind = .fixed(minor)
          if counts { offers.append((minor, reached)) }
        }
        settings.coupons.append(
          Coupon(code: "K\(number)", kind: kind, minimum: minimum, skus: named))
      }
      let expected = model(lines, offers)
      for _ in 0..<3 {
        let cart = cart(lines, settings.coupons.map(\.code).shuffled(using: &random))
        let totals = try cart.price(settings)
        let parts = try cart.lineDiscounts(settings).map(\.minor)
        #expect(totals.discount.minor == expected)
        #expect(parts.reduce(0, +) == expected)
        #expect(zip(parts, lines).allSatisfy { $0 >= 0 && $0 <= $1.minor })
        #expect(totals.shipping.minor == (isFree ? 0 : 490))
        #expect(totals.total.minor == subtotal - expected + totals.shipping.minor)
      }
    }
  }
}
