import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

@testable import CartEngine

/// Random shoppers in a scripted store, looked at out of order, repeated, stale and lost, with staff edits
/// in between.
struct ScriptedStoreTests {
  /// One shop beside one store.
  private final class World {
    let test: TestShop
    let store: ScriptedStore
    let sync: CommandHandler
    let staff: CommandHandler
    var random: SeededRandom
    /// Carts to be looked at.
    var due: Set<String> = []
    /// Answers that are under way, of which any may come first.
    var answers: [(id: String, seen: Seen)] = []
    /// Pieces by SKU of each cart as the last look that was taken in gave them.
    var shown: [String: [String: Int64]] = [:]
    /// By how much looks said that each SKU became more.
    var net: [String: Int64] = [:]

    init(seed: UInt64, _ abilities: StorefrontAbilities) throws {
      test = try TestShop(seed: seed)
      try test.take(TestShop.products)
      store = ScriptedStore("bigcommerce", abilities, seed: seed, at: TestShop.start)
      sync = CommandHandler(test.shop, actor: .sync, consent: .given)
      staff = test.handler()
      random = SeededRandom(seed: seed &+ 7)
    }

    func shop(_ acts: Int, staffShare: Int) throws {
      for act in 0..<acts {
        test.clock.advance(11_000)
        due.formUnion(store.act())
        if act % 7 == 0 { try ask() }
        if act % 50 == 0 { try takeAnswers(limit: 40) }
        if random.chance(staffShare) { try edit() }
        if staffShare > 0, act % 90 == 0 { try work() }
        if act % 40 == 0 { try remake() }
      }
    }

    /// Asks the store about some of the carts that are due, and about others again.
    private func ask() throws {
      for id in due.sorted() where random.chance(70) {
        guard let seen = try? store.look(id) else { continue }
        answers.append((id, seen))
        if random.chance(80) { due.remove(id) }
      }
      if let id = store.ids.last, random.chance(20) { due.insert(id) }
    }

    /// Takes in answers in any order.
    func takeAnswers(limit: Int) throws {
      let run = sync.begin("sync")
      for _ in 0..<min(limit, answers.count) {
        let (id, seen) = answers.remove(at: random.pick(0...answers.count - 1))
        try take(id, seen, run)
        // What came late says nothing of now.
        if random.chance(10) { due.insert(id) }
      }
      _ = try run.finish()
    }

    private func take(_ id: String, _ seen: Seen, _ run: Run) throws {
      let result = try run.observer(of: "bigcommerce").observe(id, seen)
      guard result != .late, case .cart(let cart) = seen else { return }
      guard case .changed = result else { return }
      // One cart, whatever it is called.
      let name = store.first(cart.binding.storeID)
      var pieces: [String: Int64] = [:]
      for line in cart.lines where !line.sku.isEmpty {
        pieces[line.sku, default: 0] += line.quantity
      }
      let before = shown[name] ?? [:]
      for sku in Set(pieces.keys).union(before.keys) {
        net[sku, default: 0] += pieces[sku, default: 0] - before[sku, default: 0]
      }
      shown[name] = pieces
    }

    /// A member of staff changes one of the carts that are known.
    private func edit() throws {
      guard let id = random.pick(store.ids + [""]).nonEmpty,
        let key = try test.shop.store.key(named: id), let cart = try test.shop.store.cart(key),
        cart.state == .open
      else { return }
      let line = cart.lines.isEmpty ? nil : random.pick(cart.lines)
      let way = random.pick(0...5)
      _ = try? operation(staff) {
        switch way {
        case 0: try staff.add("MUG-01", Int64(random.pick(1...3)), to: key)
        case 1:
          if let line {
            try staff.execute(.setQuantity(.id(line.id), Int64(random.pick(1...9))), on: key)
          }
        case 2:
          if let line, cart.lines.count > 1 { try staff.execute(.remove(.id(line.id)), on: key) }
        case 3: try staff.execute(.applyCoupon("SAVE10"), on: key)
        case 4:
          try staff.execute(
            .setAddress([.shippingCity: random.pick(["Graz", "Bern", ""])]), on: key)
        default:
          if let number = try staff.reader.operations.list().first?.operation.id {
            _ = try? takeBack(staff, number)
          }
        }
      }
    }

    /// The store makes a cart anew for us, and answers with its new id.
    private func remake() throws {
      guard let id = random.pick(store.ids + [""]).nonEmpty,
        let key = try test.shop.store.key(named: id), let new = store.remake(id)
      else { return }
      let run = sync.begin("bind")
      try run.observer(of: "bigcommerce").bind(
        key, Binding(storefront: "bigcommerce", storeID: new, channel: 1, locale: "en"))
      _ = try run.finish()
      due.insert(new)
    }

    /// Sends what waits, and takes in what the store answers.
    func work() throws {
      for key in try test.shop.store.pendingKeys() {
        let run = sync.begin("work")
        let observer = run.observer(of: "bigcommerce")
        for request in try observer.requests(of: key) {
          guard let answer = try? store.send(request.request, base: request.base) else { break }
          try observer.settle(request.operation, of: key, answer)
          due.insert(request.request.cart)
          // What comes after it was decided on another version.
          break
        }
        _ = try run.finish()
      }
    }

    /// Lets everything settle: no faults, and every cart is looked at.
    func quiet(_ ids: Set<String>) throws {
      store.fail(lost: 0, stale: 0, refused: 0)
      for _ in 0..<60 {
        try lookAtAll(ids)
        guard try !test.shop.store.pendingKeys().isEmpty else { break }
        try work()
      }
      try lookAtAll(ids)
      #expect(try test.shop.store.pendingKeys().isEmpty)
    }

    private func lookAtAll(_ ids: Set<String>) throws {
      answers = []
      test.clock.advance(100_000)
      let run = sync.begin("sweep")
      for id in ids.sorted() {
        guard let seen = try? store.look(id) else { continue }
        try take(id, seen, run)
      }
      _ = try run.finish()
    }
  }

  /// Whether a cart here is what its store has, line by line and cent by cent.
  private func check(_ world: World, _ id: String) throws {
    let key = try #require(try world.test.shop.store.key(named: id), "\(id)")
    let cart = try #require(try world.test.shop.store.cart(key))
    guard let truth = world.store.truth(id) else {
      let fate = try #require(world.store.fate(id))
      switch fate {
      case .ordered(let order, let total):
        #expect(cart.state == .ordered && cart.order?.id == order)
        #expect(try cart.order?.total == total?.amount(1, cart.currency))
      case .deleted: #expect(cart.state == .deleted)
      case .merged(let into): #expect(cart.state == .merged && cart.mergedInto == into)
      case .expired: #expect([.open, .deleted].contains(cart.state))
      }
      return
    }
    #expect(cart.state == .open, "\(id)")
    var lines = cart.lines
    for index in lines.indices {
      lines[index].id = lines[index].storeID
      lines[index].facts.item = ""
    }
    let sorted = { (lines: [Line]) in lines.sorted { $0.id < $1.id } }
    #expect(sorted(lines) == sorted(truth.lines), "\(id)")
    #expect(Set(cart.coupons) == Set(truth.coupons), "\(id)")
    for field in [ShopperField.email, .shippingCity] {
      #expect(cart.shopper[field] == truth.shopper[field], "\(id)")
    }
    #expect(cart.id == world.store.current(id) && cart.binding?.storeID == cart.id)
    let totals = try cart.price(world.test.shop.settings)
    #expect(try totals == truth.totals.totals(cart.currency), "\(id)")
    for line in truth.totals.lines {
      let own = try #require(cart.lines.first { $0.storeID == line.name })
      #expect(try cart.amount(of: own) == line.amount?.amount(1, cart.currency))
    }
  }

  private func ids(_ world: World) throws -> Set<String> {
    var ids = Set(world.store.ids)
    try world.test.shop.store.forEachCart { ids.insert($0.id) }
    return ids
  }

  private func counted(_ shop: Shop) throws -> [String: Int64] {
    var net: [String: Int64] = [:]
    for count in try shop.store.counts(from: 0, until: .max / 2) {
      net[count.sku, default: 0] += count.added - count.removed
    }
    return net.filter { $0.value != 0 }
  }

  @Test(arguments: [UInt64(1), 2])
  func whenQuietOurCartsAreTheStores(seed: UInt64) throws {
    let world = try World(seed: seed, [.versions, .hooks, .delete, .ownPrices, .orders])
    world.store.fail(lost: 8, stale: 15, refused: 10)
    try world.shop(5_000, staffShare: 4)
    let ids = try ids(world)
    try world.quiet(ids)
    for id in ids { try check(world, id) }
    #expect(try world.test.shop.check().isClean)
    // Nothing more becomes of looking again.
    let before = try world.test.shop.store.lastSeq()
    try world.quiet(ids)
    #expect(try world.test.shop.store.lastSeq() == before)
    try roundTrip(world)
  }

  /// Without changes of ours the counters are what looks said, whatever prices and names did.
  @Test(arguments: [[StorefrontAbilities.versions, .hooks], [.list]])
  func countersAreTheNetChangeBetweenLooks(abilities: [StorefrontAbilities]) throws {
    let world = try World(seed: 5, StorefrontAbilities(abilities))
    world.store.fail(lost: 8, stale: abilities.contains(.versions) ? 15 : 0, refused: 0)
    try world.shop(5_000, staffShare: 0)
    let ids = try ids(world)
    try world.quiet(ids)
    for id in ids { try check(world, id) }
    #expect(try counted(world.test.shop) == world.net.filter { $0.value != 0 })
    #expect(try world.test.shop.check().isClean)
  }

  /// Undoing what staff did leaves what shoppers did.
  @Test func undoOfStaffEditsLeavesTheShoppers() throws {
    let world = try World(seed: 9, [.versions, .delete, .ownPrices])
    try world.shop(4_000, staffShare: 10)
    try world.quiet(try ids(world))
    let own = try world.staff.reader.operations.list(Self.all).filter {
      $0.operation.actor == .staff("anna") && $0.operation.kind == .change
    }
    #expect(own.count > 50)
    for entry in own { _ = try? takeBack(world.staff, entry.operation.id) }
    let ids = try ids(world)
    try world.quiet(ids)
    for id in ids { try check(world, id) }
    #expect(try world.test.shop.check().isClean)
  }

  private static var all: OperationFilter {
    var filter = OperationFilter()
    filter.limit = 100_000
    return filter
  }

  /// An export says all of it.
  private func roundTrip(_ world: World) throws {
    let first = try world.test.exported()
    let other = try TestShop(seed: 77)
    let (report, rejects) = try other.take(first)
    #expect(rejects.isEmpty, "\(rejects.prefix(3))")
    #expect(report.total > 0)
    let second = try other.exported()
    #expect(second == first)
    #expect(try other.shop.check().isClean)
  }
}

extension String {
  fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}

extension Storage {
  /// The carts that wait for an answer.
  fileprivate func pendingKeys() throws -> [Int64] {
    var keys: [Int64] = []
    try forEachCart { if $0.isPending { keys.append($0.key) } }
    return keys
  }
}
