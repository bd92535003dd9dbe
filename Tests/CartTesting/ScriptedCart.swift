import CartEngine
import CartModel
import CartSupport

/// A cart of a scripted store, which prices it as this program would not.
struct ScriptedCart {
  var id: String
  let created: Timestamp
  let currency: Currency
  var updated: Timestamp
  var version: Int64 = 1
  var lines: [Line] = []
  var coupons: [String] = []
  var email = ""
  var city = ""
  /// Percent, moved by the store alone.
  var tax = 19
  var shipping: Int64 = 0

  init(id: String, at time: Timestamp, currency: Currency) {
    (self.id, self.currency) = (id, currency)
    (created, updated) = (time, time)
  }

  mutating func change(at time: Timestamp) {
    version += 1
    updated = time
  }

  // MARK: Shoppers

  mutating func shop(_ random: inout SeededRandom, _ made: inout Int) {
    switch random.pick(0...11) {
    case 0...3: add(&random, &made)
    case 4, 5:
      let index = random.pick(0...lines.count - 1)
      lines[index].quantity = Int64(random.pick(1...9))
    case 6: lines.remove(at: random.pick(0...lines.count - 1))
    case 7:
      if coupons.isEmpty { coupons = [random.pick(["SAVE10", "STORE5"])] } else { coupons = [] }
    case 8 where random.chance(40): city = random.pick(["Köln", "Wien", ""])
    case 8: email = random.pick(["a@example.com", "b@example.com", ""])
    case 9:
      // Another price and name of what is there: nobody added anything.
      let index = random.pick(0...lines.count - 1)
      lines[index].price = Self.price(&random)
      if random.chance(30) { lines[index].name += "!" }
    case 10: shipping = Int64(random.pick(0...3)) * 245
    default: tax = random.pick([0, 7, 19])
    }
  }

  mutating func add(_ random: inout SeededRandom, _ made: inout Int) {
    made += 1
    lines.append(Self.line("item-\(made)", &random))
  }

  private static func line(_ id: String, _ random: inout SeededRandom) -> Line {
    let product = random.pick(1...6)
    var line = Line(
      id: id, sku: product > 4 ? "" : "SKU-\(product)", name: "Product \(product)",
      options: product == 2 ? [.init(name: "size", value: random.pick(["S", "XL"]))] : [],
      quantity: Int64(random.pick(1...5)), price: price(&random))
    switch product {
    case 4: line.facts = LineFacts(kind: .digital, product: "4", variant: "41")
    case 5: line.facts = LineFacts(kind: .giftCertificate)
    case 6: line.facts = LineFacts(kind: .custom)
    default:
      line.facts = LineFacts(
        product: "\(product)", isGift: random.chance(5),
        choices: product == 2 ? [.init(option: "9", value: "\(random.pick(1...2))")] : [])
    }
    return line
  }

  /// Up to thirteen decimals, which are rounded.
  private static func price(_ random: inout SeededRandom) -> UnitPrice {
    let text =
      "\(random.pick(0...40)).\(random.pick(10_000_000...99_999_999))\(random.pick(10_000...99_999))"
    return (try? UnitPrice(rounding: text)) ?? .zero
  }

  // MARK: Changes of ours

  mutating func take(_ edit: StoreEdit, _ made: inout Int) {
    switch edit {
    case .add(let line):
      if let index = lines.firstIndex(where: { !line.sku.isEmpty && $0.isAlike(line) }) {
        lines[index].quantity += line.quantity
      } else {
        made += 1
        var own = line
        own.id = "item-\(made)"
        own.facts.item = ""
        lines.append(own)
      }
    case .setQuantity(let id, let quantity):
      if let index = lines.firstIndex(where: { $0.id == id }) { lines[index].quantity = quantity }
    case .remove(let id): lines.removeAll { $0.id == id }
    case .applyCoupon(let code): if !coupons.contains(code) { coupons.append(code) }
    case .removeCoupon(let code): coupons.removeAll { $0 == code }
    case .setAddress(let fields): if let city = fields[.shippingCity] { self.city = city }
    case .delete: break
    }
  }

  // MARK: Showing

  private func amount(_ line: Line) -> Money {
    (try? line.price.amount(line.quantity, currency)) ?? .zero(currency)
  }

  private var subtotal: Int64 { lines.reduce(0) { $0 + amount($1).minor } }

  private var figures: (discount: Int64, tax: Int64, total: Int64) {
    let discount = coupons.isEmpty ? 0 : subtotal / 7
    let net = subtotal - discount + shipping
    return (discount, net * Int64(tax) / 100, net + net * Int64(tax) / 100)
  }

  var total: UnitPrice { decimal(figures.total) }

  private func decimal(_ minor: Int64) -> UnitPrice { UnitPrice(Money(minor: minor, currency)) }

  func seen(_ storefront: String, versions: Bool) -> SeenCart {
    var totals = StatedTotals(subtotal: decimal(subtotal), total: total)
    (totals.discount, totals.tax) = (decimal(figures.discount), decimal(figures.tax))
    totals.shipping = decimal(shipping)
    totals.shippingName = shipping == 0 ? "" : "Post"
    totals.taxes = [.init(name: "VAT", amount: decimal(figures.tax))]
    totals.coupons = coupons.map {
      .init(code: $0, name: "a coupon", amount: decimal(figures.discount))
    }
    totals.lines = lines.map { .init($0.id, UnitPrice(amount($0))) }
    return SeenCart(
      binding: Binding(
        storefront: storefront, storeID: id, channel: 1, locale: "en", origin: .shopper),
      version: versions ? version : nil, created: created, updated: updated, currency: currency,
      shopper: [.email: email, .shippingCity: city], lines: lines, coupons: coupons, totals: totals)
  }
}
