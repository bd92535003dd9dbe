import CartEngine
import CartModel
import CartTesting
import Testing

/// Reported attributes of carts: imported, filtered, undone and exported again.
struct AttributeTests {
  private static let events = """
    {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"c1","attributes":{"utm_source":"spring","visits":3}}
    {"type":"line.added","at":"2026-11-01T07:01:00Z","cart":"c1","sku":"MUG-01","quantity":1,"price":"12.99"}
    {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"c2"}
    {"type":"attributes.set","at":"2026-11-01T07:02:00Z","cart":"c2","attributes":{"utm_source":"autumn","referrer":"https://example.com/?a=1"}}
    {"type":"attributes.set","at":"2026-11-01T07:03:00Z","cart":"c2","attributes":{"utm_source":null,"campaign":"mugs & \\"tea\\""}}
    """

  private func cart(_ id: String, _ handler: CommandHandler) throws -> Cart {
    _ = handler.begin("look")
    return try #require(try handler.cart(try handler.find(id)))
  }

  private func names(_ filter: String, _ handler: CommandHandler) throws -> [String] {
    _ = handler.begin("look")
    let parser = FilterParser(zone: .utc, now: handler.now)
    return try handler.keys(matching: try parser.parse([filter, "sort=id"])).compactMap {
      try handler.cart($0)?.id
    }
  }

  @Test func areImportedFilteredAndExported() throws {
    let test = try TestShop()
    let (_, rejects) = try test.take(Self.events)
    #expect(rejects.isEmpty, "\(rejects)")
    let handler = test.handler()
    // c1 and c2 are shorter than a prefix; their whole names are found.
    #expect(
      try cart("c1", handler).attributes
        == [.init(name: "utm_source", value: "spring"), .init(name: "visits", value: "3")])
    #expect(
      try cart("c2", handler).attributes == [
        .init(name: "campaign", value: "mugs & \"tea\""),
        .init(name: "referrer", value: "https://example.com/?a=1"),
      ])
    #expect(try names("attr.utm_source=SPRING", handler) == ["c1"])
    #expect(try names("attr.utm_source=\"\"", handler) == ["c2"])
    #expect(try names("attr.referrer~*example*", handler) == ["c2"])
    #expect(try names("not attr.utm_source=spring", handler) == ["c2"])
    #expect(try names("attr.nope!=x", handler) == ["c1", "c2"])
    let parser = FilterParser(zone: .utc, now: handler.now)
    #expect(
      try handler.reader.missing(in: try parser.parse(["attr.nope!=x", "attr.visits=3"])).map(
        \.name)
        == ["attr.nope"])
    #expect(try test.shop.check().problems == [])
    let exported = try test.exported()
    let other = try TestShop(seed: 7)
    #expect(try other.take(exported).1.isEmpty)
    #expect(try other.exported() == exported)
    #expect(try other.shop.check().problems == [])
  }

  @Test func areUndoneAndKeepTheirLimits() throws {
    let test = try TestShop()
    try test.take(Self.events)
    let handler = test.handler()
    let key = try cart("c1", handler).key
    func set(_ given: [String: String]) throws -> Int64? {
      try operation(handler) { try handler.execute(.setAttributes(given), on: key) }
    }
    let before = try cart("c1", handler).attributes
    let number = try #require(try set(["utm_source": "winter", "visits": "", "page": "ü"]))
    #expect(try cart("c1", handler).attributes.map(\.name) == ["page", "utm_source"])
    try takeBack(handler, number)
    #expect(try cart("c1", handler).attributes == before)
    try takeBack(handler, number, redo: true)
    #expect(try cart("c1", handler).attribute("utm_source") == "winter")
    #expect(try set(["utm_source": "winter"]) == nil)
    let most = Dictionary(uniqueKeysWithValues: (0..<30).map { ("n\($0)", "v") })
    #expect(try set(most) != nil)
    for (given, words) in [
      (["one_more": "x"], "expected at most 32 on the cart c1, got 33"),
      (["UTM": "x"], "attribute 'UTM': expected a name of 1 to 64 letters a-z, digits and _"),
      (["": "x"], "attribute '': expected a name"),
      ([String(repeating: "n", count: 65): "x"], "expected a name of 1 to 64"),
      (["n1": String(repeating: "ü", count: 501)], "expected at most 500 characters, got 501"),
      (["n1": "a\0b"], "a text cannot hold a NUL"),
    ] {
      #expect { try set(given) } throws: { "\($0)".contains(words) }
    }
    #expect(try set(["n1": String(repeating: "ü", count: 500)]) != nil)
    #expect(try test.shop.check().problems == [])
    let (_, rejects) = try test.take(
      """
      {"type":"attributes.set","at":"2026-11-01T07:30:00Z","cart":"c2","attributes":{"A":"x"}}
      {"type":"attributes.set","at":"2026-11-01T07:31:00Z","cart":"c2","attributes":{"a":{}}}
      {"type":"attributes.set","at":"2026-11-01T07:32:00Z","cart":"c2"}
      {"type":"attributes.set","at":"2026-11-01T07:33:00Z","cart":"c2","attributes":[1]}
      """)
    #expect(
      rejects.map(\.reason) == [
        "attribute 'A': expected a name of 1 to 64 letters a-z, digits and _",
        "attributes: a: expected a text, got an object", "missing field 'attributes'",
        "attributes: expected an object, got a list",
      ])
  }
}
