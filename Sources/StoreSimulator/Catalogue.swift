import CartSupport

struct SimulatedProduct: Sendable {
  let id: Int
  var name: String
  /// Empty where it has none.
  var sku: String
  let isDigital: Bool
  var price: Amount
  /// Nil without a sale.
  var salePrice: Amount?
  /// Nil where it is not counted.
  var inventory: Int?
  var variants: [SimulatedVariant]
  /// The products that come in its box.
  var children: [Int] = []
  let created: Int64
  var modified: Int64
}

struct SimulatedVariant: Sendable {
  let id: Int
  var sku: String
  /// Nil where it is the product's.
  var price: Amount?
  var inventory: Int?
  /// Empty for the base variant of a product without options.
  var options: [SimulatedOption]
}

struct SimulatedOption: Hashable, Sendable {
  let option: Int
  let name: String
  let value: Int
  let label: String
}

struct SimulatedCustomer: Sendable {
  let id: Int
  let first: String
  let last: String
  let email: String
  let phone: String
  let ip: String
  let country: String
  let created: Int64
  var modified: Int64
}

struct SimulatedCurrency: Sendable {
  let id: Int
  let code: String
  let places: Int
  /// Whether prices have their tax in them.
  let includesTax: Bool

  static let all = [
    SimulatedCurrency(id: 1, code: "USD", places: 2, includesTax: false),
    SimulatedCurrency(id: 2, code: "EUR", places: 2, includesTax: true),
    SimulatedCurrency(id: 3, code: "JPY", places: 0, includesTax: true),
  ]

  static func named(_ code: String) -> SimulatedCurrency? { all.first { $0.code == code } }
}

/// Countries with their taxes in hundredths of a percent.
enum SimulatedTax {
  static let rates = ["US": 825, "DE": 1_900, "GB": 2_000, "JP": 1_000, "BR": 1_700]
  static let countries = [
    "US": "United States", "DE": "Germany", "GB": "United Kingdom", "JP": "Japan", "BR": "Brazil",
  ]
}

/// Makes products and customers of a seed.
struct CatalogueMaker {
  var random: SeededRandom
  let now: Int64
  let missingSKU: Int
  private var nextVariant = 300

  init(_ random: SeededRandom, now: Int64, missingSKU: Int) {
    (self.random, self.now, self.missingSKU) = (random, now, missingSKU)
  }

  private static let things = [
    "Mug", "Teapot", "Assam, 100 g", "Läckerli", "茶碗", "Kettle", "Tray", "Sieve", "Tin \"Old\"",
    "Honey", "Towel", "Spoon",
  ]
  private static let kinds = ["Blue", "Fine", "Large", "Grand", "Small", "Plain", "Bon Goût"]

  mutating func product(_ id: Int) -> SimulatedProduct {
    let sku = random.chance(missingSKU) ? "" : "SKU-\(id)"
    let price = Amount(random.pick(99...12_999), places: 2)
    let created = now - Int64(random.pick(1...400)) * 86_400_000
    let counted = random.chance(70)
    var product = SimulatedProduct(
      id: id, name: "\(random.pick(Self.kinds)) \(random.pick(Self.things)) \(id)", sku: sku,
      isDigital: random.chance(15), price: price,
      salePrice: random.chance(20) ? price.times(random.pick(10...16), over: 17) : nil,
      inventory: counted ? random.pick(0...500) : nil, variants: [], created: created,
      modified: created)
    if random.chance(30) {
      for (index, label) in ["S", "M", "L"].enumerated() {
        let option = SimulatedOption(
          option: id + 500, name: "Size", value: id * 10 + index, label: label)
        product.variants.append(variant(of: product, [option]))
      }
    } else {
      product.variants = [variant(of: product, [])]
    }
    return product
  }

  private mutating func variant(of product: SimulatedProduct, _ options: [SimulatedOption])
    -> SimulatedVariant
  {
    nextVariant += 1
    let suffix = options.map { "-" + $0.label }.joined()
    let sku = product.sku.isEmpty || random.chance(missingSKU) ? "" : product.sku + suffix
    return SimulatedVariant(
      id: nextVariant, sku: options.isEmpty ? product.sku : sku,
      price: !options.isEmpty && random.chance(40) ? product.price + Amount(1) : nil,
      inventory: product.inventory.map { _ in random.pick(0...200) }, options: options)
  }

  mutating func customer(_ id: Int) -> SimulatedCustomer {
    let first = random.pick(["Luca", "Anna", "Zoë", "Max", "Mia", "太郎", "O'Neil"])
    let last = random.pick(["Rossi", "Berg", "Silva", "Ito", "Müller", "Smith"])
    let created = now - Int64(random.pick(1...300)) * 86_400_000
    return SimulatedCustomer(
      id: id, first: first, last: last, email: "customer\(id)@example.com",
      phone: "+49 30 \(1_000_000 + id)", ip: "198.51.100.\(id % 250 + 1)",
      country: random.pick(SimulatedTax.rates.keys.sorted()), created: created, modified: created)
  }
}
