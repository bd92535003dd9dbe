import CartEngine
import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

@testable import CartStoreSQLite

/// Filters over stored carts: addresses, groups, counts and pages, SQL against memory.
struct FilterPlaceTests {
  private let bare: BareStore
  private let carts: [Cart]
  private let context = FilterContext(now: TestShop.start, settings: StoreSettings())
  private let parser = FilterParser(zone: .utc, now: TestShop.start)

  init() throws {
    bare = try BareStore(seed: 3)
    var source = RandomCarts(seed: 303)
    var carts: [Cart] = []
    for key in 1...300 {
      var cart = source.cart(key: Int64(key), at: TestShop.start)
      cart.shopper[.ip] = Self.address(&source.random)
      carts.append(cart)
    }
    self.carts = carts
    bare.store.price(by: StoreSettings(), mark: { "m" })
    try bare.write { writer in for cart in carts { try writer.save(cart) } }
  }

  /// Addresses that lie close to each other, of both families, some unknown.
  private static func address(_ random: inout SeededRandom) -> String {
    switch random.pick(0...9) {
    case 0: ""
    case 1...5: "203.0.\(random.pick(112...115)).\(random.pick([0, 1, 127, 128, 255]))"
    case 6: "\(random.pick([10, 203])).\(random.pick(0...2)).0.1"
    default: "2001:db8:\(random.pick(0...2))::\(random.pick([1, 255, 4096]))"
    }
  }

  private func matching(_ words: [String]) throws -> [Int64] {
    let filter = try parser.parse(words)
    return carts.filter { filter.matches($0, context) }.map(\.key)
  }

  @Test("Blocks of addresses find the same carts in SQL and in memory, and by their bits")
  func blocks() throws {
    var random = SeededRandom(seed: 5)
    for _ in 0..<150 {
      let isV6 = random.chance(40)
      let length = random.pick(isV6 ? 1...128 : 1...32)
      var base = ""
      while base.contains(":") != isV6 || base.isEmpty { base = Self.address(&random) }
      let block = try AddressBlock("\(base)/\(length)")
      for sign in ["=", "!="] {
        let filter = try parser.parse(["ip\(sign)\(base)/\(length)", "status=any", "sort=id"])
        let found = Set(try bare.store.keys(matching: filter, context))
        let expected = carts.filter { block.contains($0.shopper[.ip]) == (sign == "=") }.map(\.key)
        #expect(found == Set(expected), "ip\(sign)\(base)/\(length)")
        #expect(found == Set(try matching(["ip\(sign)\(base)/\(length)", "status=any"])))
      }
    }
  }

  @Test("Several blocks and addresses are any of them, with != none of them")
  func severalBlocks() throws {
    for words in [
      "203.0.113.0/24,2001:db8::/48", "203.0.113.0,203.0.113.128/25", "10.0.0.0/8,203.0.112.0/22",
    ] {
      let parts = try words.split(separator: ",").map { try AddressBlock(String($0)) }
      for sign in ["=", "!="] {
        let filter = try parser.parse(["ip\(sign)\(words)", "status=any"])
        let expected = carts.filter { cart in
          parts.contains { $0.contains(cart.shopper[.ip]) } == (sign == "=")
        }
        #expect(Set(try bare.store.keys(matching: filter, context)) == Set(expected.map(\.key)))
      }
    }
  }

  private static let words = [
    "country=DE", "country!=DE", "ip=203.0.113.0/24", "email=*@x.de", "quantity>5", "total>50",
    "total<=20", "anna", "coupon=SAVE10", "status=any", "status=held", "currency=JPY", "sku=POT",
  ]

  @Test("Counts are of what matches, up to a number")
  func counts() throws {
    var random = SeededRandom(seed: 6)
    var counted = 0
    for _ in 0..<300 {
      let words = (0..<random.pick(1...3)).map { _ in random.pick(Self.words) }
      guard let filter = try? parser.parse(words) else { continue }
      let expected = carts.count { filter.matches($0, context) }
      let most = random.pick([0, 1, 10, 1000])
      guard let count = try bare.store.count(matching: filter, context, most: most) else {
        continue
      }
      counted += 1
      #expect(count == min(most, expected), "\(words)")
    }
    #expect(counted > 50)
  }

  @Test("Groups add up to the carts that match, and to their totals")
  func groups() throws {
    var random = SeededRandom(seed: 7)
    var grouped = 0
    for field in [CartField.country, .currency, .email, .session] {
      for _ in 0..<25 {
        let words = (0..<random.pick(0...2)).map { _ in random.pick(Self.words) }
        guard let filter = try? parser.parse(words),
          let rows = try bare.store.groups(by: field, matching: filter, context)
        else { continue }
        grouped += 1
        let matching = carts.filter { filter.matches($0, context) }
        #expect(rows.reduce(0) { $0 + Int($1.count) } == matching.count, "\(words)")
        for row in rows {
          let own = matching.filter { cart in
            cart.currency == row.currency
              && (field == .currency
                ? cart.currency.code
                : field == .country
                  ? cart.shopper[.country]
                  : field == .email ? cart.shopper[.email] : cart.shopper[.session]) == row.value
          }
          #expect(own.count == Int(row.count), "\(field.name) \(row.value) \(words)")
        }
        #expect(Set(rows.map { "\($0.value) \($0.currency.number)" }).count == rows.count)
      }
    }
    #expect(grouped > 40)
    // Settings that the rows do not follow: they are read one by one.
    var other = StoreSettings()
    other.name = "other"
    let filter = try parser.parse(["country=DE"])
    let foreign = FilterContext(now: TestShop.start, settings: other)
    #expect(try bare.store.groups(by: .country, matching: filter, foreign) == nil)
  }

  @Test("Carts of the run stand in for the stored ones, in the filter's order and limit")
  func unsavedCarts() throws {
    var source = RandomCarts(seed: 8)
    for round in 0..<120 {
      let words =
        [
          source.random.pick(Self.words),
          source.random.pick(["sort=id", "sort=-total", "sort=email"]),
        ]
        + (round % 2 == 0 ? ["limit=\(source.random.pick(1...20))"] : [])
      guard let filter = try? parser.parse(words) else { continue }
      let changed = (0..<source.random.pick(0...12)).map { _ in
        source.cart(key: Int64(source.random.pick(1...320)), at: TestShop.start)
      }
      var own: [Int64: Cart] = [:]
      for cart in changed { own[cart.key] = cart }
      let now = carts.map { own[$0.key] ?? $0 } + own.values.filter { $0.key > 300 }
      let expected = filter.arrange(
        now.filter { filter.matches($0, context) }.map { filter.placed($0, context) })
      let found = try bare.store.keys(
        matching: filter, context, excluding: Set(own.keys),
        with: own.values.filter { filter.matches($0, context) })
      #expect(found == expected, "\(words)")
    }
  }

  @Test("Prefixes of names find carts by any letters, and no more than wanted")
  func prefixes() throws {
    let names = ["abc", "abd", "ab", "a%", "a_c", "ä", "äb", "🙂x", "ABC"]
    try bare.write { writer in
      for (index, name) in names.enumerated() { try writer.add(alias: name, for: Int64(index + 1)) }
    }
    for prefix in ["a", "ab", "abc", "abcd", "a%", "a_", "ä", "🙂", "A", "b"] {
      let expected = names.indices.filter { names[$0].utf8.starts(with: prefix.utf8) }
        .map { Int64($0 + 1) }
      #expect(Set(try bare.store.keys(prefix: prefix, limit: 99)) == Set(expected), "\(prefix)")
      #expect(try bare.store.keys(prefix: prefix, limit: 1).count == min(1, expected.count))
    }
    try bare.write { try $0.add(order: "1001", for: 7) }
    #expect(try bare.store.key(order: "1001") == 7)
    #expect(try bare.store.key(order: "1002") == nil)
    #expect(try bare.store.version(of: 1) == carts[0].version)
    #expect(try bare.store.version(of: 999) == nil)
    #expect(try bare.store.cartCount() == 300)
    #expect(try bare.store.lastCart() == 300)
  }

  @Test("A scan gives each open cart once")
  func scans() throws {
    var found: [Int64] = []
    try bare.store.forEachOpenCart { found.append($0.key) }
    #expect(found.sorted() == carts.filter { $0.state == .open }.map(\.key))
    found = []
    try bare.store.forEachCart { found.append($0.key) }
    #expect(found == carts.map(\.key))
    #expect(try bare.store.openCartCount() == Int64(carts.count { $0.state == .open }))
    for cart in carts.prefix(20) {
      let expected = carts.count { $0.state == .open && $0.touched >= cart.touched }
      #expect(try bare.store.openCartCount(touched: cart.touched) == Int64(expected))
    }
  }
}
