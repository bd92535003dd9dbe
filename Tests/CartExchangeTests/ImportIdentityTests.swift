import CartEngine
import CartModel
import CartStorage
import CartTesting
import Testing

/// Who an event and a line are, over files and databases.
struct ImportIdentityTests {
  @Test func anOrderOfAHeldCartKeepsItsIdAndSurvivesExportAndImport() throws {
    let source = try TestShop()
    let file = """
      {"type":"line.added","at":"2026-11-22T02:33:14.887Z","cart":"cart2","sku":"A","quantity":1,"price":"3.95"}
      {"type":"cart.held","at":"2026-11-22T02:33:26.360Z","cart":"cart2"}
      {"type":"cart.ordered","at":"2026-11-22T02:33:56.369Z","cart":"cart2","order":"100017","id":"shop-evt-7"}
      {"type":"order.paid","at":"2026-11-22T03:17:20.604Z","order":"100017","total":"3.95"}
      """
    let (_, rejects) = try source.take(file)
    #expect(rejects == [])
    let export = try source.exported()
    let lines = export.split(separator: "\n")
    #expect(lines.count == 6)
    #expect(
      lines.filter { $0.contains(#""id":"shop-evt-7""#) }.map { $0.contains("cart.ordered") }
        == [true])
    let copy = try TestShop(seed: 5)
    let (report, refused) = try copy.take(export)
    #expect(refused == [] && report.known == 0 && report.total == 6)
    #expect(try copy.exported() == export)
    let key = try #require(try copy.shop.store.key(order: "100017"))
    let cart = try #require(try copy.shop.store.cart(key))
    #expect(cart.order?.state == .paid && cart.flags == ["held"])
    #expect(try copy.shop.check().problems == [])
    // Again into the shop that it came from.
    let (second, _) = try source.take(file)
    #expect(second.total == 0 && second.known == 4)
  }

  @Test func anEmptyLineIsAMissingOne() throws {
    let test = try TestShop()
    let (_, rejects) = try test.take(
      """
      {"type":"line.added","at":"2026-11-22T03:48:02.687Z","cart":"cart1","line":"","sku":"TEA","quantity":3,"price":"8.40"}
      {"type":"line.added","at":"2026-11-22T03:52:47.491Z","cart":"cart1","line":"TEA","sku":"TEA","quantity":1,"price":"8.40"}
      {"type":"line.added","at":"2026-11-22T03:52:48.000Z","cart":"cart1","line":"l2","sku":"MUG","quantity":1,"price":"1"}
      {"type":"line.changed","at":"2026-11-22T03:52:49.000Z","cart":"cart1","line":"","sku":"MUG","quantity":5}
      {"type":"line.removed","at":"2026-11-22T03:52:50.000Z","cart":"cart1","line":"","sku":"TEA"}
      {"type":"line.removed","at":"2026-11-22T03:52:51.000Z","cart":"cart1","line":"","sku":""}
      """)
    #expect(rejects.map(\.reason) == ["missing field 'line' or 'sku'"])
    let cart = try #require(try test.shop.store.cart(1))
    #expect(cart.lines.map(\.id) == ["l2"] && cart.quantity == 5)
    #expect(try test.shop.check().problems == [])
  }
}

extension ImportIdentityTests {
  @Test func whatWasRejectedIsRejectedAgain() throws {
    let test = try TestShop()
    let file = """
      {"type":"cart.deleted","at":"2026-11-01T00:00:00.000Z","cart":"cb02"}
      {"type":"line.added","at":"2026-11-01T00:00:00.000Z","cart":"cb02","sku":"A","quantity":1,"price":"1.00"}
      {"type":"cart.held","at":"2026-11-01T00:00:09.000Z","cart":"cb03","id":"e1"}
      {"type":"line.added","at":"2026-11-01T00:00:00.000Z","cart":"cb03","sku":"A","quantity":1,"price":"1.00"}
      {"type":"entry.removed","at":"2026-11-01T00:00:00.000Z","list":"blacklist","ip":"203.0.113.9"}
      {"type":"entry.added","at":"2026-11-01T00:00:00.000Z","list":"blacklist","ip":"203.0.113.9"}
      """
    let (first, rejects) = try test.take(file)
    #expect(first.total == 3 && rejects.map(\.line) == [1, 3, 5])
    let export = try test.exported()
    for _ in 0..<2 {
      let (second, again) = try test.take(file)
      #expect(second.total == 0 && second.known == 3)
      #expect(
        again.map(\.reason)
          == ["cart cb02", "cart cb03", "the lists and rules"].map {
            "operation 1 rejected this line, and no import has changed \($0) since"
          })
    }
    #expect(try test.exported() == export)
    #expect(
      try test.shop.store.key(named: "cb02").flatMap { try test.shop.store.cart($0) }?.state
        == .open)
    #expect(try test.shop.check().problems == [])
  }

  @Test func aRejectedLineIsImportedOnceItsCauseIsGone() throws {
    let test = try TestShop()
    let late = """
      {"type":"line.changed","at":"2026-11-01T00:00:05.000Z","cart":"c1","sku":"A","quantity":3}
      {"type":"line.added","at":"2026-11-01T00:00:06.000Z","cart":"c1","sku":"B","quantity":1,"price":"1"}
      """
    let early =
      #"{"type":"line.added","at":"2026-11-01T00:00:06.000Z","cart":"c1","sku":"A","quantity":1,"price":"1"}"#
    let (_, first) = try test.take(late)
    #expect(first.map(\.reason) == ["cart 'c1': unknown"])
    // A line that was put right has another identity.
    let (fixed, _) = try test.take(
      #"{"type":"line.changed","at":"2026-11-01T00:00:06.000Z","cart":"c1","sku":"B","quantity":3}"#
    )
    #expect(fixed.total == 1)
    // Another import changed the cart.
    let (_, rejects) = try test.take(early + "\n" + late)
    #expect(
      rejects.map(\.reason) == [
        "at: 2026-11-01T00:00:05.000Z is before the cart's last event, 2026-11-01T00:00:06.000Z"
      ])
    #expect(try test.shop.check().problems == [])
  }
}
