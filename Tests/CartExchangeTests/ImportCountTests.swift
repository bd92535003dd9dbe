import CartEngine
import CartExchange
import CartModel
import CartStorage
import CartTesting
import Testing

/// What an import says it did, and as which operation.
struct ImportCountTests {
  private let day = #""at":"2026-11-01T07:30:00Z""#

  private func lines(_ names: String...) -> String {
    names.map {
      #"{"type":"line.added",\#(day),"cart":"\#($0)","sku":"TEA","quantity":1,"price":"4.20"}"#
    }.joined(separator: "\n")
  }

  @Test("Carts that were made for their first lines are counted beside the lines")
  func made() throws {
    let test = try TestShop()
    let (report, _) = try test.take(lines("a", "b", "a"))
    #expect(report.imported == ["line.added": 3] && report.saved.made == ["cart.created": 2])
    #expect(report.countText == "3 events imported and 2 made for them")
    #expect(report.saved.text == "as operation 1")
    let operation = try #require(try test.shop.store.operation(1))
    #expect(operation.extent.events == 5)
    let (again, _) = try test.take(lines("a"))
    #expect(again.countText == "0 events imported" && again.saved.text == "")
  }

  @Test("The order of a held cart counts with the flag that it brings")
  func flagged() throws {
    let test = try TestShop()
    let (report, _) = try test.take(
      lines("a") + "\n" + #"{"type":"cart.held",\#(day),"cart":"a"}"# + "\n"
        + #"{"type":"cart.ordered",\#(day),"cart":"a","order":"1"}"#)
    #expect(report.saved.made == ["cart.created": 1, "cart.flagged": 1])
    #expect(try test.shop.store.operation(1)?.extent.events == 5)
  }

  @Test("The rest of an export goes to the import that began it, and the message says so")
  func resumed() throws {
    let source = try TestShop()
    try source.take(lines("a", "b", "c"))
    let export = try source.exported()
    let part = export.split(separator: "\n").prefix(2).joined(separator: "\n")
    let copy = try TestShop(seed: 5)
    let (first, _) = try copy.take(part)
    #expect(first.countText == "2 events imported" && first.saved.text == "as operation 1")
    let (rest, _) = try copy.take(export + "\n" + lines("d"))
    #expect(rest.countText == "5 events imported and 1 made for them" && rest.known == 2)
    #expect(
      rest.saved.text == "4 into operation 1, which an earlier import began; 2 as operation 3")
    let list = try copy.handler().reader.operations.list()
    #expect(list.map(\.operation.id) == [3, 1] && list.map(\.operation.extent.events) == [2, 6])
  }

  @Test("Rejects that differ in ids, amounts and times are one kind; an apostrophe cuts nothing")
  func kinds() throws {
    let test = try TestShop()
    let (report, rejects) = try test.take(
      lines("a", "bcde") + "\n"
        + """
        {"type":"cart.deleted",\(day),"cart":"a"}
        {"type":"cart.deleted",\(day),"cart":"bcde"}
        {"type":"coupon.applied",\(day),"cart":"a","code":"X"}
        {"type":"coupon.applied",\(day),"cart":"bcde","code":"X"}
        {"type":"line.added",\(day),"cart":"a","sku":"T","quantity":1,"price":"1","currency":"USD"}
        {"type":"line.removed","at":"2026-11-01T07:00:00Z","cart":"a","sku":"TEA"}
        """)
    #expect(rejects.count == 4)
    #expect(
      report.reasons.map { "\($0.count) \($0.reason)" } == [
        "2 cart …: is deleted and cannot be changed; restore it first",
        "1 at: 2026-11-01T07:00:00.000Z is before the cart's last event, 2026-11-01T07:30:00.000Z",
        "1 currency: the cart's is EUR, got USD",
      ])
  }
}
