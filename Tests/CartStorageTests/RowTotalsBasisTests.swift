import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

/// What a row says of its totals is what its cart comes to, over all kinds of storage.
struct RowTotalsBasisTests {
  /// Settings in which the place, the subtotal and the currency all matter.
  private static func settings(_ random: inout SeededRandom) -> StoreSettings {
    var settings = StoreSettings()
    settings.currency = random.pick([.eur, .usd])
    settings.tax.rate = Percent(millionths: Int64(random.pick(0...25)) * 1_000_000)
    settings.tax.included = random.chance(50)
    settings.shipping.fee = Int64(random.pick(0...900))
    settings.shipping.freeFrom = random.chance(50) ? Int64(random.pick(0...9000)) : nil
    if random.chance(60) {
      var abroad = StoreSettings.Tax.Country(rate: Percent(millionths: 20_000_000))
      abroad.included = random.chance(50)
      settings.tax.countries = ["FR": abroad]
    }
    if random.chance(60) {
      var method = StoreSettings.Shipping.Method(name: "post", fees: [(0, 700), (5000, 300)])
      method.countries = random.chance(50) ? ["DE", "AT"] : []
      settings.shipping.methods = [method]
    }
    return settings
  }

  private func filled(_ kind: StorageKind, seed: UInt64) throws -> (Bare, [Int64: Cart]) {
    let bare = try Bare(kind, seed: seed)
    var source = RandomCarts(seed: seed)
    var carts: [Int64: Cart] = [:]
    try bare.write { writer in
      for key in 1...120 as ClosedRange<Int64> {
        let cart = source.cart(key: key, at: Bare.now)
        try writer.save(cart)
        carts[key] = cart
      }
    }
    return (bare, carts)
  }

  @Test(
    "A row without coupons gives the totals of its cart, and one with coupons none",
    arguments: StorageKind.allCases)
  func sameAsCart(kind: StorageKind) throws {
    let (bare, carts) = try filled(kind, seed: 61)
    let block = CartBlock()
    try bare.store.readOpenRows(
      after: 0, touched: Timestamp(milliseconds: .min), most: 1000, into: block)
    var random = SeededRandom(seed: 62)
    var (priced, left) = (0, 0)
    for _ in 0..<20 {
      let settings = Self.settings(&random)
      try block.forEach { row in
        let cart = try #require(carts[row.key])
        guard let basis = row.totalsBasis(settings) else {
          #expect(!cart.coupons.isEmpty)
          left += 1
          return
        }
        #expect(cart.coupons.isEmpty)
        #expect(try basis.totals(settings) == cart.price(settings), "\(cart.id)")
        priced += 1
      }
    }
    #expect(priced > 500 && left > 200)
  }

  @Test("A subtotal beyond all amounts is left to the cart", arguments: StorageKind.allCases)
  func beyondAll(kind: StorageKind) throws {
    let bare = try Bare(kind)
    var cart = Cart(key: 1, id: "huge", currency: .eur, at: Bare.now)
    for number in 0..<3 {
      cart.lines.append(
        Line(
          id: "l\(number)", sku: "A", quantity: 1_000_000,
          price: UnitPrice(mantissa: 9_000_000_000_000_000, scale: 0)))
    }
    var empty = cart
    (empty.key, empty.id, empty.lines) = (2, "empty", [])
    #expect(throws: ModelError.self) { try cart.price(StoreSettings()) }
    try bare.write { writer in for one in [cart, empty] { try writer.save(one) } }
    let block = CartBlock()
    try bare.store.readOpenRows(
      after: 0, touched: Timestamp(milliseconds: .min), most: 9, into: block)
    var (left, totals) = ([Int64](), [Totals]())
    try block.forEach { row in
      guard let basis = row.totalsBasis(StoreSettings()) else { return left.append(row.key) }
      totals.append(try basis.totals(StoreSettings()))
    }
    #expect(left == [1])
    #expect(totals == [try empty.price(StoreSettings())])
  }
}
