import CartEngine
import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

@testable import CartRules

/// Fixtures of tests: what they may be, whose settings count, and what their tests may take.
struct FixtureTests {
  private func results(_ rule: String, _ tests: String, settings: StoreSettings? = nil) throws
    -> [String]
  {
    let test = try TestShop(settings: settings)
    try Files.makeFolder(test.folder.file("rules"))
    test.folder.write(
      "rules/q.lua", "rule \"q\" { when = function(c) return \(rule) end }\n" + tests)
    let book = RuleBook(test.handler(), folder: test.folder.file("rules"))
    return try book.test(nil, mutates: true).results.map { $0.failure ?? "ok" }
  }

  @Test func settingsAreTheFixturesAndNotTheShops() throws {
    var dear = StoreSettings()
    dear.currency = try #require(Currency(code: "JPY"))
    dear.timezone = "Asia/Tokyo"
    dear.tax.rate = Percent(millionths: 20_000_000)
    dear.tax.included = false
    dear.abandonedAfter = Span(milliseconds: 60_000)
    let tests = """
      test("usual", function()
        local said = judge("q", fixture{subtotal="100", ago="10m"})
        expect(said.reason, "EUR 100.00 active 2026-11-28")
        expect(tostring(money("5")), "5.00")
      end)
      test("own", function()
        local said = judge("q", fixture{subtotal="100", ago="10m", now="2026-11-28 23:30",
          settings={currency="USD", timezone="America/New_York", tax={rate="10", included=false}, abandoned_after="5m"}})
        expect(said.reason, "USD 110.00 abandoned 2026-11-28")
      end)
      """.replacing(
        "{subtotal=\"100\", ago=\"10m\"}",
        with: "{subtotal=\"100\", ago=\"10m\", now=\"2026-11-28 12:00\"}")
    let rule =
      "c.currency .. ' ' .. tostring(c.total) .. ' ' .. c.status .. ' ' .. date(now(), '%F')"
    let here = try results(rule, tests)
    #expect(here == ["ok", "ok"])
    #expect(try results(rule, tests, settings: dear) == here)
  }

  /// A field of the shopper that is declared can be in a fixture, and a fixture cut from a cart has it.
  @Test(arguments: ShopperField.own) func everyFieldOfTheShopper(_ field: ShopperField) throws {
    let name = try #require(CartField.of(field)?.name)
    let value =
      switch field {
      case .type: "registered"
      case .customer: "7"
      case .ip: "203.0.113.7"
      case .email: "anna@example.com"
      case .country: "DE"
      default: "known"
      }
    #expect(
      try results(
        "tostring(c.\(name)) == '\(value)'",
        "test(\"t\", function() expect(judge(\"q\", fixture{\(field.key)='\(value)'}).hit, true) end)"
      )
        == ["ok"])
    let test = try TestShop()
    try test.take(
      #"{"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"c1","shopper":{"\#(field.key)":"\#(value)"}}"#
    )
    let handler = test.handler()
    _ = handler.begin("cut")
    let found = try handler.cart(try handler.find("c1"))
    let book = RuleBook(handler, folder: test.folder.file("rules"))
    let text = try book.fixture(of: try #require(found), for: nil).text
    #expect(text.contains("\(field.key) = "), "\(text)")
    #expect(!field.isPersonal || !text.contains(value), "\(text)")
  }

  @Test(arguments: [
    ("declined=math.maxinteger", "declined: expected 0 … 1000, got 9223372036854775807"),
    ("quantity=math.maxinteger", "quantity: expected 0 … 1000000, got 9223372036854775807"),
    ("before={{times=1001}}", "times: expected 1 … 1000, got 1001"),
    ("times=2", "no key 'times'"),
    ("declined='many'", "declined: expected 0 … 1000, got many"),
    ("quantity=1.5", "quantity: expected 0 … 1000000, got 1.5"),
    ("lines={{sku='A', quantity=0}}", "lines: quantity: expected 1 … 1000000, got 0"),
    ("lines={{sku='A', qty=2}}", "lines: no key 'qty'"),
    ("subtotal='x'", "subtotal: expected a decimal as \"12.50\", got 'x'"),
    ("ago='soon'", "ago: expected a span of at most 100 years as \"10m\", got 'soon'"),
    ("ordered='no'", "ordered: expected true or false, got no"),
    ("before='x'", "before: expected a list, got a text"),
    ("currency='EURO'", "currency: expected a code of ISO 4217, got 'EURO'"),
    (
      "settings={timezon='UTC'}",
      "settings: no setting 'timezon'; did you mean 'timezone'? (it takes name, currency, timezone, tax, "
        + "shipping, coupons, abandoned_after, expires_after, confirm_above, claim_for, lists, rules, "
        + "synchronous, store)"
    ),
    (
      "before={{times=1000, declined=1000}}",
      "expected at most 10000 carts, lines, coupons and declined cards together, got 1001001"
    ),
  ])
  func whatIsNoFixtureIsSaid(fixture: String, words: String) throws {
    let said = try results(
      "c.quantity > 5", "test(\"t\", function() judge(\"q\", fixture{\(fixture)}) end)")
    #expect(said.count == 1 && said[0].contains("fixture: " + words), "\(said)")
  }

  /// What a judge spends is spent of the test that asked.
  @Test func aTestThatJudgesForEverEnds() throws {
    let said = try results(
      "c.quantity > 5",
      """
      test("spends", function()
        for i = 1, 100000000 do pcall(judge, "slow", fixture{}) end
      end)
      rule "slow" { when = function(c) local n = 0 for i = 1, 300000 do n = n + i end return false end }
      """)
    #expect(said.count == 1 && said[0].hasSuffix("limit reached"), "\(said)")
  }

  /// How many changes are tried depends on how long the file is; what was tried is said.
  @Test func changesOfALongFileAreBounded() throws {
    let test = try TestShop()
    try Files.makeFolder(test.folder.file("rules"))
    let lines = (0..<1500).map { "if c.quantity == \($0) then return true end" }
    test.folder.write(
      "rules/q.lua",
      "rule \"q\" { when = function(c)\n\(lines.joined(separator: "\n"))\nend }\n"
        + "test(\"t\", function() expect(judge(\"q\", fixture{quantity=3}).hit, true) end)")
    let book = RuleBook(test.handler(), folder: test.folder.file("rules"))
    let (results, qualities) = try book.test(nil, mutates: true)
    #expect(results.map(\.failure) == [nil])
    let quality = try #require(qualities.first)
    #expect(quality.changes > 2000 && quality.mutants > 10 && quality.mutants < 100)
  }

  // MARK: Cut from carts

  /// A cart that a rule has flagged is cut as it stood then: the test expects what the rule said.
  @Test func aFlaggedCartIsCutAsItStoodThen() throws {
    let rules = try RuleHarness(0)
    rules.write(
      "q.lua",
      "rule \"q\" { action = \"flag\", when = function(c) return c:same(\"ip\", \"10m\").carts >= 3 end }"
    )
    _ = try rules.scan()
    try rules.enforce("q", judged: [(1, 1)])
    var last: Int64 = 0
    for _ in 0..<3 {
      rules.test.clock.advance(60_000)
      try operation(rules.handler) {
        last = try rules.handler.create([.ip: "203.0.113.7"]).key
        try rules.handler.execute(
          .add(Line(sku: "MUG-01", quantity: 2, price: try UnitPrice("12.99"))), on: last)
      }
    }
    // A day later nothing of that is in the window any more.
    rules.test.clock.advance(86_400_000)
    try operation(rules.handler) {
      try rules.handler.add(
        "TEA-01", 1, to: try #require(try rules.handler.keys(matching: Filter()).max()))
    }
    rules.book.refresh()
    _ = rules.handler.begin("cut")
    let key = try #require(try rules.handler.keys(matching: Filter()).max())
    let cart = try #require(try rules.handler.cart(key))
    #expect(cart.flags == ["q"])
    let cut = try rules.book.fixture(of: cart, for: "q")
    #expect(cut.text.contains("expect(judge(\"q\", cart).hit, true)"), "\(cut.text)")
    #expect(cut.notes.count == 1)
    rules.write("q.lua", rules.test.folder.read("rules/q.lua") + "\n" + cut.text)
    #expect(try rules.book.test("q").results.map(\.failure) == [nil])
  }

  /// A version that does not match what an earlier one held is marked.
  @Test func whatAnotherVersionHeldIsMarked() throws {
    let rules = try RuleHarness(10)
    rules.write("q.lua", "rule \"q\" { when = function(c) return c.quantity > 8 end }")
    _ = try rules.scan()
    try rules.enforce("q", judged: [(1, 1)])
    #expect(try rules.pass().count == 2)
    rules.write("q.lua", "rule \"q\" { when = function(c) return c.quantity > 80 end }")
    _ = try rules.scan()
    try rules.enforce("q", judged: [(1, 1)])
    _ = rules.handler.begin("cut")
    let cut = try rules.book.fixture(of: try rules.cart("c1009"), for: "q")
    #expect(cut.text.contains("-- rule q: version 1 matched the cart, version 2 does not."))
    #expect(cut.text.contains("expect(judge(\"q\", cart).hit, false)"))
    #expect(
      cut.notes == [
        "rule q: version 1 matched the cart, version 2 does not: its test expects no hit"
      ])
  }
}
