import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

/// Which carts match a filter, over all kinds of storage.
struct QueryTests {
  private static let now = TestShop.start
  private static let context = FilterContext(now: now, settings: StoreSettings())

  /// A storage with random carts, priced by the settings of the context.
  private static func filled(_ kind: StorageKind, seed: UInt64) throws -> (Bare, [Cart]) {
    let bare = try Bare(kind, seed: seed)
    bare.store.price(by: context.settings) { "these" }
    var source = RandomCarts(seed: seed)
    let carts = (1...150).map { source.cart(key: Int64($0), at: now) }
    try bare.write { writer in
      for cart in carts {
        try writer.save(cart)
        try writer.add(alias: cart.id, for: cart.key)
      }
    }
    return (bare, carts)
  }

  private static let words = [
    "status=any", "status=active", "status=held", "status=ordered", "status=deleted",
    "country=DE", "country!=DE", "email=b@X.DE", "email~y.fr", "ip=203.0.113.0/24", "session=s1",
    "total>20", "total<=500", "total=0", "quantity>3", "quantity!=2", "version<5", "idle>1d",
    "sku=TEA-01", "currency=USD", "created<2026-10-20", "updated>=2026-10-01", "flag=test",
    "customer_id=0", "id~cart-1",
  ]
  private static let sorts = [
    "sort=-updated", "sort=created", "sort=-total", "sort=total", "sort=quantity", "sort=-version",
    "sort=idle", "sort=email", "sort=-country", "sort=session", "sort=id", "sort=-id",
  ]

  /// Random filters of one to three tests, some with an order or a limit.
  private static func filters(_ count: Int, seed: UInt64) throws -> [(words: [String], Filter)] {
    var random = SeededRandom(seed: seed)
    let parser = FilterParser(zone: .utc, now: now)
    var filters: [([String], Filter)] = []
    while filters.count < count {
      var chosen = (0..<random.pick(1...3)).map { _ in random.pick(words) }
      if random.chance(60) { chosen.append(random.pick(sorts)) }
      if random.chance(40) { chosen.append("limit=\(random.pick(1...40))") }
      // Two statuses, say, are refused.
      if let filter = try? parser.parse(chosen) { filters.append((chosen, filter)) }
    }
    return filters
  }

  @Test(
    "Filters find what the reading in memory finds, in their order", arguments: StorageKind.allCases
  )
  func filters(kind: StorageKind) throws {
    let (bare, carts) = try Self.filled(kind, seed: 11)
    for (words, filter) in try Self.filters(150, seed: 12) {
      let matching = carts.filter { filter.matches($0, Self.context) }
      let expected = filter.arrange(matching.map { filter.placed($0, Self.context) })
      #expect(try bare.store.keys(matching: filter, Self.context) == expected, "\(words)")
      for most in [0, 3, 1000] {
        guard let count = try bare.store.count(matching: filter, Self.context, most: most) else {
          continue
        }
        #expect(count == min(most, matching.count), "\(words), at most \(most)")
      }
    }
  }

  @Test(
    "What a unit of work changed takes the place of what is stored", arguments: StorageKind.allCases
  )
  func unsaved(kind: StorageKind) throws {
    let (bare, carts) = try Self.filled(kind, seed: 13)
    var source = RandomCarts(seed: 14)
    for (words, filter) in try Self.filters(80, seed: 15) {
      var own: [Int64: Cart] = [:]
      for _ in 0..<source.random.pick(0...9) {
        let cart = source.cart(key: Int64(source.random.pick(1...160)), at: Self.now)
        own[cart.key] = cart
      }
      let now = carts.map { own[$0.key] ?? $0 } + own.values.filter { $0.key > 150 }
      let expected = filter.arrange(
        now.filter { filter.matches($0, Self.context) }.map { filter.placed($0, Self.context) })
      let found = try bare.store.keys(
        matching: filter, Self.context, excluding: Set(own.keys),
        with: own.values.filter { filter.matches($0, Self.context) })
      #expect(found == expected, "\(words)")
    }
  }

  @Test("Further conditions narrow a filter", arguments: StorageKind.allCases)
  func conditions(kind: StorageKind) throws {
    let (bare, carts) = try Self.filled(kind, seed: 16)
    let parser = FilterParser(zone: .utc, now: Self.now)
    let narrow = try parser.parse(["updated<2026-10-20"])
    let conditions = narrow.expression.tests
    #expect(conditions.count == 1)
    for words in [
      ["status=any"], ["status=any", "country=DE", "sort=id"], ["total>10", "status=any"],
    ] {
      let filter = try parser.parse(words)
      let expected = filter.arrange(
        carts.filter {
          filter.matches($0, Self.context)
            && (try? parser.parse(["updated<2026-10-20", "status=any"]))?
              .matches($0, Self.context) == true
        }.map { filter.placed($0, Self.context) })
      let found = try bare.store.keys(
        matching: filter, Self.context, and: conditions, with: [])
      #expect(found == expected, "\(words)")
    }
  }

  @Test(
    "Groups add up to the carts of the filter, or are not given", arguments: StorageKind.allCases)
  func groups(kind: StorageKind) throws {
    let (bare, carts) = try Self.filled(kind, seed: 17)
    let filter = try FilterParser(zone: .utc, now: Self.now).parse(["status=any"])
    for field in [CartField.country, .status, .currency, .session] {
      guard let rows = try bare.store.groups(by: field, matching: filter, Self.context) else {
        #expect(kind == .memory)
        continue
      }
      #expect(rows.reduce(0) { $0 + $1.count } == Int64(carts.count), "\(field.name)")
      #expect(Set(rows.map(\.currency)) == Set(carts.map(\.currency)))
    }
  }

  @Test(
    "All carts are gone through in their order, and blocks go on where they ended",
    arguments: StorageKind.allCases)
  func passes(kind: StorageKind) throws {
    let (bare, carts) = try Self.filled(kind, seed: 18)
    let open = carts.filter { $0.state == .open }
    var found: [Cart] = []
    try bare.store.forEachCart { found.append($0) }
    #expect(found == carts)
    found = []
    try bare.store.forEachOpenCart { found.append($0) }
    #expect(found == open)
    let (block, most) = (CartBlock(), 7)
    var rows: [Cart] = []
    var after: Int64? = 0
    while let key = after {
      try bare.store.readOpenRows(
        after: key, touched: Timestamp(milliseconds: .min), most: most, into: block)
      #expect(block.count <= most)
      try block.forEach { row in
        let cart = try row.cart()
        #expect(row.text(of: .email) == cart.shopper[.email] && row.lines.count == cart.lines.count)
        #expect(row.quantity == cart.quantity && row.version == cart.version)
        rows.append(cart)
      }
      after = block.lastKey
    }
    #expect(rows == open)
    for cart in open.prefix(20) {
      let count = open.count { $0.touched >= cart.touched }
      #expect(try bare.store.openCartCount(touched: cart.touched) == Int64(count))
    }
    var latest: [Int64] = []
    try bare.store.forEachLatestOpenCart(50) { cart in
      latest.append(cart.key)
      return latest.count < 10
    }
    let newest = carts.sorted { ($1.updated, $1.key) < ($0.updated, $0.key) }
    let expected = newest.prefix(50).filter { $0.state == .open }.prefix(10).map(\.key)
    #expect(latest == expected)
  }

  @Test("Carts are found by keys, names and what they are", arguments: StorageKind.allCases)
  func lookUps(kind: StorageKind) throws {
    let (bare, carts) = try Self.filled(kind, seed: 19)
    let some = carts.filter { $0.key % 7 == 0 }
    let found = try bare.store.carts(some.map(\.key) + [9999, -1, 0])
    #expect(found == Dictionary(uniqueKeysWithValues: some.map { ($0.key, $0) }))
    #expect(try bare.store.carts([]).isEmpty && bare.store.keys(named: []).isEmpty)
    for cart in some {
      #expect(try bare.store.cart(cart.key) == cart)
      #expect(try bare.store.version(of: cart.key) == cart.version)
      #expect(try bare.store.key(named: cart.id) == cart.key)
    }
    #expect(try bare.store.version(of: 9999) == nil && bare.store.cart(9999) == nil)
    #expect(try bare.store.robotKeys() == carts.filter { !$0.isHuman }.map(\.key))
    #expect(try bare.store.cartCount() == 150 && bare.store.lastCart() == 150)
    for cart in some {
      let expected = carts.filter { $0.updated > cart.updated }.map(\.key)
      #expect(try Set(bare.store.keys(changedAfter: cart.updated)) == Set(expected))
    }
    let claims = carts.filter { $0.claim != nil }
    let oldest = Self.now.advanced(by: -Claim.longest.milliseconds - 1)
    for by in Set(claims.compactMap { $0.claim?.by }).sorted() + ["nobody"] {
      let expected = claims.filter { $0.claim?.by == by && $0.updated > oldest }
        .sorted { ($1.updated, $1.key) < ($0.updated, $0.key) }.map(\.key)
      #expect(try bare.store.keys(claimedBy: by, at: Self.now) == expected, "\(by)")
    }
  }

  @Test("A cart that is saved again is found by what it is now", arguments: StorageKind.allCases)
  func savedAgain(kind: StorageKind) throws {
    let bare = try Bare(kind)
    var records = RandomRecords(seed: 23)
    var stored: [Int64: Cart] = [:]
    for round in 0..<12 {
      try bare.write { writer in
        for _ in 0..<10 {
          let known = Int64(stored.count)
          let key =
            round == 0 || records.random.chance(30)
            ? try writer.nextCart() : Int64(records.random.pick(1...Int(known)))
          var cart = records.cart(key: key)
          cart.id = "cart-\(key)"
          if records.random.chance(30) { cart.flags = ["bot"] }
          try writer.save(cart)
          stored[key] = cart
        }
      }
    }
    #expect(stored.count < 100 && stored.count > 20)
    for (key, cart) in stored { #expect(try bare.store.cart(key) == cart) }
    #expect(try bare.store.cartCount() == Int64(stored.count))
    let carts = stored.values.sorted { $0.key < $1.key }
    #expect(try bare.store.robotKeys() == carts.filter { !$0.isHuman }.map(\.key))
    for cart in carts {
      let expected = carts.filter { $0.updated > cart.updated }.map(\.key)
      #expect(try Set(bare.store.keys(changedAfter: cart.updated)) == Set(expected))
    }
    let oldest = Self.now.advanced(by: -Claim.longest.milliseconds - 1)
    let claims = carts.filter { $0.claim != nil && $0.updated > oldest }
    #expect(try Set(bare.store.keys(claimedBy: nil, at: Self.now)) == Set(claims.map(\.key)))
  }
}
