import CartEngine
import CartModel
import CartStorage
import CartSupport

/// Visits of those who do not come to buy.
///
/// None of them can be told by one fact alone: some bots name an ordinary browser, and some people buy
/// a dozen of a thing.
extension PracticeVisit {
  mutating func misuse(_ add: Add) {
    switch label {
    case .human: break
    case .bot: scrape(add)
    case .cardTester: testCards(add)
    case .hoarder: hoard(add)
    case .staff: tryOut(add)
    }
  }

  private func create(
    ip: String, country: String, browser: String, email: String = "", type: String = "guest",
    _ add: Add
  ) {
    var shopper: [JSONValue.Member] = [
      .init("ip", .string(ip)), .init("country", .string(country)),
      .init("browser", .string(browser)), .init("type", .string(type)),
    ]
    if !email.isEmpty { shopper.append(.init("email", .string(email))) }
    add(
      at, "cart.created",
      [
        .init("cart", .string(cart)), .init("currency", .string("EUR")),
        .init("session", .string("s\(index + 1)-x")), .init("shopper", .object(shopper)),
      ])
  }

  private mutating func scrape(_ add: Add) {
    let browser =
      random.chance(70) ? random.pick(PracticeShop.bots) : random.pick(PracticeShop.browsers)
    create(ip: "198.18.0.\(random.pick(1...9))", country: "US", browser: browser, add)
    for _ in 0..<random.pick(0...4) {
      wait(1, 2)
      put(pickWare(), 1, add)
    }
  }

  /// Six share an address and an hour.
  private mutating func testCards(_ add: Add) {
    let (group, place) = (index / 240, index % 240 / 40)
    var shared = SeededRandom(seed: practice.seed &+ UInt64(group) &* 104_729)
    let ip = "192.0.2.\(shared.pick(1...254))"
    let span = max(Int(practice.days) * 86_400_000 - 7_200_000, 1)
    at = practice.until.advanced(by: -Int64(shared.pick(3_600_000...max(span, 3_600_000))))
    at = at.advanced(by: Int64(place * 90_000 + random.pick(0...30_000)))
    let mail = "\(hexadecimal(EventKey(high: random.next(), low: 0).bytes).prefix(10))"
    create(
      ip: ip, country: shared.pick(["US", "PL", "NL"]), browser: random.pick(PracticeShop.browsers),
      email: mail + "@" + random.pick(["mailinator.com", "guerrillamail.com", "example.com"]), add)
    wait(2, 9)
    put(PracticeShop.wares[10], 1, add)
    for attempt in 0..<random.pick(2...4) {
      wait(3, 15)
      add(
        at, "payment.attempted",
        [
          .init("cart", .string(cart)), .init("result", .string("declined")),
          .init("card", .string("card-\(index)-\(attempt)")),
        ])
    }
    guard random.chance(25) else { return }
    wait(3, 15)
    let order = String(100_000 + index)
    add(at, "cart.ordered", [.init("cart", .string(cart)), .init("order", .string(order))])
    wait(600, 3_000)
    add(at, "order.cancelled", [.init("order", .string(order))])
  }

  private mutating func hoard(_ add: Add) {
    create(
      ip: "203.0.113.\(random.pick(1...254))", country: "DE",
      browser: random.pick(PracticeShop.browsers),
      email: "kaufmich\(index)@example.com", add)
    wait(4, 30)
    let ware = random.pick(PracticeShop.wares.filter { $0.weight <= 4 })
    put(ware, random.chance(80) ? random.pick(25...60) : random.pick(9...15), add)
    guard random.chance(15) else { return }
    wait(20, 200)
    let order = String(100_000 + index)
    add(at, "cart.ordered", [.init("cart", .string(cart)), .init("order", .string(order))])
  }

  private mutating func tryOut(_ add: Add) {
    create(
      ip: "198.51.100.250", country: "DE", browser: random.pick(PracticeShop.browsers),
      email: "test\(random.pick(1...3))@shop.example", type: "registered", add)
    for _ in 0..<random.pick(1...3) {
      wait(5, 60)
      put(pickWare(), random.pick(1...99), add)
    }
  }
}
