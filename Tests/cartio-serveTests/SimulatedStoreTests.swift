import CartEngine
import CartModel
import CartStorage
import CartSupport
import CartTesting
import StoreSimulator
import Testing

@testable import cartio_serve

/// Carts of a simulated BigCommerce store, over HTTP, with every fault on.
struct SimulatedStoreTests {
  /// Whether a cart here is what the store has, line by line and cent by cent.
  private func check(_ world: SimulatedWorld, _ truth: TrueCart) throws {
    let cart = try #require(try world.cart(truth.id), "\(truth.id) is not known")
    #expect(cart.state == .open, "\(truth.id): \(cart.state)")
    func text(_ id: String, _ sku: String, _ name: String, _ quantity: Int64) -> String {
      "\(id) \(sku) \(name) \(quantity)"
    }
    #expect(
      cart.lines.map { text($0.storeID, $0.sku, $0.name, $0.quantity) }.sorted()
        == truth.lines.map { text($0.id, $0.sku, $0.name, Int64($0.quantity)) }.sorted(),
      "\(truth.id)")
    #expect(Set(cart.coupons) == Set(truth.coupons), "\(truth.id)")
    #expect(cart.shopper[.email].lowercased() == truth.email.lowercased(), "\(truth.id)")
    #expect(cart.currency.code == truth.currency)
    let totals = try cart.price(world.connection.application.shop.settings)
    let total = try UnitPrice(rounding: truth.totals.grand).amount(1, cart.currency)
    #expect(totals.total == total, "\(truth.id)")
    let tax = try UnitPrice(rounding: truth.totals.tax).amount(1, cart.currency)
    #expect(totals.tax == tax, "\(truth.id)")
  }

  private func checkAll(_ world: SimulatedWorld) throws {
    for truth in world.simulator.carts() { try check(world, truth) }
    for (id, fate) in world.simulator.fates() {
      guard let cart = try world.cart(id) else { continue }
      switch fate {
      case .ordered(let number):
        // An order that nobody has paid is no sale; its cart is just gone.
        let isSale = world.simulator.orders().first { $0.id == number }.map { $0.status != 0 }
        if isSale == true {
          #expect(cart.state == .ordered && cart.order?.id == "\(number)", "\(id)")
        } else {
          #expect([.ordered, .deleted].contains(cart.state), "\(id)")
        }
      case .deleted, .merged: #expect([.deleted, .merged].contains(cart.state), "\(id)")
      case .expired: #expect([.open, .deleted].contains(cart.state), "\(id): \(cart.state)")
      }
    }
    #expect(try world.connection.application.shop.check().isClean)
    #expect(world.simulator.statistics.violations == [])
  }

  @Test("Every fault on: when quiet, our carts are the store's", arguments: [UInt64(1)])
  func faults(seed: UInt64) throws {
    let world = try SimulatedWorld(seed: seed) { configuration in
      configuration.faults = .all
      configuration.faults.slow = 0
    }
    for act in 0..<2_000 {
      world.clock.advance(3_000)
      world.simulator.act()
      if act % 3 == 0 { world.simulator.deliver() }
      if act % 7 == 0 { try world.settle() }
      if act % 401 == 400 { try world.restart() }
    }
    try world.quiet()
    try checkAll(world)
    // All that a look can see again is known.
    let before = try world.connection.application.shop.store.lastSeq()
    try world.quiet()
    #expect(try world.connection.application.shop.store.lastSeq() == before)
  }

  @Test("Without faults one look serves a burst, and counters are what the answers said")
  func counters() throws {
    let world = try SimulatedWorld(seed: 7)
    for _ in 0..<600 {
      world.clock.advance(2_000)
      world.simulator.act()
      world.simulator.deliver()
      world.clock.advance(500)
      try world.settle()
    }
    try world.quiet()
    try checkAll(world)
    var expected: [String: Int64] = [:]
    for (_, served) in world.simulator.served() {
      for (sku, count) in served.added where !sku.isEmpty {
        expected[sku, default: 0] += Int64(count)
      }
      for (sku, count) in served.removed where !sku.isEmpty {
        expected[sku, default: 0] -= Int64(count)
      }
    }
    var net: [String: Int64] = [:]
    for count in try world.connection.application.shop.store.counts(from: 0, until: .max / 2) {
      net[count.sku, default: 0] += count.added - count.removed
    }
    #expect(net.filter { $0.value != 0 } == expected.filter { $0.value != 0 })
  }

  @Test("Our share of the quota is never exceeded, also after restarts")
  func quota() throws {
    let world = try SimulatedWorld(seed: 3) { $0.quota = 150 }
    world.folder.write(
      "store.lua", #"return { currency = "EUR", store = { quota = "30" } }"#)
    try world.restart()
    for act in 0..<400 {
      world.clock.advance(100)
      world.simulator.act()
      world.simulator.deliver()
      try world.settle()
      if act % 50 == 49 { try world.restart() }
    }
    // Registering the hooks was asked before the share was set.
    #expect(world.simulator.statistics.mostInWindow <= 45 + 8)
    #expect(world.simulator.statistics.overQuota == 0)
  }
}
