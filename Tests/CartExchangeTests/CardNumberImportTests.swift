import CartEngine
import CartModel
import CartTesting
import Testing

/// No number of a card is stored or shown, wherever a file has it.
struct CardNumberImportTests {
  private func taken(_ lines: String) throws -> (ImportReport, [Reject], TestShop) {
    let test = try TestShop()
    let (report, rejects) = try test.take(lines)
    return (report, rejects, test)
  }

  @Test(arguments: [
    "4111 1111 1111 1111", "4111-1111-1111-1111", "5500000000000004", "378282246310005",
    "６３０４００００００００００００", "630490017740292441", "visa 4111.1111.1111.1111 12/27",
  ])
  func aCardNumberIsNeitherStoredNorShown(card: String) throws {
    let event = #"{"type":"payment.attempted","at":"2026-11-01T07:00:00Z","#
    let (report, rejects, test) = try taken(
      """
      {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"c1"}
      \(event)"cart":"c1","result":"declined","card":"\(card)"}
      \(event)"cart":"zz","result":"declined","card":"\(card)"}
      \(event)"cart":"c1","result":"declined","code":"\(card)"}
      \(event)"cart":"c1","result":"declined","code":"do_not_honour","card":"9f86d081884c7d65"}
      """)
    #expect(report.total == 2)
    #expect(
      rejects.map(\.reason) == [
        "card: looks like a card number, which is never stored; give a keyed hash of it, as "
          + "HMAC-SHA-256",
        "cart 'zz': unknown", "code: looks like a card number, which is never stored",
      ])
    let digits = card.filter { $0.isNumber }
    for reject in rejects {
      #expect(!reject.text.filter { $0.isNumber }.contains(digits), "\(reject.text)")
    }
    let events = try test.exported()
    #expect(!events.filter(\.isNumber).contains(digits))
    #expect(events.contains(#""code":"do_not_honour","card":"9f86d081884c7d65""#))
    let copy = try TestShop(seed: 3)
    try copy.take(events)
    #expect(try copy.exported() == events)
    #expect(try copy.shop.check().problems == [])
  }

  /// Wherever a person may have written it, and in no product.
  @Test func aCardNumberInATextIsRejected() throws {
    let card = "4111 1111 1111 1111"
    let start = #""at":"2026-11-01T07:00:00Z","cart":"c1""#
    let add = #"{"type":"line.added",\#(start),"sku":"A","quantity":1,"price":"1""#
    let (report, rejects, test) = try taken(
      """
      {"type":"cart.created",\(start)}
      \(add),"options":{"engraving":"\(card)"}}
      \(add),"name":"\(card)","options":{"gtin":"4006381333931"}}
      {"type":"attributes.set",\(start),"attributes":{"memo":"pay with \(card)"}}
      {"type":"shopper.identified",\(start),"shopper":{"name":"\(card)"}}
      {"type":"shopper.identified",\(start),"shopper":{"phone":"4111111111111111","name":"Luca"}}
      {"type":"address.set",\(start),"shipping":{"street1":"4111-1111-1111-1111"}}
      {"type":"customer.upserted","at":"2026-11-01T07:00:00Z","customer":7,"name":"\(card)"}
      """)
    #expect(report.total == 3)
    let words = ": looks like a card number, which is never stored; leave it out"
    #expect(
      rejects.map(\.reason) == [
        "option 'engraving'" + words, "attribute 'memo'" + words, "name" + words,
        "street1" + words, "name" + words,
      ], "\(rejects)")
    for reject in rejects { #expect(reject.text.contains("<card>"), "\(reject.text)") }
    let handler = test.handler()
    _ = handler.begin("note")
    let key = try handler.find("c1")
    #expect(throws: EngineError(.malformed, "note" + words)) {
      try handler.execute(
        .note(Note(at: handler.now, by: "staff:anna", text: "card \(card)")), on: key)
    }
    #expect(throws: EngineError(.refused, "reason" + words)) { try handler.run.note(reason: card) }
  }
}
