import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

@testable import CartEngine

/// Carts that their store made anew under another id.
struct RebindingTests {
  private let test: TestShop
  private let sync: CommandHandler

  init() throws {
    test = try TestShop()
    sync = CommandHandler(test.shop, actor: .sync, consent: .given)
  }

  private func seen(_ id: String, version: Int64, quantity: Int64 = 2) -> Seen {
    .cart(
      SeenCart(
        binding: Binding(storefront: "bigcommerce", storeID: id, origin: .shopper),
        version: version, created: TestShop.start, updated: test.clock.now, currency: .eur,
        lines: [Line(id: "i1", sku: "TEA", name: "Tea", quantity: quantity, price: .zero)],
        totals: StatedTotals(subtotal: .zero, total: .zero)))
  }

  private func observed<T>(_ body: (Observer) throws -> T) throws -> T {
    test.clock.advance(60_000)
    let run = sync.begin("sync")
    let result = try body(run.observer(of: "bigcommerce"))
    _ = try run.finish()
    return result
  }

  @discardableResult
  private func look(_ id: String, as shown: String, version: Int64, quantity: Int64 = 2) throws
    -> Observer.Result
  {
    try observed { try $0.observe(id, seen(shown, version: version, quantity: quantity)) }
  }

  private func bind(_ id: String) throws {
    let key = try test.handler("reader").find("s1")
    try observed {
      try $0.bind(key, Binding(storefront: "bigcommerce", storeID: id, origin: .shopper))
    }
  }

  private func cart(_ id: String) throws -> Cart {
    let reader = test.handler("reader").reader
    return try #require(try reader.cart(try reader.find(id)))
  }

  private func isClean() throws -> Bool { try test.shop.check().isClean }

  @Test func aCartThatIsShownUnderAnotherIdIsTheSame() throws {
    #expect(try look("s1", as: "s1", version: 7) == .changed(4))
    let then = test.clock.now
    // Its versions begin again.
    #expect(try look("s1", as: "s2", version: 1) == .changed(2))
    #expect(try look("s1", as: "s2", version: 1) == .unchanged)
    #expect(try look("s2", as: "s2", version: 2, quantity: 3) == .changed(2))
    #expect(try look("s2", as: "s2", version: 1) == .late)
    #expect(try cart("s1").key == cart("s2").key)
    let cart = try cart("s2")
    #expect(cart.id == "s2" && cart.binding?.storeID == "s2" && cart.lines[0].quantity == 3)
    #expect(try isClean())
    // The newest id names it at any time; its store knew it by another one.
    let reader = test.handler("reader").reader
    let before = try reader.cart(cart.key, at: then)
    #expect(before?.id == "s2" && before?.binding?.storeID == "s1")
    let first = try #require(try test.shop.store.history(of: cart.key).last)
    #expect(try reader.cart(cart.key, before: first)?.id == "s2")
  }

  @Test func aCartThatIsBoundAnewCountsItsVersionsAnew() throws {
    try look("s1", as: "s1", version: 7)
    try bind("s2")
    #expect(try look("s2", as: "s2", version: 1, quantity: 5) == .changed(2))
    #expect(try look("s2", as: "s2", version: 1, quantity: 5) == .unchanged)
    #expect(try cart("s1").lines[0].quantity == 5)
    #expect(try isClean())
  }

  /// Also where its store deleted it, as it does with a cart that is held here.
  @Test func aCartThatIsBoundAnewIsThereAgain() throws {
    try look("s1", as: "s1", version: 7)
    _ = try observed { try $0.observe("s1", .gone(.deleted)) }
    #expect(try cart("s1").state == .deleted)
    #expect(try look("s1", as: "s1", version: 8) == .late)
    try bind("s2")
    try look("s2", as: "s2", version: 1)
    #expect(try cart("s2").state == .open)
    #expect(try isClean())
  }

  @Test func newsUnderAFormerIdIsLate() throws {
    try look("s1", as: "s1", version: 7)
    try bind("s2")
    #expect(try look("s1", as: "s1", version: 8, quantity: 9) == .late)
    for gone in [Seen.Gone.deleted, .expired, .ordered("501", total: nil), .merged(into: "s3")] {
      #expect(try observed { try $0.observe("s1", .gone(gone)) } == .late)
    }
    let cart = try cart("s2")
    #expect(cart.state == .open && cart.lines[0].quantity == 2)
    #expect(try isClean())
  }

  @Test func whatAnEndedCartsIdShowsIsAnotherCart() throws {
    try look("s1", as: "s1", version: 7)
    _ = try observed { try $0.observe("s1", .gone(.ordered("501", total: nil))) }
    #expect(try look("s1", as: "s2", version: 1) == .changed(4))
    #expect(try cart("s1").order?.id == "501" && cart("s2").state == .open)
    #expect(try isClean())
  }
}
