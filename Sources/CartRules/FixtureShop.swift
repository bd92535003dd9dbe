import CartEngine
import CartModel
import CartScripting
import CartStore

/// A shop of a test: the carts of a fixture, in memory, at a fixed moment.
final class FixtureShop {
  private final class Clock {
    var now: Timestamp

    init(_ now: Timestamp) { self.now = now }
  }

  let handler: CommandHandler
  private let clock: Clock
  private let now: Timestamp

  init(_ settings: StoreSettings, now: Timestamp) throws {
    self.now = now
    let clock = Clock(now)
    var random = SeededRandom(seed: 1)
    let store = try CartStore(path: ":memory:", random: { random.next() })
    let shop = try Shop(
      store: store, settings: settings, clock: { clock.now }, random: { random.next() })
    self.clock = clock
    handler = CommandHandler(shop, actor: .shopper, consent: .given)
  }

  /// Makes the carts of a fixture, those before it first.
  ///
  /// - Returns: the key of the cart that is judged.
  func make(_ fixture: JSONValue) throws -> Int64 {
    if case .array(let before)? = fixture["before"] {
      let moments = try before.map { (fixture: $0, at: try moment($0, "5m")) }
      for item in moments.sorted(by: { $0.at < $1.at }) {
        let times = Int(item.fixture["times"]?.scalar ?? "1") ?? 1
        guard (1...1000).contains(times) else {
          throw EngineError(.malformed, "fixture: times: expected 1 … 1000, got \(times)")
        }
        for _ in 0..<times { _ = try cart(item.fixture, at: item.at) }
      }
    }
    let key = try cart(fixture, at: try moment(fixture, "0s"))
    clock.now = now
    handler.begin("judge")
    return key
  }

  private func moment(_ fixture: JSONValue, _ usual: String) throws -> Timestamp {
    now.advanced(by: -(try Span(fixture["ago"]?.scalar ?? usual)).milliseconds)
  }

  private static let known = [
    "ip", "email", "country", "session", "browser", "customer", "name", "company", "phone",
    "group", "quantity", "subtotal",
    "lines", "declined", "card", "ordered", "ago", "times", "before", "currency",
  ]

  private func cart(_ fixture: JSONValue, at time: Timestamp) throws -> Int64 {
    guard case .object(let members) = fixture else {
      throw EngineError(.malformed, "fixture: expected a table with names")
    }
    for member in members where !Self.known.contains(member.key) {
      throw EngineError(
        .malformed,
        "fixture: no key \(quoted(member.key))\(didYouMean(member.key, among: Self.known))")
    }
    clock.now = time
    handler.begin("fixture")
    var fields: [ShopperField: String] = [:]
    for key in [
      "ip", "email", "country", "session", "browser", "name", "company", "phone", "group",
    ] {
      if let field = ShopperField.byKey[key], let text = fixture[key]?.scalar {
        fields[field] = text
      }
    }
    if let customer = fixture["customer"]?.scalar { fields[.customer] = customer }
    let currency = fixture["currency"]?.scalar.flatMap { Currency(code: $0) }
    let key = try handler.create(currency: currency, fields).key
    for line in try lines(fixture) { try handler.execute(.add(line), on: key) }
    for attempt in 0..<(Int(fixture["declined"]?.scalar ?? "0") ?? 0) {
      try handler.execute(
        .attemptPayment(
          result: "declined", card: fixture["card"]?.scalar ?? "card-\(attempt)"), on: key)
    }
    if fixture["ordered"] == .bool(true) {
      if try handler.cart(key)?.lines.isEmpty == true {
        try handler.execute(
          .add(Line(sku: "FIXTURE", quantity: 1, price: try UnitPrice("10"))), on: key)
      }
      try handler.execute(.order(.init(id: "")), on: key)
    }
    let name = try handler.cart(key)?.id ?? ""
    _ = try handler.finish()
    return try handler.key(named: name) ?? key
  }

  private func lines(_ fixture: JSONValue) throws -> [Line] {
    guard case .array(let items)? = fixture["lines"] else {
      guard fixture["quantity"] != nil || fixture["subtotal"] != nil else { return [] }
      let quantity = Int64(fixture["quantity"]?.scalar ?? "1") ?? 1
      guard quantity > 0 else { return [] }
      // A sum that is given is one piece's price beside the others, which cost nothing.
      if let subtotal = fixture["subtotal"]?.scalar {
        let dear = Line(sku: "FIXTURE", quantity: 1, price: try UnitPrice(subtotal))
        guard quantity > 1 else { return [dear] }
        return [dear, Line(sku: "FREE", quantity: quantity - 1, price: try UnitPrice("0"))]
      }
      return [Line(sku: "FIXTURE", quantity: quantity, price: try UnitPrice("10"))]
    }
    return try items.map { item in
      guard let sku = item["sku"]?.scalar else {
        throw EngineError(.malformed, "fixture: lines: expected {sku=, quantity=, price=}")
      }
      return Line(
        sku: sku, quantity: Int64(item["quantity"]?.scalar ?? "1") ?? 1,
        price: try UnitPrice(item["price"]?.scalar ?? "10"))
    }
  }
}
