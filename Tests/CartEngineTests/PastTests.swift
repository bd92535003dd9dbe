import CartEngine
import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

struct PastTests {
  /// What a reader saw at some moment.
  private struct Snapshot {
    var at: Timestamp
    var carts: [Int64: Cart]
    var settings: StoreSettings
    var matching: [[Int64]]
    var overview: [String: Int]
    var counts: [ProductCount]
  }

  private static let filters = [
    "", "status=any", "status=abandoned", "quantity>4", "total>30", "country=DE", "mug sort=total",
    "status=held,deleted sort=-quantity", "status=any limit=3", "email~*@example.com sort=id",
  ]

  private func filters(_ now: Timestamp) throws -> [Filter] {
    try Self.filters.map {
      try FilterParser(zone: .utc, now: now).parse($0.split(separator: " ").map(String.init))
    }
  }

  private func snapshot(_ handler: CommandHandler) throws -> Snapshot {
    var carts: [Int64: Cart] = [:]
    try handler.shop.store.forEachCart { carts[$0.key] = $0 }
    let settings = handler.settings
    let statuses = Dictionary(
      grouping: carts.values, by: { $0.status(at: handler.now, settings).rawValue })
    return Snapshot(
      at: handler.now, carts: carts, settings: settings,
      matching: try filters(handler.now).map { try handler.keys(matching: $0) },
      overview: statuses.mapValues(\.count),
      counts: sorted(try handler.reader.catalogue.productCounts(from: .min, until: .max)))
  }

  private func sorted(_ counts: [ProductCount]) -> [ProductCount] {
    counts.map {
      ProductCount(sku: $0.sku, name: "", added: $0.added, removed: $0.removed, ordered: $0.ordered)
    }
    .sorted { $0.sku < $1.sku }
  }

  /// Changes, orders, undo and redo, new settings, imported history: at each of the moments the past
  /// is what was seen then.
  @Test(arguments: 1...6)
  func theStateAtATimeIsTheSnapshotTakenThen(seed: UInt64) throws {
    var settings = StoreSettings()
    settings.coupons = [Coupon(code: "SAVE10", kind: .percent(try Percent("10")))]
    let test = try TestShop(settings: settings, seed: seed)
    try test.take(TestShop.products)
    var carts = RandomCarts(seed: seed)
    let handler = test.handler()
    var (snapshots, operations, keys) = ([Snapshot](), [Int64](), [Int64]())
    for step in 0..<80 {
      test.clock.advance(Int64(carts.random.pick(1...3_000_000)))
      let number = try operation(handler) {
        if keys.count < 8 { keys.append(try handler.create([.email: "s\(step)@example.com"]).key) }
        for _ in 0..<carts.random.pick(1...5) {
          let key = carts.random.pick(keys)
          let cart = try #require(try handler.cart(key))
          let command =
            carts.random.chance(3) ? Command.order(.init(id: "")) : carts.command(for: cart)
          _ = try? handler.execute(command, on: key)
        }
        if carts.random.chance(20), !operations.isEmpty {
          _ = try? handler.run.undo.revert(
            carts.random.pick(operations), redo: carts.random.chance(40))
        }
      }
      keys = try keys.map { try #require(try handler.cart($0)).key }
      if let number { operations.append(number) }
      if step == 40 {
        settings.tax.rate = try Percent("19")
        settings.abandonedAfter = Span(milliseconds: 1000)
        test.clock.advance(1)
        try test.shop.use(settings)
        try operation(handler) { try handler.add("MUG-01", 1, to: try handler.create().key) }
      }
      if step % 8 == 0 {
        _ = handler.begin("look")
        snapshots.append(try snapshot(handler))
      }
    }
    test.clock.advance(86_400_000)
    _ = handler.begin("look")
    for then in snapshots { try expect(then, handler) }
    let first = try #require(snapshots.first)
    #expect(
      try handler.cart(try #require(keys.last), at: first.at.advanced(by: -86_400_000)) == nil)
  }

  /// What is seen of the time of a snapshot is what was seen then.
  private func expect(_ then: Snapshot, _ handler: CommandHandler) throws {
    try handler.at(then.at) {
      #expect(handler.settings == then.settings)
      for (key, cart) in then.carts { #expect(try handler.cart(key) == cart) }
      for (index, filter) in try filters(then.at).enumerated() {
        #expect(
          try handler.keys(matching: filter) == then.matching[index],
          "\(Self.filters[index]) at \(then.at)")
      }
      var overview: [String: Int] = [:]
      try handler.reader.forEachCart {
        overview[$0.status(at: then.at, handler.settings).rawValue, default: 0] += 1
      }
      #expect(overview == then.overview)
      #expect(
        sorted(try handler.reader.catalogue.productCounts(from: .min, until: .max)) == then.counts
      )
    }
  }

  @Test func thePastCannotBeChanged() throws {
    let test = try TestShop()
    try test.take(TestShop.products)
    let handler = test.handler()
    try operation(handler) { _ = try handler.create(id: "c1000") }
    test.clock.advance(60_000)
    _ = handler.begin("look")
    let key = try handler.find("c1000")
    let message = "this is how things stood at 2026-11-01 08:00:00; it can only be read"
    handler.at(TestShop.start) {
      #expect(throws: EngineError(.refused, message)) { try handler.add("MUG-01", 1, to: key) }
      #expect(throws: EngineError(.refused, message)) { try handler.create() }
      #expect(throws: EngineError(.refused, message)) { try handler.run.undo.revert(1) }
      #expect(throws: EngineError(.refused, message)) { try handler.run.plans.plan {} }
    }
  }

  @Test func theCatalogueAndTheDifferenceAreThoseOfTheTime() throws {
    let test = try TestShop()
    try test.take(TestShop.products)
    try test.take(
      """
      {"type":"product.upserted","at":"2026-11-01T07:30:00Z","sku":"MUG-01","name":"Mug, large","price":"15.00","currency":"EUR"}
      """)
    let handler = test.handler()
    var key: Int64 = 0
    try operation(handler) {
      key = try handler.create(id: "c1000").key
      try handler.add("MUG-01", 2, to: key)
    }
    test.clock.advance(60_000)
    try operation(handler) {
      key = try handler.find("c1000")
      try handler.execute(.setQuantity(.sku("MUG-01"), 3), on: key)
      try handler.execute(.identify([.email: "a@example.com"]), on: key)
    }
    test.clock.advance(60_000)
    _ = handler.begin("look")
    let seven = try Timestamp("2026-11-01T07:15:00Z")
    handler.at(seven) {
      #expect(
        (try? handler.reader.catalogue.products(containing: "mug"))?.map(\.name) == ["Mug"])
    }
    #expect(try handler.reader.catalogue.products(containing: "mug").map(\.name) == ["Mug, large"])
    #expect(
      try handler.reader.difference(of: key, from: TestShop.start, to: nil) == [
        CartDifference(
          what: "line MUG-01", before: "2 × MUG-01 at 15.00", after: "3 × MUG-01 at 15.00"),
        CartDifference(what: "email", before: "", after: "a@example.com"),
        CartDifference(what: "subtotal", before: "30.00", after: "45.00"),
        CartDifference(what: "total", before: "30.00", after: "45.00"),
      ])
    #expect(
      throws: EngineError(.notFound, "cart: was not made yet at 2026-11-01 07:20:00")
    ) {
      try handler.reader.difference(
        of: key, from: seven, to: try Timestamp("2026-11-01T07:20:00Z"))
    }
  }

  @Test func cataloguePersonsAndOrdersAreThoseOfTheMoment() throws {
    let test = try TestShop()
    try test.take(
      """
      {"type":"product.upserted","at":"2026-11-01T07:00:00Z","sku":"A","name":"Old","price":"1","currency":"EUR"}
      {"type":"customer.upserted","at":"2026-11-01T07:00:00Z","customer":"7","name":"Ann"}
      {"type":"line.added","at":"2026-11-01T07:01:00Z","cart":"cart1","sku":"A","quantity":1,"price":"1"}
      {"type":"product.upserted","at":"2026-11-01T07:30:00Z","sku":"A","name":"New","price":"2","currency":"EUR"}
      {"type":"customer.upserted","at":"2026-11-01T07:30:00Z","customer":"7","name":"Anna"}
      {"type":"cart.ordered","at":"2026-11-01T07:40:00Z","cart":"cart1","order":"9"}
      """)
    let handler = test.handler()
    _ = handler.begin("look")
    let then = TestShop.start.advanced(by: -45 * 60_000)
    #expect(try handler.reader.catalogue.product("A")?.name == "New")
    #expect(try handler.reader.people.customer("7")?.shopper[.name] == "Anna")
    #expect(try handler.reader.key(order: "9") != nil)
    let product = try handler.at(then) { try handler.reader.catalogue.product("A") }
    let person = try handler.at(then) { try handler.reader.people.customer("7") }
    let order = try handler.at(then) { try handler.reader.key(order: "9") }
    #expect(product?.name == "Old" && person?.shopper[.name] == "Ann" && order == nil)
  }

  /// A change that was made live before settings were recorded was made under the defaults.
  @Test func beforeTheFirstRecordTheDefaultsWereInForce() throws {
    let test = try TestShop()
    try test.take(TestShop.products)
    let handler = test.handler()
    try operation(handler) { try handler.add("MUG-01", 1, to: try handler.create().key) }
    test.clock.advance(60_000)
    var settings = StoreSettings()
    settings.shipping.fee = 490
    try test.shop.use(settings)
    try operation(handler) { try handler.add("MUG-01", 1, to: try handler.create().key) }
    #expect(try handler.reader.settings(at: TestShop.start).shipping.fee == 0)
    #expect(try handler.reader.settings(at: test.clock.now).shipping.fee == 490)
  }

  /// Who was on a list then is what was answered then: entries come, end, go and are undone.
  @Test(arguments: 1...3)
  func listsAreReadAsTheyStood(seed: Int) throws {
    let test = try TestShop()
    let handler = test.handler()
    var random = SeededRandom(seed: UInt64(seed))
    let patterns: [ListEntry.Pattern] = try [
      .init(.ip, "203.0.113.7"), .init(.ip, "203.0.113.0/24"), .init(.email, "*@x.de"),
      .init(.email, "a@x.de"), .init(.country, "DE"),
    ]
    let shoppers: [[ShopperField: String]] = [
      [.ip: "203.0.113.7", .email: "a@x.de"], [.ip: "203.0.113.9"], [.email: "b@x.de"],
      [.country: "DE", .ip: "198.51.100.1"], [.email: "c@y.de"],
    ]
    let people = shoppers.map { fields in
      var shopper = Shopper()
      for (field, value) in fields { shopper[field] = value }
      return shopper
    }
    func answers() throws -> [String?] {
      try [ListEntry.List.blacklist, .allowlist].flatMap { list in
        try people.map { try handler.reader.entry(list, for: $0)?.id }
      }
    }
    var seen: [(at: Timestamp, answers: [String?])] = []
    for step in 0..<60 {
      test.clock.advance(Int64(random.pick(1...100)) * 1000)
      let (pattern, list) = (
        random.pick(patterns), random.pick([ListEntry.List.blacklist, .blacklist, .allowlist])
      )
      let operation = try operation(handler, "step \(step)") {
        if random.chance(35),
          try handler.reader.entries(list).contains(where: { $0.pattern == pattern })
        {
          _ = try handler.run.lists.remove(pattern, from: list)
        } else {
          let ttl = random.chance(50) ? Span(milliseconds: Int64(random.pick(1...300)) * 1000) : nil
          _ = try handler.add(pattern, to: list, ttl: ttl)
        }
      }
      if let operation, random.chance(20) {
        test.clock.advance(1000)
        try CartTesting.operation(handler, "undo") { _ = try handler.run.undo.revert(operation) }
      }
      test.clock.advance(Int64(random.pick(1...50)) * 1000)
      _ = handler.begin("look")
      seen.append((handler.now, try answers()))
    }
    #expect(Set(seen.map(\.answers)).count > 8)
    _ = handler.begin("look back")
    for (time, expected) in seen {
      #expect(try handler.at(time) { try answers() } == expected, "\(time)")
    }
  }
}
