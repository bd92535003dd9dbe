import CartEngine
import CartModel
import CartTesting
import Testing

/// What a line of a cart keeps although a file says otherwise is said.
struct KeptValueTests {
  private func take(_ lines: String) throws -> (ImportReport, [Reject], TestShop) {
    let test = try TestShop()
    let (report, rejects) = try test.take(lines)
    return (report, rejects, test)
  }

  @Test func aPriceThatDiffersFromItsLinesIsSaid() throws {
    let add = #"{"type":"line.added","at":"2026-11-01T07:00:00Z","cart":"c1","line":"l1","sku":"A""#
    let (report, rejects, test) = try take(
      """
      \(add),"quantity":1,"price":"12.99"}
      \(add),"quantity":2,"price":"13.50"}
      \(add),"quantity":2,"price":"12.990"}
      """)
    #expect(report.total == 3 && rejects.isEmpty)
    #expect(
      report.kept.texts == [
        "1 event adds pieces at another price than the line's, which keeps its own: line 'l1' of the "
          + "cart 'c1' costs 12.99, not 13.50; give such pieces a line id of their own"
      ])
    #expect(try test.shop.store.cart(1)?.quantity == 5)
  }

  @Test("A position that is not the line's is said")
  func anotherPosition() throws {
    let at = #""at":"2026-11-01T07:00:00Z""#
    let (report, rejects, test) = try take(
      """
      {"type":"line.added",\(at),"cart":"c1","line":"l1","sku":"A","quantity":1,"price":"1"}
      {"type":"line.added",\(at),"cart":"c1","line":"l2","sku":"B","quantity":1,"price":"1"}
      {"type":"line.added",\(at),"cart":"c1","line":"l1","sku":"A","quantity":1,"price":"1","position":1}
      {"type":"line.added",\(at),"cart":"c1","line":"l1","sku":"A","quantity":1,"price":"1","position":2}
      """)
    #expect(rejects.isEmpty)
    #expect(
      report.kept.texts == [
        "1 event adds pieces at another position than the line's, which keeps its own: line 'l1' of "
          + "the cart 'c1' is line 1, not 2; give such pieces a line id of their own"
      ])
    #expect(try test.shop.store.cart(1)?.lines.map(\.id) == ["l1", "l2"])
  }

  @Test("A name or an image that differs from its line's is said")
  func keptNames() throws {
    let add =
      #"{"type":"line.added","at":"2026-11-01T07:00:00Z","cart":"c1","line":"l1","sku":"A","#
    let own = add + #""quantity":1,"price":"1""#
    let (report, rejects, test) = try take(
      """
      \(own),"name":"Mug"}
      \(own),"name":"Cup","image":"https://shop.example/a.png"}
      \(own),"name":"Pot"}
      \(own)}
      \(own),"name":"Mug"}
      """)
    #expect(report.total == 5 && rejects.isEmpty)
    #expect(
      report.kept.texts == [
        "2 events add pieces with another name than the line's, which keeps its own: line 'l1' of the "
          + "cart 'c1' has the name 'Mug', not 'Cup', …; give such pieces a line id of their own",
        "1 event adds pieces with another image than the line's, which keeps its own: line 'l1' of the "
          + "cart 'c1' has no image, not 'https://shop.example/a.png'; give such pieces a line id of "
          + "their own",
      ])
    #expect(try test.shop.store.cart(1)?.lines.map(\.name) == ["Mug"])
  }
}
