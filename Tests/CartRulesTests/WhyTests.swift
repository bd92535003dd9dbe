import CartEngine
import CartModel
import CartStorage
import CartSupport
import CartTesting
import LuaKit
import Testing

@testable import CartRules
@testable import CartScripting

/// Why a rule matches a cart, and the change that flips it.
struct WhyTests {
  private func explain(_ body: String, others: String = "") throws -> (
    Explanation?, RuleBook, Cart
  ) {
    let test = try TestShop()
    try test.take(TestShop.products)
    if !others.isEmpty { try test.take(others) }
    try test.take(
      """
      {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"cart1","shopper":{"email":"a@d.example","ip":"203.0.113.7","country":"DE"}}
      {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"cart1","sku":"MUG-01","quantity":12,"price":"10.50","options":{"colour":"blue"}}
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
    _ = handler.begin("why")
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
    ("return c.subtotal:percent(10) > money('5')", "subtotal", "50.04"),
    ("return c.total > c.lines[1].total:percent(90)", "total", "113.40"),
    ("return c.total:percent(7) >= money '3.33'", "total", "47.49"),
    ("return c.quantity * c.quantity > 120", "quantity", "10"),
    ("return tonumber(c.lines[1].price) > 9.99", "lines[1].price", "\"9.99\""),
    ("return #c.lines > 1", "#lines", "1"),
    (
      "local n = 0 for _ in ipairs(c.lines) do n = n + 1 end return n > 1", "#lines", "1"
    ),
    ("return c:matches{country = 'DE', 'total>100'}", "matches(total>100, country=DE)", "false"),
    ("return c.lines[1].options.colour == 'blue'", "lines[1].options", "{}"),
    ("return product('MUG-01') ~= nil", "product(MUG-01)", "nil"),
    ("return product('MUG-01').stock > 39", "product(MUG-01).stock", "39"),
    ("return now() - c.created > 60", "now()", "1793516460.0"),
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

  /// What a rule reads is noted, whichever way it reads it.
  @Test(arguments: [
    ("return #c.lines == 2", "#lines", "2"), ("return #c.flags == 0", "flags", "{}"),
    ("return #c.coupons == 0", "coupons", "{}"),
    ("return c.lines[1].options.colour == 'blue'", "lines[1].options", "{colour = \"blue\"}"),
    ("return c:matches{country = 'DE'}", "matches(country=DE)", "true"),
    ("return not blacklist.check(c)", "blacklist.check(c)", "nil"),
    ("return not blacklist.check{ip = c.ip}", "blacklist.check(ip=203.0.113.7)", "nil"),
    ("return product('NONE') == nil", "product(NONE)", "nil"),
    ("return product('TEA-01').stock == nil", "product(TEA-01).stock", "nil"),
    ("return #list 'bad.txt' == 1", "#list(bad.txt)", "1"),
    (
      "return list('bad.txt'):get(c.domain).key == c.domain", "list(bad.txt):get(d.example)",
      "{key = \"d.example\"}"
    ),
    ("return c.idle >= 0", "idle", "3598.0"),
    ("return c.status == 'active'", "status", "\"active\""),
    ("return now() > 0", "now()", "1793520000.0"),
    ("return date() ~= ''", "date()", "\"2026-11-01 08:00:00\""),
    ("return time '2h' > 0", "time(2h)", "1793512800.0"),
  ])
  func whatIsReadIsAFact(body: String, fact: String, value: String) throws {
    let (why, _, _) = try explain(body)
    #expect(
      why?.facts.contains(.init(name: fact, value: value)) == true,
      "\(String(describing: why?.facts))")
  }

  /// What only makes values, or is worked out of what is given, is none.
  @Test func whatIsMadeIsNoFact() throws {
    let (why, _, _) = try explain(
      "return money '5' and duration '2h' and date(0) and time '2026-11-01' and c.lines and true")
    #expect(why?.facts == [])
  }

  /// Whatever a rule may read by a field is a fact, also future fields.
  @Test func eachFieldIsAFact() throws {
    for declared in ScriptAPI.classes {
      let object: String
      switch declared.kind {
      case .cart: object = "c"
      case .line: object = "c.lines[1]"
      case .same: object = "c:same('ip')"
      case .address: object = "c.billing_address"
      case .product: object = "product 'MUG-01'"
      default: continue
      }
      // What is an object says nothing by itself.
      let others = ["lines", "claimed_by", "notes", "attr", "shipping_address", "billing_address"]
      for field in declared.fields where !others.contains(field.name) {
        let (why, _, _) = try explain("local _ = (\(object)).\(field.name) return true")
        #expect(
          why?.facts.contains { $0.name.hasSuffix(field.name) } == true,
          "\(object).\(field.name): \(String(describing: why))")
      }
    }
    let (why, _, _) = try explain("local _ = c.attr.utm_source return true")
    #expect(why?.facts.map(\.name) == ["attr.utm_source"])
  }

  /// Of 40 carts with the address, those count that are in the window; six are named.
  @Test func cartsThatDoNotCountAreNotNamed() throws {
    var others = ""
    for cart in 0..<40 {
      let time = cart < 4 ? "05:00:\(10 + cart)" : "06:5\(cart % 10):\(10 + cart)"
      others += """
        {"type":"cart.created","at":"2026-11-01T\(time)Z","cart":"other\(100 + cart)","shopper":{"ip":"203.0.113.7"}}
        {"type":"payment.attempted","at":"2026-11-01T07:01:00Z","cart":"other\(100 + cart)","result":"\(cart == 9 ? "declined" : "ok")","card":"x\(cart)"}

        """
    }
    let (why, _, _) = try explain(
      "return c:same('ip', '15m').carts > 5 and c:same('ip').declined >= 0", others: others)
    let carts = try #require(why?.facts.first { $0.name == "same(ip, 15m).carts" })
    #expect(carts.value == "37" && carts.cartCount == 37 && carts.carts.count == 6)
    for cart in 100..<104 { #expect(!carts.carts.contains("other\(cart)")) }
    // What the others did after the judged event does not count.
    let declined = try #require(why?.facts.first { $0.name == "same(ip).declined" })
    #expect(declined.value == "0" && declined.carts == [])
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
