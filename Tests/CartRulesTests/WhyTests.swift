import CartEngine
import CartModel
import CartScripting
import CartStore
import CartTesting
import LuaKit
import Testing

@testable import CartRules

/// Why a rule is against a cart, and the change that flips it.
struct WhyTests {
  private func explain(_ body: String) throws -> (Explanation?, RuleBook, Cart) {
    let test = try TestShop()
    try test.take(TestShop.products)
    try test.take(
      """
      {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"cart1","shopper":{"email":"a@d.example","ip":"203.0.113.7","country":"DE"}}
      {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"cart1","sku":"MUG-01","quantity":12,"price":"10.50"}
      {"type":"line.added","at":"2026-11-01T07:00:02Z","cart":"cart1","sku":"TEA-01","quantity":3,"price":"4.20"}
      """)
    try Files.makeFolder(test.folder.file("rules/lists"))
    test.folder.write("rules/lists/bad.txt", "d.example\n")
    test.folder.write(
      "rules/q.lua", "rule \"q\" { params = { max = 8 }, when = function(c, p) \(body) end }")
    let handler = test.handler()
    let book = RuleBook(handler, folder: test.folder.file("rules"))
    handler.judge = book
    try operation(handler) { _ = try book.scan() }
    book.refresh()
    handler.begin("why")
    let cart = try #require(try handler.cart(try handler.find("cart1")))
    return (try book.explain(cart).first, book, cart)
  }

  @Test(arguments: [
    ("return c.quantity > p.max", "quantity", "8"),
    ("return c.quantity > 14", "quantity", "14"),
    ("return c.total > 100", "total", "100.00"),
    ("return c.total >= 138.6", "total", "138.59"),
    ("return c.country == 'DE'", "country", "\"\""),
    ("return c.country ~= 'FR'", "country", "\"FR\""),
    ("return list \"bad.txt\":has(c.domain)", "domain", "\"\""),
    (
      "for _, l in ipairs(c.lines) do if l.quantity > 10 then return true end end",
      "lines[1].quantity", "10"
    ),
    ("return c:same(\"ip\", \"10m\").carts >= 1", "same(ip, 10m).carts", "0"),
    ("return c.quantity > p.max and c.total > 100", "total", "100.00"),
    ("return c.quantity == 15", "quantity", "14"),
    ("return c.quantity < 20", "quantity", "20"),
    ("return c:matches('ip=203.0.113.0/24')", "matches(ip=203.0.113.0/24)", "false"),
  ])
  func theSmallestChangeOfOneFactIsGiven(body: String, fact: String, value: String) throws {
    let (why, _, _) = try explain(body)
    #expect(why?.way == .init(name: fact, value: value), "\(String(describing: why))")
    #expect(why?.place == "q.lua:1")
  }

  @Test func factsAreThoseThatWereAsked() throws {
    let (why, _, _) = try explain("return c.country == 'DE' and c.quantity > p.max and c.total > 5")
    #expect(
      why?.facts == [
        .init(name: "country", value: "\"DE\""), .init(name: "quantity", value: "15"),
        .init(name: "total", value: "138.60"),
      ])
  }

  @Test func factsAboutOthersNameTheirCarts() throws {
    let (why, _, cart) = try explain("return c:same('ip').carts >= 1 and c.quantity > 1")
    let same = why?.facts.first { $0.name == "same(ip).carts" }
    #expect(same?.carts.contains(cart.id) == true)
    #expect(same.map { String(min($0.carts.count, 6)) == $0.value || $0.carts.count == 6 } == true)
    #expect(why?.facts.first { $0.name == "quantity" }?.carts == [])
  }

  @Test(arguments: ["return true", "return c.country == 'DE' or c.quantity > p.max"])
  func whereNoSingleChangeDoesItSaysSo(body: String) throws {
    let (why, _, _) = try explain(body)
    #expect(why != nil && why?.way == nil)
  }

  /// Whenever some value of a single fact flips a rule, one is given; and what is given does flip it.
  @Test(arguments: 1...60)
  func aWayIsGivenWheneverASingleFactSuffices(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    func atom() -> String {
      let number = random.pick(0...25)
      return switch random.pick(0...6) {
      case 0: "c.quantity > \(number)"
      case 1: "c.quantity <= \(number)"
      case 2: "c.version ~= \(number)"
      case 3: "c.total > \(random.pick(0...250))"
      case 4: "c.country \(random.pick(["==", "~="])) '\(random.pick(["DE", "AT"]))'"
      case 5: "c.lines[\(random.pick(1...2))].quantity >= \(number)"
      default: "c:same('ip').carts < \(number)"
      }
    }
    func either() -> String { random.pick([true, false]) ? "and" : "or" }
    let body = "return (\(atom()) \(either()) \(atom())) \(either()) \(atom())"
    let (why, book, cart) = try explain(body)
    guard let why else { return }
    let version = try #require(try book.rule("q").newest as RuleVersion?)
    let instance = try RuleInstance(version, book.handler) { _ in }
    let (_, facts) = try instance.trace(cart, changed: [:])
    var flips = false
    for fact in facts {
      var values: [LuaValue] = []
      switch fact.value {
      case .integer: values = (0...300).map { .integer($0) }
      case .string: values = ["", "DE", "AT", "zz"].map { .string($0) }
      case .object(let money):
        values = (0...300).flatMap { whole in
          [-1, 0, 1].map {
            .object(
              LuaObject(classID: money.classID, slot: money.slot, word: Int64(whole * 100 + $0)))
          }
        }
      default: break
      }
      for value in values {
        try instance.renew()
        if try instance.trace(cart, changed: [fact.name: value]).reason == nil { flips = true }
      }
    }
    #expect((why.way != nil) == flips, "\(body)")
  }
}
