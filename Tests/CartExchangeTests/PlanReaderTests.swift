import CartEngine
import CartExchange
import CartModel
import CartSupport
import CartTesting
import Testing

/// Files of plans that were changed by hand or cut off.
struct PlanReaderTests {
  private let test: TestShop
  private let path: String
  private let lines: [String]

  /// A plan that adds a mug to two carts.
  init() throws {
    test = try TestShop()
    try test.take(
      TestShop.products + "\n" + #"{"type":"cart.created","at":"2026-11-01T07:10:00Z","cart":"c1"}"#
        + "\n" + #"{"type":"cart.created","at":"2026-11-01T07:10:00Z","cart":"c2"}"#)
    let handler = test.handler()
    _ = handler.begin("add")
    let mug = Line(sku: "MUG-01", name: "Mug", quantity: 1, price: try UnitPrice("12.99"))
    let plan = try handler.run.plans.plan {
      for name in ["c1", "c2"] {
        try handler.execute(.add(mug.unidentified), on: try #require(try handler.key(named: name)))
      }
    }
    path = test.folder.file("p.json")
    try PlanFile.write(plan, to: path)
    lines = test.folder.read("p.json").split(separator: "\n").map(String.init)
  }

  /// What is said of the file with a text replaced in one of its lines.
  private func problem(_ line: Int, _ old: String, _ new: String) throws -> String {
    var lines = lines
    try #require(lines[line].contains(old))
    lines[line] = lines[line].replacing(old, with: new)
    return try problem(lines)
  }

  private func problem(_ lines: [String]) throws -> String {
    test.folder.write("p.json", lines.map { $0 + "\n" }.joined())
    do throws(EngineError) {
      _ = try PlanReader(path).finalEvents()
      return ""
    } catch {
      #expect(error.code == .malformed)
      return error.message.replacing(path, with: "p.json")
    }
  }

  @Test("A whole plan is read")
  func whole() throws {
    #expect(lines.count == 4)
    #expect(try problem(lines) == "")
    #expect(try PlanReader(path).preview(9).map(\.cart) == ["c1", "c2"])
  }

  @Test("A plan that was cut off or has lines twice is refused")
  func length() throws {
    #expect(
      try problem(Array(lines.prefix(2)))
        == "plan p.json: ends after 1 of 2 carts; make it again")
    #expect(
      try problem(lines.prefix(2) + lines.suffix(3))
        == "plan p.json: has 3 of 2 carts; make it again")
    #expect(try problem([]) == "plan p.json: is empty; make it again")
  }

  @Test("What a line cannot have is named with the line")
  func members() throws {
    #expect(
      try problem(1, #""type":"line.added""#, #""type":"product.upserted""#)
        == "plan p.json, line 2: product.upserted: belongs to no cart")
    #expect(
      try problem(
        2, #""type":"line.added","at":"2026-11-01T08:00:00.000Z","cart":"c2""#,
        #""type":"line.added","at":"2026-11-01T08:00:00.000Z","cart":"c1""#)
        == "plan p.json, line 3: line.added: expected the cart 'c2', got 'c1'")
    #expect(
      try problem(1, #""type":"line.added""#, #""group":"7","type":"line.added""#)
        == "plan p.json, line 2: unknown group '7'")
    #expect(
      try problem(1, #""quantity":1"#, #""quantity":0"#)
        == "plan p.json, line 2: quantity: expected a positive whole number, got '0'")
    #expect(
      try problem(0, #""currency":"EUR","timezone""#, #""currency":"ZZZ","timezone""#)
        == "plan p.json: settings: currency: expected a code of ISO 4217, got 'ZZZ'")
  }
}
