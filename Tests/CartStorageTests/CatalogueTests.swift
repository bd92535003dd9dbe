import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

/// Products, customers, counters and coupons, over all kinds of storage.
struct CatalogueTests {
  @Test("Products and customers are what was saved last", arguments: StorageKind.allCases)
  func saved(kind: StorageKind) throws {
    let bare = try Bare(kind)
    var records = RandomRecords(seed: 31)
    var products: [String: Product] = [:]
    for number in 0..<40 {
      let product = records.product("SKU-\(number % 25)")
      products[product.sku] = product
      try bare.write { try $0.save(product) }
    }
    let sorted = products.values.sorted { $0.sku.utf8.lexicographicallyPrecedes($1.sku.utf8) }
    #expect(try bare.store.products() == sorted)
    #expect(try bare.store.products(limit: 4) == Array(sorted.prefix(4)))
    for product in sorted { #expect(try bare.store.product(product.sku) == product) }
    #expect(try bare.store.product("nothing") == nil)
    for word in ["sku-1", "É", "", "%", "zzz"] {
      let needle = TextFold.Needle(word)
      let expected = sorted.filter { needle.isIn($0.sku) || needle.isIn($0.name) || word.isEmpty }
      #expect(try bare.store.products(containing: word, limit: .max) == expected, "\(word)")
    }
    var shopper = Shopper()
    for key in ["9", "10", "a"] {
      shopper[.email] = "s\(key)@x.de"
      try bare.write { try $0.save(customer: key, shopper) }
      #expect(try bare.store.customer(key) == shopper)
    }
    #expect(try bare.store.customer("11") == nil)
    #expect(try bare.store.customers(limit: 9) { _ in true } == ["10", "9", "a"])
    #expect(try bare.store.customers(limit: 1) { $0[.email] != "s10@x.de" } == ["9"])
  }

  @Test(
    "The catalogue and customers of a moment are what the log said by then",
    arguments: StorageKind.allCases)
  func past(kind: StorageKind) throws {
    let bare = try Bare(kind)
    var records = RandomRecords(seed: 32)
    let times = [5, 1, 9, 3, 7].map { Bare.now.advanced(by: $0) }
    var versions: [(Timestamp, Product)] = []
    for (number, at) in times.enumerated() {
      let product = records.product("P\(number % 2)")
      versions.append((at, product))
      try bare.append(
        [
          .productUpserted(before: nil, after: product),
          .customerUpserted(key: "7", [FieldChange(.name, after: "name \(number)")]),
          .settingsChanged(before: number == 0 ? "first" : "", after: "settings \(number)"),
        ], key: "o\(number)", at: at)
    }
    for step in 0...10 as ClosedRange<Int64> {
      let time = Bare.now.advanced(by: step)
      let told = versions.filter { $0.0 <= time }.sorted { $0.0 < $1.0 }
      var products: [String: Product] = [:]
      for (_, product) in told { products[product.sku] = product }
      #expect(
        try bare.store.products(at: time) == products.values.sorted { $0.sku < $1.sku }, "\(step)")
      let latest = times.enumerated().filter { $0.element <= time }.max { $0.element < $1.element }
      #expect(
        try bare.store.customer("7", at: time)?[.name] == latest.map { "name \($0.offset)" })
      #expect(try bare.store.customer("8", at: time) == nil)
      let settings = try bare.store.settingsRecord().settings(at: time)
      #expect(settings == latest.map { "settings \($0.offset)" } ?? "" || latest == nil)
    }
    #expect(try bare.store.meta("never") == "")
    try bare.write { try $0.set("twice", "1") }
    try bare.write { try $0.set("twice", "2") }
    #expect(try bare.store.meta("twice") == "2")
  }

  @Test("Counters add up over any time", arguments: StorageKind.allCases)
  func counters(kind: StorageKind) throws {
    let bare = try Bare(kind)
    var random = SeededRandom(seed: 33)
    struct Added {
      var sku: String
      var quarter: Int64
      var counts: [Int64]
    }
    var all: [Added] = []
    for _ in 0..<12 {
      try bare.write { writer in
        for _ in 0..<random.pick(1...30) {
          let at = Bare.now.advanced(by: Int64(random.pick(-400_000...400_000)) * 1000)
          let counts = (0..<3).map { _ in Int64(random.pick(-2...6)) }
          let sku = random.pick(RandomCarts.skus)
          try writer.count(
            ProductCount(
              sku: sku, name: "N \(sku)", added: counts[0], removed: counts[1],
              ordered: counts[2]), at: at)
          all.append(Added(sku: sku, quarter: at.quarter, counts: counts))
        }
      }
    }
    let now = Bare.now.quarter
    for _ in 0..<60 {
      let from = random.chance(20) ? Int64.min : now + Int64(random.pick(-500...400))
      let until = random.chance(20) ? Int64.max : max(from, now + Int64(random.pick(-400...500)))
      var sums: [String: [Int64]] = [:]
      for added in all where added.quarter >= from && added.quarter < until {
        sums[added.sku] = zip(sums[added.sku] ?? [0, 0, 0], added.counts).map(+)
      }
      sums = sums.filter { $0.value != [0, 0, 0] }
      let found = try bare.store.counts(from: from, until: until)
      #expect(
        Dictionary(
          uniqueKeysWithValues: found.map { ($0.sku, [$0.added, $0.removed, $0.ordered]) })
          == sums, "\(from) ..< \(until)")
      #expect(found.allSatisfy { $0.name == "N \($0.sku)" })
      #expect(found.map(\.added) == found.map(\.added).sorted(by: >))
    }
    let since = Bare.now.advanced(by: -100_000_000)
    let pieces = try bare.store.orderedPieces(since: since)
    for sku in RandomCarts.skus {
      var ordered: [Int64: Int64] = [:]
      for added in all where added.sku == sku && added.quarter >= since.quarter {
        ordered[added.quarter, default: 0] += added.counts[2]
      }
      let expected = ordered.filter { $0.value != 0 }.sorted { $0.key > $1.key }
      #expect(pieces[sku]?.map(\.quarter) ?? [] == expected.map(\.key))
      #expect(pieces[sku]?.map(\.pieces) ?? [] == expected.map(\.value))
    }
  }

  @Test("A coupon is used by the orders that stand", arguments: StorageKind.allCases)
  func coupons(kind: StorageKind) throws {
    let bare = try Bare(kind)
    func cart(
      _ key: Int64, _ state: Order.State?, _ fields: [ShopperField: String], _ coupons: [String]
    ) -> Cart {
      var cart = Cart(key: key, id: "c\(key)", currency: .eur, at: Bare.now)
      for (field, value) in fields { cart.shopper[field] = value }
      cart.coupons = coupons
      if let state {
        cart.state = .ordered
        cart.order = Order(
          id: "\(key)", at: Bare.now, lines: [], total: .zero(.eur), state: state)
      }
      return cart
    }
    let carts = [
      cart(1, .placed, [.email: "a@x.de"], ["A"]), cart(2, .paid, [.customer: "7"], ["A", "B"]),
      cart(3, .cancelled, [.email: "a@x.de"], ["A"]), cart(4, nil, [.email: "a@x.de"], ["A"]),
      cart(5, .placed, [.email: "É@Y.fr"], ["A"]), cart(6, .placed, [:], ["B"]),
    ]
    try bare.write { writer in for cart in carts { try writer.save(cart) } }
    let store = bare.store
    #expect(try store.uses(of: "A", excluding: [], most: 9) == 3)
    #expect(try store.uses(of: "A", excluding: [1, 5], most: 9) == 1)
    #expect(try store.uses(of: "A", excluding: [], most: 2) == 2)
    #expect(try store.uses(of: "C", excluding: [], most: 9) == 0)
    func keys(_ code: String, _ fields: [ShopperField: String]) throws -> Set<Int64> {
      var shopper = Shopper()
      for (field, value) in fields { shopper[field] = value }
      return Set(try store.keys(using: code, by: shopper))
    }
    // A stranger's order may be anybody's.
    #expect(try keys("A", [.email: "A@X.de"]) == [1, 2])
    #expect(try keys("A", [.email: "é@y.FR"]) == [2, 5])
    #expect(try keys("A", [.customer: "7", .email: "q@q.de"]) == [2])
    #expect(try keys("B", [.email: "q@q.de"]) == [2, 6])
    // A refund gives the coupon back.
    try bare.write { try $0.save(cart(1, .refunded, [.email: "a@x.de"], ["A"])) }
    #expect(try store.uses(of: "A", excluding: [], most: 9) == 2)
  }
}
