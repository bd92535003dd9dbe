import CartEngine
import CartModel
import CartScripting
import CartStorage
import CartStoreMemory
import CartSupport

/// A shop of a test: the carts of a fixture, in memory, at a fixed moment.
///
/// It knows nothing of the shop that the rules are of: settings are the fixture's, else the defaults of
/// `store.lua`.
final class FixtureShop {
  private final class Clock {
    var now: Timestamp

    init(_ now: Timestamp) { self.now = now }
  }

  let handler: CommandHandler
  private let clock: Clock
  private var now: Timestamp

  /// An empty one.
  init(_ settings: StoreSettings = StoreSettings(), now: Timestamp) throws {
    self.now = now
    let clock = Clock(now)
    var random = SeededRandom(seed: 1)
    let store = try MemoryStorageFactory().open(.scratch, random: { random.next() })
    let shop = try Shop(
      store: store, settings: settings, clock: { clock.now }, random: { random.next() })
    self.clock = clock
    handler = CommandHandler(shop, actor: .shopper, consent: .given)
  }

  /// A fixture's shop, and the key of the cart that is judged in it.
  ///
  /// - Parameters:
  ///   - now: the clock of a fixture that has none.
  ///   - shouldStop: ends making it.
  /// - Throws: `malformed` for what is no fixture, `interrupted`.
  static func make(_ fixture: JSONValue, now: Timestamp, shouldStop: (() -> Bool)? = nil) throws
    -> (shop: FixtureShop, cart: Int64)
  {
    let fixture = try FixtureCart(fixture)
    let shop = try FixtureShop(fixture.settings ?? StoreSettings(), now: now)
    if let text = fixture.now {
      shop.now = try FilterParser(zone: shop.handler.shop.zone, now: now).time(text)
    }
    return (shop, try shop.make(fixture, shouldStop))
  }

  /// Makes the carts of a fixture, those before it first.
  private func make(_ fixture: FixtureCart, _ shouldStop: (() -> Bool)?) throws -> Int64 {
    for item in fixture.before.sorted(by: { $0.ago > $1.ago }) {
      for _ in 0..<item.times {
        if shouldStop?() == true { throw EngineError(.interrupted, "interrupted") }
        _ = try cart(item)
      }
    }
    let key = try cart(fixture)
    clock.now = now
    _ = handler.begin("judge")
    return key
  }

  private func cart(_ fixture: FixtureCart) throws -> Int64 {
    clock.now = now.advanced(by: -fixture.ago)
    let run = handler.begin("fixture")
    let currency = fixture.currency.flatMap { handler.shop.settings.currency($0.code) }
    let key = try run.create(currency: currency, fixture.fields).key
    if !fixture.attributes.isEmpty {
      try run.execute(.setAttributes(fixture.attributes), on: key)
    }
    for line in fixture.lines { try run.execute(.add(line.unidentified), on: key) }
    for code in fixture.coupons { try run.execute(.applyCoupon(code), on: key) }
    for attempt in 0..<fixture.declined.count {
      let card = fixture.declined.card.isEmpty ? "card-\(attempt)" : fixture.declined.card
      try run.execute(
        .declare(
          .payment(.init(result: "declined", code: fixture.declined.code, card: card))), on: key)
    }
    if fixture.isOrdered {
      if fixture.lines.isEmpty {
        try run.execute(
          .add(Line(sku: "FIXTURE", quantity: 1, price: try UnitPrice("10"))), on: key)
      }
      try run.execute(.order(.init(id: "")), on: key)
    }
    let name = try handler.reader.cart(key)?.id ?? ""
    _ = try run.finish()
    return try handler.reader.key(named: name) ?? key
  }
}
