import CartEngine
import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

@testable import CartStoreSQLite

/// What the event log says of earlier moments, against a model that keeps everything.
struct PastReadTests {
  private static func moments() -> [Timestamp] {
    (-12...12).map { BareStore.now.advanced(by: Int64($0) * 1000) }
  }

  @Test("Settings at a moment are the last recorded by then", arguments: 1...5)
  func settings(seed: Int) throws {
    let bare = try BareStore()
    var random = SeededRandom(seed: UInt64(seed))
    var records: [(at: Timestamp, before: String, after: String)] = []
    var live: Timestamp?
    for number in 0..<random.pick(0...12) {
      let at = BareStore.now.advanced(by: Int64(random.pick(-10...10)) * 1000)
      let (before, after) = (random.chance(50) ? "" : "b\(number)", "a\(number)")
      let kind = random.pick([Operation.Kind.change, .importing])
      try bare.append(
        [.settingsChanged(before: before, after: after), .couponApplied("x", at: nil)], at: at,
        kind: kind)
      records.append((at, before, after))
      if kind == .change { live = min(live ?? at, at) }
    }
    let sorted = records.enumerated()
      .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    let record = try bare.store.settingsRecord()
    for time in Self.moments() {
      let expected: String?
      if let last = sorted.last(where: { $0.at <= time }) {
        expected = last.after
      } else if let first = sorted.first {
        expected =
          !first.before.isEmpty
          ? first.before : live.map { $0 <= time } ?? false ? nil : first.after
      } else {
        expected = ""
      }
      #expect(record.settings(at: time) == expected, "\(time)")
    }
    let log = StatementLog()
    bare.store.statementLog = log
    _ = try bare.store.settingsRecord()
    #expect(log.statements.count == 2)
  }

  @Test("The catalogue at a moment has each product's last state by then", arguments: 1...3)
  func products(seed: Int) throws {
    let bare = try BareStore()
    var records = RandomRecords(seed: UInt64(seed) + 70)
    var all: [(at: Timestamp, product: Product)] = []
    for _ in 0..<40 {
      let at = BareStore.now.advanced(by: Int64(records.random.pick(-10...10)) * 1000)
      let product = records.product("SKU\(records.random.pick(0...6))")
      try bare.append([.productUpserted(before: nil, after: product)], at: at)
      all.append((at, product))
    }
    for time in Self.moments() {
      var expected: [String: Product] = [:]
      for (_, entry) in all.enumerated().sorted(by: {
        ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
      }) where entry.at <= time {
        expected[entry.product.sku] = entry.product
      }
      #expect(
        try bare.store.products(at: time) == expected.values.sorted { $0.sku < $1.sku }, "\(time)")
    }
  }

  @Test("A customer at a moment is the sum of the changes by then", arguments: 1...3)
  func customers(seed: Int) throws {
    let bare = try BareStore()
    var random = SeededRandom(seed: UInt64(seed) + 80)
    var all: [(at: Timestamp, key: String, change: FieldChange)] = []
    for number in 0..<40 {
      let at = BareStore.now.advanced(by: Int64(random.pick(-10...10)) * 1000)
      let key = random.pick(["a@x.de", "7", "ü"])
      let change = FieldChange(
        random.pick([.name, .phone, .country]), after: random.chance(20) ? "" : "v\(number)")
      try bare.append([.customerUpserted(key: key, [change])], at: at)
      all.append((at, key, change))
    }
    for time in Self.moments() {
      for key in ["a@x.de", "7", "ü", "nobody"] {
        let own = all.enumerated()
          .filter { $0.element.key == key && $0.element.at <= time }
          .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
        var expected = Shopper()
        for entry in own { expected[entry.change.field] = entry.change.after }
        #expect(try bare.store.customer(key, at: time) == (own.isEmpty ? nil : expected))
      }
    }
  }

  @Test("Carts that changed after a moment, and carts by the time of their last change")
  func changedCarts() throws {
    let bare = try BareStore()
    var source = RandomCarts(seed: 91)
    let carts = (1...200).map { source.cart(key: Int64($0), at: BareStore.now) }
    try bare.write { writer in for cart in carts { try writer.save(cart) } }
    for _ in 0..<40 {
      let time = source.random.pick(carts).updated.advanced(by: Int64(source.random.pick(-1...1)))
      let expected = carts.filter { $0.updated > time }.map(\.key)
      #expect(try bare.store.keys(changedAfter: time).sorted() == expected)
    }
    var found: [Int64] = []
    for most in [0, 1, 50, 500] {
      found = []
      try bare.store.forEachLatestOpenCart(most) { cart in
        found.append(cart.key)
        return true
      }
      let latest = carts.sorted { $0.updated > $1.updated }.prefix(most)
      #expect(Set(found) == Set(latest.filter { $0.state == .open }.map(\.key)))
    }
    var seen = 0
    try bare.store.forEachLatestOpenCart(500) { _ in
      seen += 1
      return seen < 3
    }
    #expect(seen == 3)
  }

  @Test("What is stored of customers and products comes back, and is found by its words")
  func catalogue() throws {
    let bare = try BareStore()
    var records = RandomRecords(seed: 92)
    var (products, customers) = ([String: Product](), [String: Shopper]())
    for number in 0..<60 {
      var product = records.product("SKU-\(records.random.pick(0...20))")
      product.name = records.random.pick(["Crème brûlée", "Mug", "STRASSE", "x"])
      var shopper = Shopper()
      for field in ShopperField.allCases where records.random.chance(30) {
        shopper[field] = records.known()
      }
      try bare.write { writer in
        try writer.save(product)
        try writer.save(customer: "c\(number % 13)", shopper)
      }
      (products[product.sku], customers["c\(number % 13)"]) = (product, shopper)
    }
    for (sku, product) in products { #expect(try bare.store.product(sku) == product) }
    for (key, shopper) in customers { #expect(try bare.store.customer(key) == shopper) }
    #expect(try bare.store.product("sku-1") == nil)
    #expect(try bare.store.customer("nobody") == nil)
    let sorted = products.values.sorted { $0.sku < $1.sku }
    #expect(try bare.store.products() == sorted)
    #expect(try bare.store.products(limit: 3) == Array(sorted.prefix(3)))
    for word in ["creme", "BRÛLÉE", "mug", "strasse", "sku-1", "", "nothing", "%", "_"] {
      let wanted = TextFold.Needle(word)
      let expected = sorted.filter { wanted.isIn($0.sku) || wanted.isIn($0.name) }
      #expect(try bare.store.products(containing: word, limit: .max) == expected, "\(word)")
    }
    let named = try bare.store.customers(limit: 4) { !$0[.name].isEmpty }
    #expect(
      named == Array(customers.filter { !$0.value[.name].isEmpty }.keys.sorted().prefix(4)))
    // A product that was only counted is none of the catalogue.
    try bare.write {
      try $0.count(ProductCount(sku: "COUNTED", name: "Counted", added: 1), at: BareStore.now)
    }
    #expect(try bare.store.product("COUNTED") == nil)
  }

  @Test("Claims and robots are found without a look at each cart")
  func claimsAndRobots() throws {
    let bare = try BareStore()
    var source = RandomCarts(seed: 93)
    var carts: [Cart] = []
    for key in 1...80 {
      var cart = source.cart(key: Int64(key), at: BareStore.now)
      cart.updated = BareStore.now.advanced(by: Int64(source.random.pick(-20...0)) * 86_400_000)
      if source.random.chance(40) {
        cart.claim = Claim(
          by: source.random.pick(["staff:anna", "staff:ben"]),
          until: cart.updated.advanced(by: 1000))
      }
      if source.random.chance(30) { cart.flags = [source.random.pick(["bot", "odd", "test"])] }
      carts.append(cart)
    }
    try bare.write { writer in for cart in carts { try writer.save(cart) } }
    let week = BareStore.now.advanced(by: -Claim.longest.milliseconds - 1)
    for by in [nil, "staff:anna", "staff:ben", "staff:carl"] {
      let expected = carts.filter { cart in
        cart.claim.map { by == nil || $0.by == by } ?? false && cart.updated > week
      }.sorted { ($0.updated, $0.key) > ($1.updated, $1.key) }
      #expect(
        try bare.store.keys(claimedBy: by, at: BareStore.now) == expected.map(\.key), "\(by ?? "")")
    }
    #expect(try bare.store.robotKeys() == carts.filter { !$0.isHuman }.map(\.key))
  }
}
