import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

@testable import CartStoreSQLite

/// Which coupons orders used that stand, against a model.
struct RedemptionTests {
  private func filled(_ bare: BareStore, seed: UInt64) throws -> [Int64: Cart] {
    var source = RandomCarts(seed: seed)
    var carts: [Int64: Cart] = [:]
    for _ in 0..<12 {
      try bare.write { writer in
        for _ in 0..<20 {
          let key = Int64(source.random.pick(1...60))
          var cart = source.cart(key: key, at: BareStore.now)
          cart.coupons = ["A", "B", "a"].filter { _ in source.random.chance(40) }
          // A cart that was ordered stays so.
          if carts[key]?.order != nil || source.random.chance(60) {
            cart.state = .ordered
            cart.order = Order(
              id: "\(key)", at: BareStore.now, lines: [], total: .zero(cart.currency),
              state: source.random.pick([.placed, .paid, .cancelled, .refunded]))
          }
          try writer.save(cart)
          carts[key] = cart
        }
      }
    }
    return carts
  }

  @Test("Uses are counted over orders that stand, up to a number", arguments: 1...4)
  func uses(seed: Int) throws {
    let bare = try BareStore()
    let carts = try filled(bare, seed: UInt64(seed))
    var random = SeededRandom(seed: UInt64(seed) + 9)
    for code in ["A", "B", "a", "none"] {
      for _ in 0..<20 {
        let excluding = Set(carts.keys.filter { _ in random.chance(30) })
        let most = Int64(random.pick(0...30))
        let users = carts.values.filter {
          $0.order?.state.stands == true && $0.coupons.contains(code)
            && !excluding.contains($0.key)
        }
        #expect(
          try bare.store.uses(of: code, excluding: excluding, most: most)
            == min(most, Int64(users.count)))
      }
    }
  }

  @Test("The orders that may be of one shopper are all among those that are given")
  func ofOneShopper() throws {
    let bare = try BareStore()
    let carts = try filled(bare, seed: 11)
    var source = RandomCarts(seed: 12)
    for _ in 0..<40 {
      let shopper = source.cart(key: 1, at: BareStore.now).shopper
      let users = carts.values.filter {
        $0.order?.state.stands == true && $0.coupons.contains("A")
      }
      let found = Set(try bare.store.keys(using: "A", by: shopper))
      #expect(found.isSubset(of: users.map(\.key)))
      let needed = users.filter { cart in
        let email = cart.shopper[.email]
        return email.isEmpty || email.lowercased() == shopper[.email].lowercased()
          || shopper.customer > 0 && cart.shopper.customer == shopper.customer
      }
      #expect(found.isSuperset(of: needed.map(\.key)))
    }
  }

  @Test("A check finds a coupon that is missing, too many, or of a cart without an order")
  func checked() throws {
    let bare = try BareStore()
    _ = try filled(bare, seed: 13)
    func problems() throws -> [String] {
      try bare.another().read { statements in
        var checker = Checker(statements: statements, totals: nil, productChanges: { _ in [] })
        try checker.redemptions()
        return checker.report.problems
      }
    }
    #expect(try problems() == [])
    try bare.change("INSERT INTO redeemed VALUES(4711, 'A')")
    #expect(try problems() == ["used coupons: cart 4711 has no order"])
    try bare.change("DELETE FROM redeemed WHERE cart = 4711")
    let first = try bare.store.read { try $0.single("SELECT min(cart) FROM redeemed") }
    try bare.change("DELETE FROM redeemed WHERE cart = \(first)")
    #expect(
      try problems() == ["cart cart-\(first): the coupons that its order used differ from the cart"]
    )
  }
}
