import CartEngine
import CartModel
import CartTesting
import Testing

/// The storefront of carts that this program owns.
struct LocalStorefrontTests {
  @Test func cartsOfThisProgramAreAStorefrontToo() throws {
    let test = try TestShop()
    try test.take(TestShop.products)
    let staff = test.handler()
    try operation(staff) {
      let cart = try staff.create(id: "own")
      try staff.add("MUG-01", 2, to: cart.key)
    }
    let own = try #require(try staff.cart(try staff.find("own")))
    let local = LocalStorefront(
      test.shop.settings, cart: { $0 == "own" ? own : nil }, ids: { _ in ["own"] })
    guard case .cart(let seen) = try local.look("own") else {
      Issue.record("the cart is not shown")
      return
    }
    #expect(seen.lines == own.lines && seen.version == own.version)
    #expect(try seen.totals.totals(.eur) == own.price(test.shop.settings))
    #expect(try local.changed(since: TestShop.start) == ["own"])
    #expect(throws: StorefrontError(.notFound, "no cart has the id zz")) { try local.look("zz") }
    let request = StoreRequest(key: "k", cart: "own", edits: [.delete])
    #expect(throws: StorefrontError.self) { try local.send(request, base: nil) }
    #expect(!local.abilities.contains(.ownPrices))
  }
}
