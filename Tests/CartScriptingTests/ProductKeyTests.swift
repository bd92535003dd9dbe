import CartEngine
import CartExchange
import CartModel
import CartSupport
import CartScripting
import CartTesting
import LuaKit
import Testing

/// All that a file says of a product is kept, exported and seen by scripts.
struct ProductKeyTests {
  private static let full =
    #"{"type":"product.upserted","at":"2026-11-01T07:00:00.000Z","sku":"MUG-01","name":"Mug","#
    + #""price":"12.99","currency":"EUR","stock":0,"category":"Kitchen > Mugs","brand":"Berg","#
    + #""weight":"0.35","cost":"4.123","tags":["new","gift idea"],"#
    + #""attributes":{"colour":"blue","size":"XL"},"backorder":true"#

  @Test func aProductComesBackAsItWas() throws {
    let test = try TestShop()
    let (report, rejects) = try test.take(Self.full + "}")
    #expect(rejects.isEmpty && report.ignored.isEmpty)
    let events = try test.exported()
    #expect(events.hasPrefix(Self.full), "\(events)")
    let copy = try TestShop(seed: 2)
    try copy.take(events)
    #expect(try copy.exported() == events)
    #expect(try copy.shop.check().problems == [])
    #expect(try copy.shop.store.product("MUG-01") == test.shop.store.product("MUG-01"))
  }

  @Test func aProductOfATableComesBackAsItWas() throws {
    for format in [Export.Format.csv, .jsonl] {
      let test = try TestShop()
      try test.take(
        Self.full + "}\n" + #"{"type":"product.upserted","at":"2026-11-01T07:00:00Z","sku":"B","#
          + #""price":"1","attributes":{"fit":"slim"}}"#)
      let copy = try TestShop(seed: 2)
      #expect(try table(test, format) == taken(try table(test, format), by: copy, format))
      #expect(
        try copy.shop.store.product("MUG-01")?.details
          == test.shop.store.product("MUG-01")?.details)
      #expect(try copy.shop.check().problems == [])
    }
  }

  private func table(_ test: TestShop, _ format: Export.Format) throws -> String {
    let path = test.folder.file("products")
    _ = try Export(test.handler().reader).write(
      .products, format, filter: nil, to: try OutputFile(path))
    return test.folder.read("products")
  }

  private func taken(_ text: String, by test: TestShop, _ format: Export.Format) throws -> String {
    let target = try EventImport(test.shop, source: "test") {
      (reject: Reject) throws(EngineError) in Issue.record("\(reject)")
    }
    var rows = TableImport(.products, LineReader(bytes: Array(text.utf8)), into: target)
    try rows.read { _ in }
    _ = try target.finish()
    return try table(test, format)
  }

  @Test(arguments: [
    (
      #""weight":"heavy""#,
      "weight: expected a decimal that is not negative, got 'heavy'"
    ),
    (#""cost":-1"#, "cost: expected a decimal that is not negative, got '-1'"),
    (#""tags":"new""#, "tags: expected a list, got a text"),
    (
      #""tags":["a,b"]"#,
      "tags: expected texts without a comma and without blanks at their ends, got 'a,b'"
    ),
    (#""backorder":"maybe""#, "backorder: expected true or false, got 'maybe'"),
    (#""attributes":[1]"#, "attributes: expected an object, got a list"),
  ])
  func whatIsNoDetailIsRejected(member: String, reason: String) throws {
    let (_, rejects) = try TestShop().take(
      #"{"type":"product.upserted","at":"2026-11-01T07:00:00Z","sku":"A","price":"1",\#(member)}"#)
    #expect(rejects.map(\.reason) == [reason])
  }

  @Test func scriptsSeeThem() throws {
    let test = try TestShop()
    try test.take(
      Self.full + "}\n"
        + #"{"type":"product.upserted","at":"2026-11-01T07:00:00Z","sku":"B","price":"1","stock":0}"#
    )
    let handler = test.handler()
    _ = handler.begin("look")
    let session = try ScriptSession(handler, profile: .console, seed: 0) { _ in }
    for (question, answer) in [
      ("p.category .. p.brand .. p.cost", LuaValue.string("Kitchen > MugsBerg4.123")),
      ("p.weight", .string("0.35")), ("#p.tags .. p.tags[2]", .string("2gift idea")),
      ("p.attr.colour", .string("blue")), ("p.available", .boolean(true)),
      ("p.backorder", .boolean(true)), ("product('B').available", .boolean(false)),
      ("product('B').category .. product('B').cost", .string("")),
      ("product('B').weight", .string("")), ("#product('B').tags", .integer(0)),
    ] {
      #expect(
        try session.run("local p = product('MUG-01') return " + question, name: "=t") == [answer],
        "\(question)")
    }
  }
}
