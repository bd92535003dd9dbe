import CartEngine
import CartModel
import CartStorage
import CartSupport
import CartSync
import CartTesting
import Testing

/// Looks that are due, done and taken in.
struct SyncLoopTests {
  @Test("A hint becomes a look, and the cart is there as its store has it")
  func hint() throws {
    let world = try SyncWorld()
    let id = try #require(world.store.script.act().first)
    try world.hint(LookHint(.cart(id), .new))
    try world.settle()
    let cart = try #require(try world.cart(id))
    #expect(cart.lines.map(\.id) == world.store.script.truth(id)?.lines.map(\.id))
    #expect(try world.inbox.count().total == 0)
    #expect(world.loop.figures.values[.applied] == 1)
    // The same again is a look that changes nothing.
    let before = try world.test.shop.store.lastSeq()
    try world.hint(LookHint(.cart(id), .changed))
    try world.settle()
    #expect(try world.test.shop.store.lastSeq() == before)
    #expect(world.loop.figures.values[.unchanged] == 1)
  }

  @Test("What the store refuses for now stays due, and is asked for later and later")
  func unavailable() throws {
    let world = try SyncWorld()
    let id = try #require(world.store.script.act().first)
    try world.hint(LookHint(.cart(id), .changed))
    for tries in 1...4 {
      world.store.fail(StorefrontError(.unavailable, "500"))
      try world.settle()
      let look = try #require(try world.inbox.look(of: .cart(id)))
      #expect(look.tries == Int64(tries))
      let wait = look.due.milliseconds(since: world.test.clock.now)
      #expect((500 << tries...1_250 << (tries - 1)).contains(wait), "\(tries): \(wait)")
      world.test.clock.advance(wait)
    }
    try world.settle()
    #expect(try world.cart(id) != nil)
    #expect(try world.inbox.count().total == 0)
  }

  @Test("A throttled store is left alone as long as it asks, and nothing counts as failed")
  func throttled() throws {
    let world = try SyncWorld()
    let ids = try (0..<3).map { _ in try #require(world.store.script.act().first) }
    for id in ids { try world.hint(LookHint(.cart(id), .changed)) }
    world.store.fail(StorefrontError(.throttled, "429", retry: Span(milliseconds: 7_000)))
    try world.settle()
    #expect(world.store.asked.count == 1)
    world.test.clock.advance(6_999)
    try world.settle()
    #expect(world.store.asked.count == 1)
    world.test.clock.advance(1)
    try world.settle()
    #expect(try world.inbox.count().total == 0)
    #expect(world.loop.figures.values[.failed] == 0)
  }

  @Test("A dead token stops the store's work, says so where others read it, and ends by itself")
  func unauthorized() throws {
    let world = try SyncWorld()
    let id = try #require(world.store.script.act().first)
    try world.hint(LookHint(.cart(id), .changed))
    world.store.fail(StorefrontError(.unauthorized, "the store does not accept the token"))
    try world.settle()
    #expect(world.loop.stopped == "the store does not accept the token")
    #expect(try world.inbox.value(InboxName.stopped) == "the store does not accept the token")
    world.test.clock.advance(60_000)
    try world.settle()
    #expect(world.loop.stopped == nil)
    #expect(try world.inbox.value(InboxName.stopped) == "")
    #expect(try world.cart(id) != nil)
  }

  @Test("A cart that the store never had is dropped and counted")
  func notFound() throws {
    let world = try SyncWorld()
    try world.hint(LookHint(.cart("nobody's"), .changed))
    try world.settle()
    #expect(try world.inbox.count().total == 0)
    #expect(world.loop.figures.values.ignored == ["not_found": 1])
  }

  @Test("What could not be saved is looked at again")
  func notSaved() throws {
    let world = try SyncWorld()
    let id = try #require(world.store.script.act().first)
    try world.hint(LookHint(.cart(id), .changed))
    world.failure = EngineError(.file, "the disk is full")
    try world.settle()
    #expect(try world.cart(id) == nil)
    #expect(try world.inbox.count().total == 1)
    world.test.clock.advance(2_000)
    try world.settle()
    #expect(try world.cart(id) != nil)
    #expect(try world.inbox.count().total == 0)
  }

  @Test("A pass goes on at its page after a restart, and the next one asks for what changed since")
  func passes() throws {
    let world = try SyncWorld()
    let now = world.test.clock.now
    world.store.records.withLock { records in
      records.products = (1...5).map {
        Product(
          sku: "P-\($0)", name: "Product \($0)", price: UnitPrice(mantissa: 100, scale: 2),
          currency: .eur)
      }
    }
    try world.loop.beginPass("products", since: nil)
    try world.loop.turn(wait: 0)
    world.restart()
    try world.settle()
    #expect(try world.test.shop.store.product("P-5") != nil)
    #expect(try world.inbox.value("products.since") == String(now.milliseconds))
    // A day later the next pass begins by itself.
    world.store.records.withLock { $0.products[0].name = "Renamed" }
    world.test.clock.advance(86_400_000)
    try world.settle()
    #expect(try world.test.shop.store.product("P-1")?.name == "Renamed")
    #expect(
      try world.inbox.value("products.since") == String(world.test.clock.now.milliseconds))
  }

  @Test("The sweep asks for the oldest looks, and for what has changed lately more often")
  func sweep() throws {
    let world = try SyncWorld { $0.sweepCount = { 2 } }
    let ids = try seen(4, in: world)
    let known = world.store.asked.count
    try world.settle()
    #expect(world.store.asked.count == known)
    world.test.clock.advance(120_000)
    try world.settle()
    #expect(Array(world.store.asked.dropFirst(known)) == Array(ids.prefix(2)))
    // A cart that has not changed for a day is asked for once an hour.
    world.test.clock.advance(86_400_000)
    for _ in 0..<4 {
      try world.settle()
      world.test.clock.advance(30_000)
    }
    let seen = world.store.asked.count
    world.test.clock.advance(3_300_000)
    try world.settle()
    #expect(world.store.asked.count == seen)
    world.test.clock.advance(300_000)
    try world.settle()
    #expect(world.store.asked.count == seen + 2)
  }

  @Test("A service that was away asks for all carts, whenever they were asked for last")
  func reread() throws {
    let world = try SyncWorld { $0.sweepCount = { 2 } }
    try world.loop.begin()
    let ids = try seen(4, in: world)
    world.test.clock.advance(61_000)
    let known = world.store.asked.count
    world.restart()
    try world.loop.begin()
    for _ in 0..<3 {
      try world.settle()
      world.test.clock.advance(30_000)
    }
    #expect(world.store.asked.dropFirst(known).sorted() == ids.sorted())
    #expect(try world.inbox.value("sweep.reread") == "")
  }

  /// Carts that were looked at, one a second; the oldest first.
  private func seen(_ count: Int, in world: SyncWorld) throws -> [String] {
    var ids: [String] = []
    while ids.count < count { ids += world.store.script.act().filter { !ids.contains($0) } }
    for id in ids {
      try world.hint(LookHint(.cart(id), .new))
      world.test.clock.advance(1_000)
      try world.settle()
    }
    return ids
  }

  @Test("An order that cannot be kept is said, and keeps no other one away")
  func oddOrder() throws {
    let world = try SyncWorld()
    let now = world.test.clock.now
    func order(_ id: String, _ lines: [OrderLine]) -> SeenOrder {
      SeenOrder(
        id: id, created: now, updated: now, state: .paid, currency: .eur,
        total: UnitPrice(mantissa: 1299, scale: 2), lines: lines)
    }
    let mug = OrderLine(sku: "MUG-01", quantity: 1, price: UnitPrice(mantissa: 1299, scale: 2))
    world.store.records.withLock { $0.orders = [order("501", []), order("502", [mug])] }
    try world.loop.beginPass("orders", since: now.advanced(by: -1))
    try world.settle()
    #expect(try world.test.shop.store.key(order: "502") != nil)
    #expect(try world.test.shop.store.key(order: "501") == nil)
    #expect(world.log == ["order 501: bigcommerce shows no lines of it"])
    #expect(world.loop.figures.values.ignored == ["record_malformed": 1])
    #expect(try world.inbox.count().total == 0)
  }

  @Test("Carts on a screen are looked at before others that have changed")
  func screen() throws {
    let world = try SyncWorld()
    let ids = try seen(4, in: world)
    let known = world.store.asked.count
    for id in ids { try world.hint(LookHint(.cart(id), .changed)) }
    var change = InboxChange()
    change.values = [
      (InboxName.screen, "\(world.test.clock.now.milliseconds) \(ids[2]) \(ids[3])")
    ]
    try world.inbox.write(change, at: world.test.clock.now)
    try world.settle()
    #expect(Set(world.store.asked.dropFirst(known).prefix(2)) == [ids[2], ids[3]])
    #expect(world.store.asked.count == known + 4)
  }

  @Test("A token of a mail about an abandoned cart leads to the cart")
  func token() throws {
    let world = try SyncWorld()
    let id = try #require(world.store.script.act().first)
    world.store.records.withLock { $0.tokens["t1"] = id }
    try world.hint(LookHint(LookSubject(.token, "t1"), .changed))
    try world.settle()
    #expect(try world.cart(id) != nil)
  }

  @Test("Random shoppers, lost answers and restarts: when quiet, carts are the store's")
  func random() throws {
    let world = try SyncWorld(seed: 3)
    world.store.script.fail(lost: 15, stale: 10, refused: 0)
    var random = SeededRandom(seed: 4)
    for act in 0..<1_000 {
      world.test.clock.advance(5_000)
      for id in world.store.script.act() where random.chance(85) {
        try world.hint(LookHint(.cart(id), .changed, patience: 150))
      }
      if act % 5 == 0 { try world.settle() }
      if act % 300 == 0 { world.restart() }
    }
    world.store.script.fail(lost: 0, stale: 0, refused: 0)
    world.test.clock.advance(600_000)
    // Hooks that never came: the sweep finds what changed.
    try world.loop.reread()
    for _ in 0..<200 {
      world.test.clock.advance(30_000)
      try world.settle()
    }
    for id in world.store.script.ids {
      guard let truth = world.store.script.truth(id), let cart = try world.cart(id) else {
        continue
      }
      let pieces = { (lines: [Line]) in lines.map { "\($0.storeID) \($0.quantity)" }.sorted() }
      #expect(pieces(cart.lines) == pieces(truth.lines), "\(id)")
      #expect(
        try cart.price(world.test.shop.settings).total
          == truth.totals.totals(cart.currency).total, "\(id)")
    }
    #expect(try world.test.shop.check().isClean)
  }
}
