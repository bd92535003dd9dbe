import CartEngine
import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

/// Both kinds of storage give the same answers after the same random work.
struct SameAnswersTests {
  /// Imports, changes, orders, lists, undo and redo, as a seed says.
  private func fill(_ test: TestShop, seed: UInt64) throws {
    try test.take(TestShop.products)
    var source = RandomCarts(seed: seed)
    var lines: [String] = []
    for cart in 1...20 {
      let (day, mail) = (10 + source.random.pick(0...19), source.random.pick(["a@x.de", "é@y.fr"]))
      lines.append(
        """
        {"type":"cart.created","at":"2026-10-\(day)T07:00:00Z","cart":"c\(cart)","group":"g\(cart % 4)","shopper":{"email":"\(mail)","country":"DE"}}
        {"type":"line.added","at":"2026-10-\(day)T07:01:00Z","cart":"c\(cart)","sku":"TEA-01","quantity":\(cart % 5 + 1)}
        """)
      if source.random.chance(30) {
        lines.append(
          """
          {"type":"cart.ordered","at":"2026-10-\(day)T07:02:00Z","cart":"c\(cart)","order":"\(500 + cart)"}
          """)
      }
    }
    try test.take(lines.joined(separator: "\n"))
    let handler = test.handler()
    var numbers: [Int64] = []
    for round in 0..<40 {
      test.clock.advance(Int64(source.random.pick(1...9_000_000)))
      if source.random.chance(25), let number = numbers.randomElement(using: &source.random) {
        // What cannot be undone, or is undone already, is refused.
        _ = try? takeBack(handler, number, redo: source.random.chance(40))
        continue
      }
      let number = try operation(handler, "round \(round)") {
        let key =
          try source.random.chance(20)
          ? handler.create([.email: "new\(round)@x.de"]).key : Int64(source.random.pick(1...20))
        for _ in 0..<source.random.pick(1...4) {
          guard let cart = try handler.cart(key) else { break }
          _ = try? handler.execute(source.command(for: cart), on: key)
        }
        if source.random.chance(15) { _ = try? handler.execute(.order(.init(id: "")), on: key) }
        if source.random.chance(15) {
          try handler.add(ListEntry.Pattern(.email, "bad\(round)@x.de"), to: .blacklist)
        }
      }
      if let number { numbers.append(number) }
    }
  }

  /// Two shops of the same work, one over each kind.
  private func pair(_ seed: UInt64) throws -> (sqlite: TestShop, memory: TestShop) {
    func shop(_ kind: StorageKind) throws -> TestShop {
      // Salts of a file come from its own numbers, so that the shop's are the same.
      var own = SeededRandom(seed: 99)
      return try TestShop(seed: seed) { folder, _ in try kind.open(folder) { own.next() } }
    }
    let pair = (try shop(.sqlite), try shop(.memory))
    try fill(pair.0, seed: seed)
    try fill(pair.1, seed: seed)
    return pair
  }

  @Test("Carts, events and operations are the same", arguments: [1, 2, 3] as [UInt64])
  func content(seed: UInt64) throws {
    let (sqlite, memory) = try pair(seed)
    let (one, two) = (sqlite.shop.store, memory.shop.store)
    var (carts, others) = ([Cart](), [Cart]())
    try one.forEachCart { carts.append($0) }
    try two.forEachCart { others.append($0) }
    #expect(carts == others && carts.count > 20)
    var (events, otherEvents) = ([Event](), [Event]())
    try one.forEachEvent { events.append($0.event) }
    try two.forEachEvent { otherEvents.append($0.event) }
    #expect(events == otherEvents && events.count > 80)
    let keys = carts.map(\.key)
    let (histories, otherHistories) = (try one.histories(of: keys), try two.histories(of: keys))
    for key in keys {
      #expect(histories[key]?.events == otherHistories[key]?.events)
      #expect(histories[key]?.parents == otherHistories[key]?.parents)
    }
    let (listed, otherListed) = (
      try one.undoneOperations(limit: 99), try two.undoneOperations(limit: 99)
    )
    #expect(listed.map(\.operation) == otherListed.map(\.operation))
    #expect(listed.map(\.undos) == otherListed.map(\.undos))
    #expect(try one.undoing(limit: 99) == two.undoing(limit: 99))
    for (operation, _) in listed {
      #expect(try one.carts(of: operation) == two.carts(of: operation))
      #expect(try one.size(of: operation) == two.size(of: operation))
      #expect(try one.listEvents(of: operation) == two.listEvents(of: operation))
    }
    #expect(try one.parents() == two.parents())
    #expect(try memory.shop.check().problems == [] && sqlite.shop.check().problems == [])
  }

  @Test("Questions have the same answers", arguments: [4, 5, 6] as [UInt64])
  func questions(seed: UInt64) throws {
    let (sqlite, memory) = try pair(seed)
    let (one, two) = (sqlite.shop.store, memory.shop.store)
    let now = sqlite.clock.now
    let parser = FilterParser(zone: .utc, now: now)
    let context = FilterContext(now: now, settings: sqlite.shop.settings)
    for words in [
      [], ["status=any"], ["total>10", "status=any", "sort=total"], ["email~x.de", "sort=id"],
      ["status=ordered", "sort=-updated", "limit=3"],
      ["quantity>3", "status=any", "sort=-quantity"],
      ["sku=TEA-01", "status=any"], ["country=DE", "created<2026-10-20", "status=any", "limit=7"],
    ] {
      let filter = try parser.parse(words)
      #expect(
        try one.keys(matching: filter, context) == two.keys(matching: filter, context), "\(words)")
      if let count = try one.count(matching: filter, context, most: 12),
        let other = try two.count(matching: filter, context, most: 12)
      {
        #expect(count == other, "\(words)")
      }
    }
    for age in [0, 1_000_000, 90_000_000, 4_000_000_000] as [Int64] {
      let time = now.advanced(by: -age)
      #expect(Set(try one.keys(changedAfter: time)) == Set(try two.keys(changedAfter: time)))
      #expect(try one.openCartCount(touched: time) == two.openCartCount(touched: time))
      #expect(try one.products(at: time) == two.products(at: time))
      #expect(try one.firstSeq(recordedFrom: time) == two.firstSeq(recordedFrom: time))
      #expect(
        try one.settingsRecord().settings(at: time) == two.settingsRecord().settings(at: time))
      let (from, until) = (time.quarter, now.quarter)
      #expect(try one.counts(from: from, until: until) == two.counts(from: from, until: until))
      let blocks = [CartBlock(), CartBlock()]
      try one.readOpenRows(after: 3, touched: time, most: 9, into: blocks[0])
      try two.readOpenRows(after: 3, touched: time, most: 9, into: blocks[1])
      let rows = try blocks.map { block in
        var carts: [Cart] = []
        try block.forEach { carts.append(try $0.cart()) }
        return carts
      }
      #expect(rows[0] == rows[1])
    }
    #expect(try one.counts(from: .min, until: .max) == two.counts(from: .min, until: .max))
    #expect(try one.keys(claimedBy: nil, at: now) == two.keys(claimedBy: nil, at: now))
    #expect(try one.robotKeys() == two.robotKeys())
    #expect(try one.entries().map(\.pattern) == two.entries().map(\.pattern))
    #expect(try one.products() == two.products())
    #expect(
      try one.products(containing: "te", limit: 2) == two.products(containing: "te", limit: 2))
    let sold = try (
      one.orderedPieces(since: Timestamp(milliseconds: 0)),
      two.orderedPieces(since: Timestamp(milliseconds: 0))
    )
    #expect(sold.0.mapValues { $0.map(\.pieces) } == sold.1.mapValues { $0.map(\.pieces) })
    for actor in [Actor.staff("anna"), .importer, .shopper] {
      let time = Timestamp(milliseconds: 0)
      #expect(try one.orders(by: actor, after: time) == two.orders(by: actor, after: time))
    }
  }

  @Test("What carts share is the same", arguments: [7, 8] as [UInt64])
  func shared(seed: UInt64) throws {
    let (sqlite, memory) = try pair(seed)
    let rows = try [sqlite, memory].map { test in
      let store = test.shop.store
      #expect(try !store.keeps(SharedKey(.email)))
      try store.keep(SharedKey(.email), recorded: test.clock.now)
      #expect(try store.keeps(SharedKey(.email)))
      // Kept along from then on.
      let handler = test.handler("ben")
      try operation(handler) { try handler.create([.email: "a@x.de"]) }
      var values: [UInt64: [Int64]] = [:]
      try store.forEachSharedRow(SharedKey(.email), through: .max) {
        values[$0, default: []].append($1.seq)
      }
      #expect(try values.values.reduce(0) { $0 + $1.count } == store.sharedCount(SharedKey(.email)))
      var events: [Int64] = []
      try store.forEachSharedEvent(after: 5) { events.append($0.seq) }
      return Set(values.values.map { $0 } + [events])
    }
    #expect(rows[0] == rows[1] && rows[0].count > 5)
  }
}
