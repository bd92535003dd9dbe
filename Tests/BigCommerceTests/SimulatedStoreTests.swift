import CartEngine
import CartModel
import CartSupport
import HTTPClient
import HTTPServing
import StoreSimulator
import Synchronization
import Testing

@testable import BigCommerce

/// Requests to a simulated store, without a network.
private final class SimulatedTransport: HTTPTransport {
  private let simulator: StoreSimulator

  init(_ simulator: StoreSimulator) { self.simulator = simulator }

  func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
    let target = "/" + (request.url.split(separator: "/", maxSplits: 2).last ?? "")
    let parts = target.split(separator: "?", maxSplits: 1)
    let own = HTTPServerRequest(
      request.method, String(parts[0]), query: parts.count > 1 ? String(parts[1]) : "",
      headers: request.headers, body: request.body ?? [])
    guard let answer = simulator.answer(own) else { throw HTTPError(.lost, "connection lost") }
    return HTTPResponse(answer.status, headers: answer.headers, body: answer.body)
  }
}

/// A simulated store with our client of it.
private final class SimulatedAccount: Sendable {
  let simulator: StoreSimulator
  let client: StoreClient
  let storefront: BigCommerceStorefront

  init(seed: UInt64, _ change: (inout SimulatorConfiguration) -> Void = { _ in }) throws {
    var configuration = SimulatorConfiguration(seed: seed)
    configuration.quota = 1_000_000
    change(&configuration)
    let time = Time()
    let simulator = StoreSimulator(configuration) { time.now.withLock { $0 } }
    let access = try StoreAccess(
      hash: configuration.storeHash, token: configuration.token, base: "http://127.0.0.1:1")
    client = StoreClient(
      access, try Quota(share: 90), now: { Timestamp(milliseconds: time.now.withLock { $0 }) },
      transport: { SimulatedTransport(simulator) })
    storefront = BigCommerceStorefront(
      client, currency: { Currency(code: $0, decimals: $0 == "JPY" ? 0 : 2) },
      lastUpdate: { _ in Timestamp(milliseconds: time.now.withLock { $0 }) })
    (self.simulator, self.time) = (simulator, time)
  }

  private final class Time: Sendable { let now = Mutex<Int64>(1_764_600_000_000) }
  private let time: Time

  func pass(_ milliseconds: Int64) { time.now.withLock { $0 += milliseconds } }

  func act(_ count: Int) {
    for _ in 0..<count {
      pass(1_000)
      simulator.act()
    }
  }
}

struct SimulatedStoreTests {
  @Test("Carts are read as a store has them, line by line and cent by cent")
  func carts() throws {
    let account = try SimulatedAccount(seed: 7) { $0.faults.missingSKU = 15 }
    account.act(1_500)
    let carts = account.simulator.carts()
    #expect(carts.count > 100)
    for cart in carts {
      guard case .cart(let seen) = try account.storefront.look(cart.id, isGone: false) else {
        Issue.record("cart \(cart.id) is gone")
        continue
      }
      #expect(seen.version == Int64(cart.version))
      #expect(seen.coupons.count == cart.coupons.count)
      #expect(seen.shopper[.email] ?? "" == cart.email)
      let lines = seen.lines.sorted { $0.id < $1.id }
      let own = cart.lines.sorted { $0.id < $1.id }
      #expect(lines.map(\.id) == own.map(\.id))
      #expect(lines.map(\.quantity) == own.map { Int64($0.quantity) })
      #expect(lines.map(\.sku) == own.map(\.sku))
      #expect(lines.map(\.facts.isMutable) == own.map(\.isMutable))
      #expect(lines.map { $0.facts.parent } == own.map { $0.parent ?? "" })
      for (line, own) in zip(lines, own) {
        #expect(try line.price == UnitPrice(rounding: own.listPrice))
      }
      #expect(try seen.totals.total == UnitPrice(rounding: cart.totals.grand))
      #expect(try seen.totals.tax == UnitPrice(rounding: cart.totals.tax))
      try balances(seen)
    }
    #expect(account.simulator.statistics.violations == [])
  }

  /// The figures of the page add up to the total.
  private func balances(_ seen: SeenCart) throws {
    func money(_ price: UnitPrice?) throws -> Int64 {
      try (price ?? .zero).amount(1, seen.currency).minor
    }
    let totals = seen.totals
    let isIncluded = seen.currency.code != "USD"
    var sum = try money(totals.subtotal) + money(totals.shipping) + money(totals.fees)
    sum += try money(totals.handling) - money(totals.discount)
    if !isIncluded { sum += try money(totals.tax) }
    let difference = try sum - money(totals.total)
    #expect(difference.magnitude <= 2, "cart \(seen.binding.storeID): \(difference)")
  }

  @Test("What became of a cart is found")
  func fates() throws {
    let account = try SimulatedAccount(seed: 8)
    account.act(1_500)
    account.pass(3_600_000)
    var ordered = 0
    for (id, fate) in account.simulator.fates() {
      let seen = try account.storefront.look(id, isGone: true)
      if case .ordered(let number) = fate {
        ordered += 1
        guard case .gone(.ordered(let found, _)) = seen else {
          Issue.record("cart \(id) is no order: \(seen)")
          continue
        }
        #expect(found == String(number))
      } else {
        #expect(seen == .gone(.deleted))
      }
    }
    #expect(ordered > 20)
    #expect(account.simulator.statistics.violations == [])
  }

  @Test("Orders, products and customers are read whole, a page at a time")
  func records() throws {
    let account = try SimulatedAccount(seed: 9)
    account.act(2_500)
    let dollars = Currency(code: "USD", decimals: 2)
    let records = BigCommerceRecords(
      account.client, usual: try #require(dollars),
      currency: { Currency(code: $0, decimals: $0 == "JPY" ? 0 : 2) })
    var (orders, page): ([String: SeenOrder], Int64?) = ([:], 1)
    while let next = page {
      let found = try records.orders(changedSince: Timestamp(milliseconds: 0), page: next)
      #expect(found.leftOut == 0)
      for order in found.records { orders[order.id] = order }
      page = found.next
    }
    let own = account.simulator.orders()
    #expect(own.count > 50)
    #expect(Set(orders.keys) == Set(own.map { String($0.id) }))
    for order in own {
      let seen = try #require(orders[String(order.id)])
      #expect(seen.cart == order.cart)
      #expect(try seen.total == UnitPrice(rounding: order.total))
    }
    let products = try records.products(changedSince: nil, page: 1)
    let skus = account.simulator.products().map(\.sku).filter { !$0.isEmpty }
    #expect(Set(products.records.map(\.sku)) == Set(skus))
    let customers = try records.customers(changedSince: nil, page: 1)
    #expect(customers.records.count == account.simulator.configuration.customers)
    #expect(account.simulator.statistics.violations == [])
  }

  @Test("A store's account is asked within its specification")
  func account() throws {
    let account = try SimulatedAccount(seed: 10)
    let store = StoreAccount(account.client)
    #expect(try store.information().name == "Simulated store")
    #expect(try store.currencies().count == 3)
    #expect(try store.channels().count == 2)
    #expect(try store.sendsReminders())
    #expect(try store.permissions().filter { $0.1 != .granted }.map(\.scope) == [])
    let hooks = StoreHooks(account.client)
    let address = "https://shop.example.com/hooks/bigcommerce"
    #expect(try hooks.register(address, secret: "s").allSatisfy { $0.1 == .created })
    #expect(try hooks.register(address, secret: "s").allSatisfy { $0.1 == .kept })
    account.simulator.deactivateHooks()
    #expect(try hooks.register(address, secret: "t").allSatisfy { $0.1 == .revived })
    #expect(try hooks.remove(address) == StoreHooks.scopes.count)
    let script = BeaconScript(account.client)
    let source = "https://shop.example.com/beacon.js"
    #expect(try script.register(source, consent: .analytics) == .created)
    #expect(try script.register(source, consent: .analytics) == .kept)
    #expect(account.simulator.statistics.violations == [])
  }
}
