import CartEngine
import CartModel
import CartStorage
import CartSupport

/// One shopper's visit, and what became of the cart.
struct PracticeVisit {
  let practice: Practice
  let index: Int
  let label: PracticeLabel
  let cart: String
  var random: SeededRandom
  var at: Timestamp
  private var lines: [(sku: String, quantity: Int)] = []

  init(practice: Practice, index: Int, random: SeededRandom) {
    self.practice = practice
    self.index = index
    label = PracticeLabel(index: index)
    var random = random
    _ = random.next()
    self.random = SeededRandom(seed: random.next() &+ UInt64(index) &* 7919)
    // Every eighth shopper is in the shop right now; the others are spread over the days, more in
    // the evening than at night.
    let isNow = index % 8 == 0
    let span = Int64(practice.days) * 86_400_000
    if isNow {
      at = practice.until.advanced(by: -Int64(self.random.pick(20_000...2_400_000)))
    } else {
      var offset = Int64(self.random.next() % UInt64(max(span, 1)))
      let hour = offset / 3_600_000 % 24
      if hour < 6, self.random.chance(70) { offset += 9 * 3_600_000 }
      at = practice.until.advanced(by: -max(span - offset, 7_200_000))
    }
    let key = EventKey(high: self.random.next(), low: self.random.next())
    cart = String(hexadecimal(key.bytes).prefix(16))
  }

  typealias Add = (Timestamp, String, [JSONValue.Member]) -> Void

  mutating func run(_ add: Add) { label == .human ? visit(add) : misuse(add) }

  private mutating func visit(_ add: Add) {
    let country = pickCountry()
    var shopper: [JSONValue.Member] = [
      .init("ip", .string("\(country.network).\(random.pick(1...254))")),
      .init("country", .string(country.code)),
      .init("browser", .string(random.pick(PracticeShop.browsers))),
    ]
    let name = (random.pick(PracticeShop.firstNames), random.pick(PracticeShop.lastNames))
    let number = random.pick(1...900)
    let email = "\(plain(name.0)).\(plain(name.1))\(number)@example.com"
    let isRegistered = random.chance(35)
    shopper.append(.init("type", .string(isRegistered ? "registered" : "guest")))
    if isRegistered {
      shopper += [
        .init("customer", .string(String(customer(name, number)))),
        .init("email", .string(email)),
        .init("name", .string("\(name.0) \(name.1)")),
      ]
    }
    add(
      at, "cart.created",
      [
        .init("cart", .string(cart)), .init("currency", .string("EUR")),
        .init("session", .string("s\(index + 1)-\(random.pick(1000...9999))")),
        .init("shopper", .object(shopper)),
      ])
    browse(add)
    guard !lines.isEmpty else { return }
    if !isRegistered, random.chance(45) {
      wait(10, 120)
      add(
        at, "shopper.identified",
        [
          .init("cart", .string(cart)),
          .init(
            "shopper",
            .object([
              .init("email", .string(email)), .init("name", .string("\(name.0) \(name.1)")),
            ])),
        ])
    }
    if random.chance(18) {
      wait(5, 60)
      add(
        at, "coupon.applied",
        [
          .init("cart", .string(cart)),
          .init("code", .string(random.pick(["SAVE10", "TEA5", "FREESHIP"]))),
        ])
    }
    settle(add)
  }

  private mutating func browse(_ add: Add) {
    for _ in 0..<random.pick(1...5) {
      wait(8, 180)
      let ware = pickWare()
      // Some shoppers buy for an office.
      let isOffice = index % 40 == 5
      let quantity = isOffice ? random.pick(12...24) : random.chance(75) ? 1 : random.pick(2...4)
      put(ware, quantity, add)
      if let known = lines.firstIndex(where: { $0.sku == ware.sku }) {
        lines[known].quantity += quantity
      } else {
        lines.append((ware.sku, quantity))
      }
    }
    if random.chance(25), let line = lines.last {
      wait(5, 90)
      lines[lines.count - 1].quantity = random.pick(1...3)
      add(
        at, "line.changed",
        [
          .init("cart", .string(cart)), .init("sku", .string(line.sku)),
          .init("quantity", .number(String(lines[lines.count - 1].quantity))),
        ])
    }
    if random.chance(22), !lines.isEmpty {
      wait(5, 90)
      let line = lines.remove(at: random.pick(0...lines.count - 1))
      add(
        at, "line.removed", [.init("cart", .string(cart)), .init("sku", .string(line.sku))])
    }
  }

  func put(_ ware: PracticeShop.Ware, _ quantity: Int, _ add: Add) {
    add(
      at, "line.added",
      [
        .init("cart", .string(cart)), .init("sku", .string(ware.sku)),
        .init("name", .string(ware.name)), .init("quantity", .number(String(quantity))),
        .init("price", .string(ware.price)),
        .init("image", .string("https://shop.example/i/\(ware.sku.lowercased()).jpg")),
      ])
  }

  private mutating func settle(_ add: Add) {
    guard index % 8 != 0, random.chance(34) else {
      if random.chance(6) {
        wait(30, 600)
        add(at, "cart.deleted", [.init("cart", .string(cart))])
      }
      return
    }
    wait(20, 300)
    if random.chance(8) {
      add(
        at, "payment.attempted",
        [.init("cart", .string(cart)), .init("result", .string("declined"))])
      wait(20, 200)
    }
    let order = String(100_000 + index)
    add(
      at, "cart.ordered",
      [.init("cart", .string(cart)), .init("order", .string(order))])
    if random.chance(90) {
      wait(2, 30)
      add(at, "order.paid", [.init("order", .string(order))])
    }
  }

  /// Lets a few seconds pass, but not beyond the end of the practice.
  mutating func wait(_ from: Int, _ to: Int) {
    let next = at.advanced(by: Int64(random.pick(from * 1000...to * 1000)))
    at = min(next, max(at, practice.until))
  }

  mutating func pickWare() -> PracticeShop.Ware {
    var left = random.pick(1...PracticeShop.wares.reduce(0) { $0 + $1.weight })
    for ware in PracticeShop.wares {
      left -= ware.weight
      if left <= 0 { return ware }
    }
    return PracticeShop.wares[0]
  }

  private mutating func pickCountry() -> (code: String, weight: Int, network: String) {
    var left = random.pick(1...PracticeShop.countries.reduce(0) { $0 + $1.weight })
    for country in PracticeShop.countries {
      left -= country.weight
      if left <= 0 { return country }
    }
    return PracticeShop.countries[0]
  }

  /// One number for each e-mail, as two customers never share one.
  private func customer(_ name: (first: String, last: String), _ number: Int) -> Int {
    let first = PracticeShop.firstNames.firstIndex(of: name.first) ?? 0
    let last = PracticeShop.lastNames.firstIndex(of: name.last) ?? 0
    return 1000 * (1 + first * PracticeShop.lastNames.count + last) + number
  }

  private func plain(_ name: String) -> String {
    name.lowercased().unicodeScalars.filter { ("a"..."z").contains($0) }.map(String.init).joined()
  }
}
