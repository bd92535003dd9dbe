import CartEngine
import CartExchange
import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

/// Which line an added one joins, and that its options are kept wherever it goes.
struct LineIdentityTests {
  private static func added(
    _ second: Int, _ cart: String = "c1", line: String = "", size: String = "",
    price: String = "20",
    quantity: Int = 1
  ) -> String {
    let id = line.isEmpty ? "" : #""line":"\#(line)","#
    let options = size.isEmpty ? "" : #","options":{"size":"\#(size)"}"#
    return #"{"type":"line.added","at":"2026-11-01T07:00:0\#(second)Z","cart":"\#(cart)",\#(id)"#
      + #""sku":"SHIRT","quantity":\#(quantity),"price":"\#(price)"\#(options)}"#
  }

  private func lines(_ test: TestShop, _ cart: String = "c1") throws -> [String] {
    let handler = test.handler()
    _ = handler.begin("look")
    let key = try handler.key(named: cart)
    let found = try key.flatMap { try handler.cart($0) }
    return try #require(found).lines.map {
      "\($0.id) \($0.quantity) × \($0.price.text(.eur)) \(Line.text($0.options))"
    }
  }

  @Test func anAddedLineJoinsTheOneThatIsAlike() throws {
    let test = try TestShop()
    let (_, rejects) = try test.take(
      [
        Self.added(0, size: "S"), Self.added(1, size: "XL", price: "25", quantity: 2),
        Self.added(2, size: "S", price: "20.00"), Self.added(3),
        Self.added(4, size: "S", price: "21"),
        Self.added(5, quantity: 4),
      ].joined(separator: "\n"))
    #expect(rejects.isEmpty)
    #expect(
      try lines(test) == [
        "SHIRT 2 × 20.00 size: S", "SHIRT~2 2 × 25.00 size: XL", "SHIRT~3 5 × 20.00 ",
        "SHIRT~4 1 × 21.00 size: S",
      ])
    #expect(try test.shop.check().problems == [])
  }

  @Test func anIdThatIsThereAddsItsQuantity() throws {
    let test = try TestShop()
    let (_, rejects) = try test.take(
      [
        Self.added(0, line: "a", size: "S"), Self.added(1, line: "a", quantity: 2),
        Self.added(2, line: "a", size: "S"), Self.added(3, line: "a", size: "XL"),
        Self.added(4, line: "b", size: "S"), Self.added(5, size: "S"),
      ].joined(separator: "\n"))
    #expect(
      rejects.map(\.reason) == [
        "line 'a': has the options size: S in the cart c1, not the options size: XL",
        "line 'SHIRT': several lines of the cart c1 have this SKU, these options and this price; say "
          + "which: #1, #2",
      ])
    #expect(try lines(test) == ["a 4 × 20.00 size: S", "b 1 × 20.00 size: S"])
  }

  @Test func aSKUAloneMeansTheOneLineOfThatSKU() throws {
    let test = try TestShop()
    let (_, rejects) = try test.take(
      """
      \(Self.added(0, size: "S"))
      {"type":"line.changed","at":"2026-11-01T07:00:01Z","cart":"c1","sku":"SHIRT","quantity":7}
      \(Self.added(2, size: "XL"))
      {"type":"line.changed","at":"2026-11-01T07:00:03Z","cart":"c1","sku":"SHIRT","quantity":9}
      {"type":"line.removed","at":"2026-11-01T07:00:04Z","cart":"c1","sku":"SHIRT"}
      {"type":"line.removed","at":"2026-11-01T07:00:05Z","cart":"c1","sku":"SHIRT~2"}
      {"type":"line.removed","at":"2026-11-01T07:00:06Z","cart":"c1","line":"SHIRT~2"}
      {"type":"line.removed","at":"2026-11-01T07:00:07Z","cart":"c1","sku":"SHIRT"}
      """)
    let several =
      "line 'SHIRT': several lines of the cart c1 have this SKU; say which: #1, #2"
    #expect(
      rejects.map(\.reason) == [
        several, several, "line 'SHIRT~2': not in the cart c1; it has SHIRT, SHIRT",
      ])
    #expect(try lines(test) == [])
  }

  @Test func aLongSKUGetsAnIdThatAnImportTakes() throws {
    let sku = String(repeating: "é", count: 127) + "x"
    var cart = Cart(key: 1, id: "c1", currency: .eur, at: TestShop.start)
    for size in ["S", "M", "L"] {
      let line = Line(
        sku: sku, options: [.init(name: "size", value: size)], quantity: 1,
        price: UnitPrice(Money(minor: 100, .eur)))
      for event in try decide(.add(line.unidentified), on: cart, StoreSettings()).events {
        cart.apply(event, at: TestShop.start)
      }
    }
    #expect(cart.lines.map(\.id.utf8.count) == [255, 254, 254])
    #expect(Set(cart.lines.map(\.id)).count == 3)
  }

  /// Orders, exports, undo and a second shop keep the options of each line.
  @Test func optionsSurviveOrderAndExport() throws {
    let test = try TestShop()
    let ordered = """
      {"type":"cart.ordered","at":"2026-11-01T07:00:05Z","cart":"c1","order":"1"}
      {"type":"line.added","at":"2026-11-01T07:00:05Z","cart":"c2","sku":"A","quantity":1,"price":"1"}
      {"type":"cart.ordered","at":"2026-11-01T07:00:06Z","cart":"c2","order":"2","lines":[{"sku":"A","options":{"b":"2","a":"1"},"quantity":1,"price":"1"}]}
      """
    try test.take(
      [Self.added(0, size: "S"), Self.added(1, size: "XL"), ordered].joined(separator: "\n"))
    let handler = test.handler()
    _ = try Export(handler.reader).write(
      .orders, .jsonl, filter: nil, to: try OutputFile(test.folder.file("orders.jsonl")))
    let orders = test.folder.read("orders.jsonl")
    #expect(orders.contains(#""sku":"SHIRT","name":"","options":{"size":"S"},"quantity":1"#))
    #expect(orders.contains(#""sku":"SHIRT","name":"","options":{"size":"XL"},"quantity":1"#))
    #expect(orders.contains(#""sku":"A","name":"","options":{"a":"1","b":"2"},"quantity":1"#))
    let events = try test.exported()
    let copy = try TestShop(seed: 2)
    let (_, rejects) = try copy.take(events)
    #expect(rejects.isEmpty)
    #expect(try copy.exported() == events)
    #expect(try copy.shop.check().problems == [])
  }

  /// What was added without an id is undone and redone under the id that it got.
  @Test func undoTakesOffTheLineThatWasAdded() throws {
    let test = try TestShop()
    try test.take([TestShop.products, Self.added(0, size: "S")].joined(separator: "\n"))
    let handler = test.handler()
    let before = try lines(test)
    let key = try #require(try test.shop.store.key(named: "c1"))
    let made = try operation(handler) {
      try handler.add("MUG-01", 2, to: key)
      try handler.add("MUG-01", 1, to: key)
    }
    let number = try #require(made)
    let after = try lines(test)
    #expect(after == before + ["MUG-01 3 × 12.99 "])
    try takeBack(handler, number)
    #expect(try lines(test) == before)
    try takeBack(handler, number, redo: true)
    #expect(try lines(test) == after)
  }
}
