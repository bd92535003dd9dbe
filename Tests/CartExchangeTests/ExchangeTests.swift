import CartEngine
import CartModel
import CartPractice
import CartStorage
import CartSupport
import CartTesting
import Testing

struct ExchangeTests {
  /// Lines of a file, and why each is rejected; empty for those that are imported.
  private static let lines: [(line: String, reason: String)] = [
    ("nonsense", "not JSON: expected a value at byte 1, got 'n'"),
    (#"{"type":"x.y","at":"2026-11-01T07:00:00Z"}"#, "unknown type 'x.y'"),
    (#"{"at":"2026-11-01T07:00:00Z"}"#, "missing field 'type'"),
    (#"{"type":"cart.created","cart":"c1"}"#, "missing field 'at'"),
    (#"{"type":"cart.created","at":"2026-11-01T07:00:00Z"}"#, "missing field 'cart'"),
    (
      #"{"type":"cart.created","at":"today","cart":"c1"}"#,
      "time: expected ISO 8601 as 2026-11-01T08:00:00.000Z, got 'today'"
    ),
    (
      #"{"type":"line.added","at":"2026-11-01T07:00:00Z","cart":"c1","sku":"A","price":"1"}"#,
      "missing field 'quantity'"
    ),
    (
      #"{"type":"line.added","at":"2026-11-01T07:00:00Z","cart":"c1","sku":"A","quantity":0,"price":"1"}"#,
      "quantity: expected a positive whole number, got '0'"
    ),
    (
      #"{"type":"line.added","at":"2026-11-01T07:00:00Z","cart":"c1","sku":"A","quantity":1.5,"price":"1"}"#,
      "quantity: expected a positive whole number, got '1.5'"
    ),
    (
      #"{"type":"line.added","at":"2026-11-01T07:00:00Z","cart":"c1","sku":"A","quantity":1,"price":"1,5"}"#,
      "price: expected a decimal, not negative, with at most 12 decimals, got '1,5'"
    ),
    (
      #"{"type":"line.removed","at":"2026-11-01T07:00:00Z","cart":"zz","sku":"A"}"#,
      "cart 'zz': unknown"
    ),
    (
      #"{"type":"line.added","at":"2026-11-01T07:00:00Z","cart":"ok","sku":"A","quantity":1,"price":"1"}"#,
      ""
    ),
    (
      #"{"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"ok","sku":"A","quantity":1,"price":"1","currency":"USD"}"#,
      "currency: the cart's is EUR, got USD"
    ),
    (
      #"{"type":"line.removed","at":"2026-11-01T07:00:01Z","cart":"ok","sku":"B"}"#,
      "line 'B': not in the cart ok; it has A"
    ),
    (
      #"{"type":"line.added","at":"2026-11-01T06:00:00Z","cart":"ok","sku":"A","quantity":1,"price":"1"}"#,
      "at: 2026-11-01T06:00:00.000Z is before the cart's last event, 2026-11-01T07:00:00.000Z"
    ),
    (#"{"type":"cart.deleted","at":"2026-11-01T07:00:02Z","cart":"ok"}"#, ""),
    (
      #"{"type":"line.added","at":"2026-11-01T07:00:03Z","cart":"ok","sku":"A","quantity":1,"price":"1"}"#,
      "cart ok: is deleted and cannot be changed; restore it first"
    ),
    (#"{"type":"order.paid","at":"2026-11-01T07:00:03Z","order":"9"}"#, "order '9': unknown"),
    (
      #"{"type":"cart.created","at":"2026-11-01T07:00:03Z","cart":"ok"}"#,
      "cart ok: exists already"
    ),
    (#"[1]"#, "expected an object, got a list"),
    (
      #"{"type":"cart.created","at":"2026-11-01T07:00:03Z","cart":"c9","shopper":{"country":"UK"}}"#,
      "country: expected two capital letters of ISO 3166-1, got 'UK'; did you mean 'GB'?"
    ),
  ]

  @Test func everyRejectNamesItsLineAndReason() throws {
    let test = try TestShop()
    let (report, rejects) = try test.take(Self.lines.map(\.line).joined(separator: "\n"))
    let expected = Self.lines.enumerated().filter { !$0.element.reason.isEmpty }
    #expect(rejects.map(\.line) == expected.map { $0.offset + 1 })
    for (reject, entry) in zip(rejects, expected) { #expect(reject.reason == entry.element.reason) }
    #expect(report.imported == ["line.added": 1, "cart.deleted": 1])
    #expect(try test.shop.check().problems == [])
  }

  @Test func importingTwiceAddsNothingAndTrueRepeatsCount() throws {
    let test = try TestShop()
    let add =
      #"{"type":"line.added","at":"2026-11-01T07:00:00Z","cart":"c1","sku":"A","quantity":1,"price":"1"}"#
    let named =
      #"{"type":"line.added","at":"2026-11-01T07:00:00Z","cart":"c1","sku":"A","quantity":1,"price":"1","id":"e7"}"#
    let file = [add, add, named, add, named].joined(separator: "\n")
    let (first, _) = try test.take(file)
    #expect(first.total == 4 && first.known == 1)
    let (second, _) = try test.take(file)
    #expect(second.total == 0 && second.known == 5 && second.operation == nil)
    // One more of the same line is a new event.
    let (third, _) = try test.take(file + "\n" + add)
    #expect(third.total == 1)
    #expect(try test.shop.store.cart(1)?.quantity == 5)
    #expect(try test.shop.check().problems == [])
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func anExportImportedIntoAnEmptyStoreGivesTheSameExport(seed: UInt64) throws {
    let source = try TestShop(seed: seed)
    var practice = Practice(until: TestShop.start)
    practice.carts = 60
    practice.seed = seed
    _ = try practice.fill(source.shop)
    let handler = source.handler()
    var carts = RandomCarts(seed: seed)
    var numbers: [Int64] = []
    for key in 1...50 {
      source.clock.advance(1000)
      let number = try operation(handler) {
        try handler.run.note(reason: "phone, \(key)")
        for _ in 0..<3 {
          let cart = try #require(try handler.cart(Int64(key)))
          _ = try? handler.execute(carts.command(for: cart), on: Int64(key))
        }
      }
      if let number { numbers.append(number) }
    }
    for number in numbers where number % 2 == 0 {
      source.clock.advance(1000)
      _ = try takeBack(handler, number)
    }
    for number in numbers where number % 4 == 0 {
      source.clock.advance(1000)
      _ = try takeBack(handler, number, redo: true)
    }
    #expect(try source.shop.check().problems == [])
    let export = try source.exported()
    let copy = try TestShop(seed: seed + 100)
    let (_, rejects) = try copy.take(export)
    #expect(rejects == [])
    #expect(try copy.exported() == export)
    #expect(try copy.shop.check().problems == [])
    // And what it means is the same too.
    try source.shop.store.forEachCart { cart in
      let key = try #require(try copy.shop.store.key(named: cart.id))
      #expect(try copy.shop.store.cart(key)?.hasSameContent(as: cart) == true)
    }
    #expect(
      try copy.shop.store.counts(from: .min, until: .max)
        == source.shop.store.counts(from: .min, until: .max))
    // Into itself, an export changes nothing.
    let (again, _) = try source.take(export)
    #expect(again.total == 0 && again.rejects == 0)
  }

  @Test func practiceGivesTheSameContentForTheSameArguments() throws {
    func export(_ seed: UInt64) throws -> String {
      let test = try TestShop(seed: 1)
      var practice = Practice(until: TestShop.start)
      practice.carts = 80
      practice.seed = seed
      let report = try practice.fill(test.shop)
      #expect(report.rejects == 0)
      #expect(try test.shop.check().problems == [])
      return try test.exported()
    }
    let first = try export(4)
    #expect(try export(4) == first)
    #expect(try export(5) != first)
  }

  @Test func practiceRefusesADatabaseWithOtherEvents() throws {
    let test = try TestShop()
    try test.take(TestShop.products)
    #expect(throws: EngineError.self) { try Practice(until: TestShop.start).fill(test.shop) }
  }
}
