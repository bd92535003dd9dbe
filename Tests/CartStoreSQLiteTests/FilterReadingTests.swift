import CartModel
import CartStorage
import CartSupport
import CartTesting
import ProgramTesting
import Testing

@testable import CartStoreSQLite

/// Both readings of a filter against a third one, which is written here.
struct FilterReadingTests {
  private let now = TestShop.start
  private let folder = TemporaryFolder()
  private let store: SQLiteStorage
  private let carts: [Cart]
  private let context: FilterContext
  private let parser: FilterParser
  private let reading: PlainReading

  init() throws {
    var (source, carts) = (RandomCarts(seed: 77), [Cart]())
    for key in 1...150 {
      var cart = source.cart(key: Int64(key), at: now)
      for (field, values) in [
        (ShopperField.phone, ["+49 171 123", "", ""]), (.company, ["ACME", "Öl & Co", ""]),
        (.group, ["Wholesale", ""]), (.browser, ["Mozilla/5.0 (X11)", ""]),
        (.type, ["registered", "guest", ""]), (.shippingCountry, ["DE", "AT", ""]),
        (.shippingCity, ["Köln", "Wien", ""]), (.billingCity, ["Graz", ""]),
        (.billingPostalCode, ["50667", ""]),
      ] {
        cart.shopper[field] = source.random.pick(values)
      }
      if source.random.chance(10) { cart.shopper[.email] = "jürgen@x.de" }
      if source.random.chance(30) { cart.flags = ["many", "odd"] }
      if source.random.chance(30) {
        cart.state = .ordered
        cart.order = Order(
          id: "10\(key)", at: now, lines: [],
          total: Money(minor: Int64(source.random.pick(0...9000)), cart.currency),
          state: source.random.pick([.placed, .paid, .cancelled, .refunded]))
      }
      if source.random.chance(20) {
        cart.notes = [Note(at: now, by: "staff:anna", text: "rang twice")]
        cart.claim = Claim(by: "staff:anna", until: now.advanced(by: 3_600_000))
      }
      if source.random.chance(40) { Self.bind(&cart, source.random.chance(50)) }
      carts.append(cart)
    }
    self.carts = carts
    var random = SeededRandom(seed: 4)
    let written = carts
    store = try SQLiteStorage.open(.file(folder.file("s.db")), random: { random.next() })
    context = FilterContext(now: now, settings: StoreSettings())
    // Totals are compared by SQL; without them, in memory.
    store.price(by: context.settings, mark: { "these" })
    try store.write(recorded: now) { [now] writer in
      for cart in written {
        try writer.save(cart)
        guard let seen = cart.asOf else { continue }
        try writer.save(StoreLook(version: 1, updated: now, seen: seen, swept: now), of: cart.key)
      }
    }
    parser = FilterParser(zone: .utc, now: now)
    reading = PlainReading(context: context)
  }

  /// Makes it a store's cart, with figures of its own.
  private static func bind(_ cart: inout Cart, _ isPending: Bool) {
    cart.binding = Binding(
      storefront: "s1", storeID: cart.id, channel: isPending ? 3 : 0,
      origin: isPending ? .shopper : .unknown)
    var totals = StatedTotals(
      subtotal: UnitPrice(mantissa: 5000, scale: 2), total: UnitPrice(mantissa: 1999, scale: 2))
    (totals.handling, totals.fees) = (UnitPrice(mantissa: 50, scale: 0), .zero)
    cart.restore(stated: totals, bases: [], waiting: isPending ? [3] : [])
    if isPending {
      cart.asOf = Timestamp(milliseconds: 1_793_150_000_000)
      cart.reported = [.ip, .browser]
    }
  }

  static let names =
    CartField.all.map(\.name)
    + ["shipping.country", "shipping.city", "billing.city", "option.colour"]

  private func check(_ filter: Filter, _ isMeant: (Cart) -> Bool, _ what: String) throws {
    let expected = Set(carts.filter(isMeant).map(\.key))
    #expect(Set(carts.filter { filter.matches($0, context) }.map(\.key)) == expected, "\(what)")
    #expect(Set(try store.keys(matching: filter, context)) == expected, "SQL: \(what)")
    if let count = try store.count(matching: filter, context, most: 10_000) {
      #expect(count == expected.count, "count: \(what)")
    }
  }

  /// A value in quotes, unless it is a pattern, which it would not be in them.
  private func written(_ value: String) -> String {
    value.contains { "*?".contains($0) } ? value : "\"\(value)\""
  }

  @Test(arguments: names)
  func everySignAndValueOfAField(_ name: String) throws {
    let field = try CartField.named(name)
    var answers = 0
    for comparison in Filter.Comparison.allCases {
      let sign = comparison.rawValue
      for value in reading.values(field) {
        let test = name + sign + written(value)
        let isRefused = carts.contains { reading.holds(field, sign, value, $0) == nil }
        guard var filter = try? parser.parse([test]) else {
          #expect(isRefused, "refused: \(test)")
          continue
        }
        #expect(!isRefused, "accepted: \(test)")
        filter.allowAnyStatus()
        try check(filter, { reading.isMet(field, sign, value, by: $0) }, test)
        answers += 1
      }
    }
    #expect(answers >= 4)
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func treesOfTestsAndWords(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let leaves = try leaves()
    var (found, missed) = (0, 0)
    for _ in 0..<120 {
      let (text, isMeant) = tree(3, of: leaves, &random)
      var filter = try parser.parse(try TypedWord.split(text))
      let isNamed = filter.namesStatus
      try check(
        filter,
        { cart in
          let status = cart.status(at: now, context.settings)
          return isMeant(cart) && (isNamed || status == .active || status == .abandoned)
        }, text)
      filter.allowAnyStatus()
      try check(filter, isMeant, text)
      let count = carts.count(where: isMeant)
      found += count
      missed += carts.count - count
    }
    #expect(found > 1000 && missed > 1000)
  }

  // MARK: Trees

  private typealias Meaning = (text: String, holds: (Cart) -> Bool)

  /// Every test of a field and value that the parser takes.
  private func leaves() throws -> [Meaning] {
    try Self.names.flatMap { name in
      let field = try CartField.named(name)
      return reading.values(field).flatMap { value in
        ["=", "!=", ">", "<="].compactMap { sign -> Meaning? in
          let text = name + sign + written(value)
          guard (try? parser.parse([text])) != nil else { return nil }
          return (text, { reading.isMet(field, sign, value, by: $0) })
        }
      }
    }
  }

  private func tree(_ depth: Int, of leaves: [Meaning], _ random: inout SeededRandom) -> Meaning {
    if depth == 0 || random.chance(20) { return random.pick(leaves) }
    switch random.pick(0...3) {
    case 0:
      let part = tree(depth - 1, of: leaves, &random)
      return ("not (\(part.text))", { !part.holds($0) })
    case 1:
      let parts = (0..<random.pick(2...3)).map { _ in tree(depth - 1, of: leaves, &random) }
      let and = random.chance(50) ? " and " : " "
      return (
        "(" + parts.map(\.text).joined(separator: and) + ")",
        { cart in parts.allSatisfy { $0.holds(cart) } }
      )
    case 2: return word(random.pick(["anna", "mug", "x.de", "cart-1", "123"]))
    default:
      let parts = (0..<random.pick(2...3)).map { _ in tree(depth - 1, of: leaves, &random) }
      return (
        "(" + parts.map(\.text).joined(separator: " or ") + ")",
        { cart in parts.contains { $0.holds(cart) } }
      )
    }
  }

  private func word(_ word: String) -> Meaning {
    let needle = Array(word)
    return (
      word,
      { cart in
        ([
          cart.id, cart.shopper[.email], cart.shopper[.name], cart.shopper[.company],
          cart.shopper[.phone], cart.shopper[.billingPostalCode], cart.order?.id ?? "",
        ] + cart.lines.flatMap { [$0.sku, $0.name] }).contains { text in
          Array(text.folded).firstRange(of: needle) != nil
        }
      }
    )
  }
}
