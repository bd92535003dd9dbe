import CartModel
import CartStorage
import CartTesting
import GRDB
import ProgramTesting
import Testing

@testable import CartStoreSQLite

struct RankingTests {
  /// What a cart says for a field in the order of a list; nil where it says nothing.
  private func value(_ field: CartField, _ cart: Cart, _ context: FilterContext) -> String? {
    let totals = try? cart.price(context.settings)
    let text: String? =
      switch field.name {
      case "customer_id": cart.shopper.customer == 0 ? nil : String(cart.shopper.customer)
      case "subtotal", "discount", "shipping", "tax", "total": totals?.total.description
      case "country": cart.shopper[.country]
      case "email": cart.shopper[.email]
      case "domain": cart.shopper.domain
      case "name": cart.shopper[.name]
      case "phone": cart.shopper[.phone]
      case "company": cart.shopper[.company]
      case "group": cart.shopper[.group]
      case "ip": cart.shopper[.ip]
      case "session": cart.shopper[.session]
      case "browser": cart.shopper[.browser]
      case "sku": cart.lines.first?.sku
      case "product": cart.lines.first?.name
      case "coupon": cart.coupons.first
      case "flags": cart.flags.first
      case "order_id": cart.order?.id
      case "order_status": cart.order?.state.description
      case "order_total": cart.order?.total.description
      case "claimed_by": cart.claim(at: context.now)?.by
      case "notes": cart.notes.first?.text
      default: "always known"
      }
    return text?.isEmpty ?? true ? nil : text
  }

  @Test(arguments: CartField.all.map(\.name), [false, true])
  func missingValuesStandLastInBothDirections(name: String, isPriced: Bool) throws {
    let field = try CartField.named(name)
    let folder = TemporaryFolder()
    let store = try SQLiteStorage.open(.file(folder.file("s.db")), random: { 1 })
    let now = TestShop.start
    var source = RandomCarts(seed: 3)
    var carts = (1...120).map { source.cart(key: Int64($0), at: now) }
    // A total that is out of range is missing, too.
    carts[4].lines = [
      Line(sku: "BIG", quantity: 1_000_000, price: UnitPrice(mantissa: 1 << 58, scale: 0))
    ]
    for place in carts.indices where place % 3 == 0 {
      carts[place].shopper[.phone] = "+49 \(place % 7)"
      carts[place].flags = ["flag\(place % 5)"]
    }
    let context = FilterContext(now: now, settings: StoreSettings())
    if isPriced { store.price(by: context.settings, mark: { "these" }) }
    try store.write(recorded: now) { writer in for cart in carts { try writer.save(cart) } }
    let byKey = Dictionary(uniqueKeysWithValues: carts.map { ($0.key, $0) })
    for sign in ["", "-"] {
      let filter = try FilterParser(zone: .utc, now: now).parse([
        "sort=\(sign)\(name)", "status=any",
      ])
      let keys = try store.keys(matching: filter, context)
      #expect(keys == filter.arrange(carts.map { filter.placed($0, context) }))
      let values = try keys.map { value(field, try #require(byKey[$0]), context) }
      let known = values.firstIndex { $0 == nil } ?? values.count
      #expect(values[known...].allSatisfy { $0 == nil }, "\(sign)\(name): \(values)")
      guard ["email", "country", "sku", "coupon", "phone"].contains(name) else { continue }
      let shown = values[..<known].compactMap { $0 }
      #expect(shown == (sign.isEmpty ? shown.sorted() : shown.sorted(by: >)))
    }
  }
}
