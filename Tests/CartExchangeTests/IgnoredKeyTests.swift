import CartEngine
import CartModel
import CartPractice
import CartTesting
import Testing

/// What a file has and an import does not keep is named once, with its count.
struct IgnoredKeyTests {
  private func take(_ lines: String) throws -> (ImportReport, [Reject], TestShop) {
    let test = try TestShop()
    let (report, rejects) = try test.take(lines)
    return (report, rejects, test)
  }

  @Test func unknownKeysAreNamedOnceWithTheirCount() throws {
    let (report, rejects, _) = try take(
      """
      {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"c1","foo":1,"shopper":{"emial":"x"}}
      {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"c1","sku":"A","quantity":1,"price":"1","foo":{"a":1},"curency":"EUR"}
      {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"c1","sku":"A","quantity":0,"price":"1","foo":2}
      {"type":"address.set","at":"2026-11-01T07:00:02Z","cart":"c1","shipping":{"stret1":"x"},"billing":{"zzzzzz":null}}
      {"type":"line.changed","at":"2026-11-01T07:00:02Z","cart":"c1","sku":"A","quantity":2,"price":"3"}
      {"type":"cart.ordered","at":"2026-11-01T07:00:03Z","cart":"c1","lines":[{"sku":"A","quantity":1,"price":"1","gift":1},{"sku":"A","quantity":1,"price":"1","gift":2}]}
      """)
    #expect(rejects.count == 1)
    #expect(
      report.ignored.keys.map(\.text) == [
        "unknown key 'foo': ignored in 2 events (cart.created, line.added)",
        "unknown key 'billing.zzzzzz': ignored in 1 event (address.set)",
        "unknown key 'curency': ignored in 1 event (line.added); did you mean 'currency'?",
        "unknown key 'lines.gift': ignored in 1 event (cart.ordered)",
        "unknown key 'price': ignored in 1 event (line.changed)",
        "unknown key 'shipping.stret1': ignored in 1 event (address.set); did you mean "
          + "'shipping.street1'?",
        "unknown key 'shopper.emial': ignored in 1 event (cart.created); did you mean "
          + "'shopper.email'?",
      ])
  }

  /// A store's line may have no SKU where its product, or its kind, says what it is.
  @Test func aLineWithoutASKUNamesItsProduct() throws {
    let add =
      #"{"type":"line.added","at":"2026-11-01T07:00:00Z","cart":"c1","quantity":1,"#
      + #""price":"1""#
    let (report, rejects, test) = try take(
      """
      \(add),"product":77}
      \(add)}
      \(add),"product":77,"sku":"A","kind":"physical"}
      \(add),"kind":"gift_certificate","name":"Voucher"}
      \(add),"kind":"voucher","sku":"B"}
      """)
    #expect(
      rejects.map(\.reason) == [
        "missing field 'sku' or 'product'",
        "kind: expected physical, digital, gift_certificate or custom, got 'voucher'",
      ])
    #expect(report.ignored.keys.isEmpty)
    let handler = test.handler()
    let cart = try #require(try handler.cart(try handler.find("c1")))
    #expect(cart.lines.map(\.id) == ["product-77", "A", "gift_certificate"])
    #expect(cart.lines.map(\.sku) == ["", "A", ""])
    #expect(cart.lines.map(\.facts.product) == ["77", "77", ""])
  }

  /// A key beyond the 64th of an object is found as well.
  @Test func keysOfLargeObjectsAreFound() throws {
    let many = (1...100).map { #""k\#($0)":1"# }.joined(separator: ",")
    let (report, rejects, _) = try take(
      #"{"type":"cart.created",\#(many),"at":"2026-11-01T07:00:00Z","cart":"c1","k":2}"#)
    #expect(rejects.isEmpty && report.ignored.keys.count == 101)
    #expect(report.ignored.keys.allSatisfy { $0.events == 1 })
  }

  /// Names of a million keys do not fill the memory.
  @Test func soManyKeysAreToldApart() throws {
    let lines = (1...20).map { line in
      let many = (1...100).map { #""k\#(line)_\#($0)":1"# }.joined(separator: ",")
      return #"{"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"c\#(line)",\#(many)}"#
    }
    let (report, _, _) = try take(lines.joined(separator: "\n"))
    #expect(report.ignored.keys.count == 1000 && report.ignored.others == 1000)
  }

  /// What `export events` writes is read again whole.
  @Test(arguments: [1, 2] as [UInt64])
  func anExportHasNoUnknownKey(seed: UInt64) throws {
    let source = try TestShop(seed: seed)
    var practice = Practice(until: TestShop.start)
    practice.carts = 40
    practice.seed = seed
    _ = try practice.fill(source.shop)
    let handler = source.handler()
    try operation(handler) {
      try handler.add(.init(.email, "*@c.de"), to: .blacklist)
      try handler.execute(.note(Note(at: handler.now, by: "staff:anna", text: "rang")), on: 1)
    }
    let (report, rejects) = try TestShop(seed: seed + 9).take(try source.exported())
    #expect(rejects == [] && report.ignored.keys.map(\.text) == [])
  }

  @Test func eventsAfterNowAreCounted() throws {
    let (report, rejects, test) = try take(
      """
      {"type":"cart.created","at":"2026-11-01T08:05:00Z","cart":"c1"}
      {"type":"cart.created","at":"2026-11-01T08:05:00.001Z","cart":"c2"}
      {"type":"cart.created","at":"2031-01-01T00:00:00Z","cart":"c3"}
      {"type":"cart.created","at":"2030-01-01T00:00:00Z","cart":"c4"}
      {"type":"cart.deleted","at":"2032-01-01T00:00:00Z","cart":"c5"}
      """)
    #expect(rejects.count == 1 && report.total == 4)
    #expect(
      report.ahead.text == "3 events are dated after now, the latest 2031-01-01T00:00:00.000Z")
    #expect(try test.shop.check().problems == [])
  }

  @Test("The total of a cancelled order is named as ignored")
  func cancelledTotal() throws {
    let at = #""at":"2026-11-01T07:00:00Z""#
    let (report, rejects, _) = try take(
      """
      {"type":"line.added",\(at),"cart":"c1","line":"l1","sku":"A","quantity":1,"price":"1"}
      {"type":"cart.ordered",\(at),"cart":"c1","order":"9"}
      {"type":"order.cancelled",\(at),"order":"9","total":"0.50"}
      """)
    #expect(report.total == 3 && rejects.isEmpty)
    #expect(
      report.ignored.keys.map(\.text) == [
        "unknown key 'total': ignored in 1 event (order.cancelled)"
      ])
  }
}
