import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

@testable import CartEngine

/// Looks at carts whose store has not answered a change of ours.
struct WaitingTests {
  private let test: TestShop
  private let staff: CommandHandler
  private let sync: CommandHandler

  init() throws {
    test = try TestShop()
    staff = test.handler()
    sync = CommandHandler(test.shop, actor: .sync, consent: .given)
  }

  private func line(_ id: String, _ quantity: Int64 = 2) -> Line {
    Line(id: id, sku: id, name: id, quantity: quantity, price: .zero)
  }

  private func seen(_ lines: [Line], version: Int64, city: String = "Bern") -> SeenCart {
    SeenCart(
      binding: Binding(storefront: "bigcommerce", storeID: "s1", origin: .shopper),
      version: version, created: TestShop.start, updated: test.clock.now, currency: .eur,
      shopper: [.email: "a@example.com", .shippingCity: city], lines: lines,
      totals: StatedTotals(subtotal: .zero, total: .zero))
  }

  @discardableResult
  private func look(_ lines: [Line], version: Int64, city: String = "Bern") throws
    -> Observer.Result
  {
    test.clock.advance(120_000)
    let run = sync.begin("sync")
    let seen = seen(lines, version: version, city: city)
    let result = try run.observer(of: "bigcommerce").observe("s1", .cart(seen))
    _ = try run.finish()
    return result
  }

  private func cart() throws -> Cart {
    let reader = test.handler("reader").reader
    return try #require(try reader.cart(try reader.find("s1")))
  }

  /// Whether the store did it may be in doubt until a look shows it.
  @Test func aLookThatShowsAChangeOfOursAnswersIt() throws {
    try look([line("TEA"), line("MUG")], version: 1)
    let key = try cart().key
    try operation(staff) { try staff.execute(.remove(.id("MUG")), on: key) }
    #expect(try look([line("TEA"), line("MUG")], version: 1) == .unchanged)
    #expect(try cart().isPending)
    try look([line("TEA")], version: 2)
    #expect(try !cart().isPending && cart().lines.map(\.id) == ["TEA"])
    try operation(staff) { try staff.execute(.setAddress([.shippingCity: "Graz"]), on: key) }
    #expect(try cart().isPending)
    try look([line("TEA")], version: 3, city: "Graz")
    #expect(try !cart().isPending && cart().shopper[.shippingCity] == "Graz")
    #expect(try test.shop.check().isClean)
  }

  /// What the shopper and a change of ours both did is no event, and an export says all of it.
  @Test func anAddressThatIsOursAlreadyIsNoEvent() throws {
    try look([line("TEA")], version: 1)
    let key = try cart().key
    try operation(staff) { try staff.execute(.setAddress([.shippingCity: "Graz"]), on: key) }
    try operation(staff) { try staff.execute(.setQuantity(.id("TEA"), 5), on: key) }
    let before = try test.shop.store.history(of: key).count
    #expect(try look([line("TEA"), line("MUG")], version: 2, city: "Graz") == .changed(2))
    let added = try test.shop.store.history(of: key).dropFirst(before).map(\.body.type)
    #expect(!added.contains(.addressSet))
    let first = try test.exported()
    let other = try TestShop(seed: 77)
    #expect(try other.take(first).1.isEmpty)
    #expect(try other.exported() == first)
    #expect(try test.shop.check().isClean)
  }
}
