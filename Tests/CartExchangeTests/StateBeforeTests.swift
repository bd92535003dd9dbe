import CartEngine
import CartExchange
import CartModel
import CartTesting
import Testing

/// What a file says of the cart before an event is compared with the cart.
struct StateBeforeTests {
  private let day = #""at":"2026-11-01T07:30:00Z""#

  @Test("Another quantity than the line's is named, and another person's claim stays")
  func contradictions() throws {
    let test = try TestShop()
    let (report, rejects) = try test.take(
      """
      {"type":"line.added",\(day),"cart":"a","sku":"TEA","quantity":1,"price":"4.20"}
      {"type":"line.changed",\(day),"cart":"a","sku":"TEA","quantity":3,"quantity_before":1}
      {"type":"line.changed",\(day),"cart":"a","sku":"TEA","quantity":5,"quantity_before":4}
      {"type":"line.removed",\(day),"cart":"a","sku":"TEA","quantity_before":"all"}
      {"type":"cart.claimed",\(day),"cart":"a","by":"staff:anna","until":"2026-11-01T09:30:00Z"}
      {"type":"cart.released",\(day),"cart":"a","by":"staff:ben"}
      {"type":"cart.released",\(day),"cart":"a","actor":"staff:ben"}
      """)
    #expect(
      report.kept.texts == [
        "1 event names another quantity_before than the line had: line 'TEA' of the cart 'a' had 3, "
          + "not 4; compare the file with its source"
      ])
    #expect(
      rejects.map(\.reason) == [
        "quantity_before: expected a positive whole number, got 'all'",
        "cart a: staff:anna has claimed it, so that 'staff:ben' cannot release it",
      ])
    let handler = test.handler()
    let cart = try #require(try handler.cart(try handler.find("a")))
    #expect(cart.quantity == 5 && cart.claim == nil)
  }
}
