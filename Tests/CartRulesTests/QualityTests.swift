import CartEngine
import CartModel
import CartRules
import CartScripting
import CartStorage
import CartSupport
import CartTesting
import Testing

/// How good tests beside rules are, and tests cut from real carts.
struct QualityTests {
  private func quality(_ text: String) throws -> RuleTestQuality {
    let harness = try RuleHarness(0)
    harness.write("r.lua", text)
    let (results, qualities) = try harness.book.test(nil, mutates: true)
    #expect(results.allSatisfy { $0.failure == nil }, "\(results.map(\.failure))")
    return try #require(qualities.first)
  }

  private static let rule = """
    rule "big" {
      params = { most = 5 },
      when = function(c, p)
        if c.country == "DE" then
          return c.quantity > p.most
        end
        return false
      end,
    }

    """

  @Test func aWeakTestIsFound() throws {
    let weak = try quality(
      Self.rule
        + "test('t', function() expect(judge('big', fixture{quantity=9, country='DE'}).hit, true) end)"
    )
    #expect(weak.lines == 4 && weak.notRun == [7])
    #expect(
      weak.survivors.map { "\($0.line): \($0.before) → \($0.after)" } == [
        "2: 5 → 6", "5: > → >=", "7: false → true",
      ])
    #expect(weak.mutants == 5)
  }

  @Test func aGoodOneLetsNothingPass() throws {
    let good = try quality(
      Self.rule + """
        test('t', function()
          expect(judge('big', fixture{quantity=6, country='DE'}).hit, true)
          expect(judge('big', fixture{quantity=5, country='DE'}).hit, false)
          expect(judge('big', fixture{quantity=9, country='FR'}).hit, false)
        end)
        """)
    #expect(good.notRun == [])
    #expect(good.survivors == [] && good.mutants == 5)
  }

  @Test func onlyWhatDecidesIsChanged() {
    let source = """
      local limit = 9
      rule "r" {
        priority = 7, reason = "1 > 0", band = "5%",
        when = function(c)
          -- a comment: 1 < 2
          if not c.pending and c.quantity - 1 >= 3 then return c.name or "x" end
          return -1 == c.quantity and c.email ~= "a@b" and "because 5"
        end,
        ban = { by = "ip", ttl = "1d" },
      }
      test("t", function() expect(1 > 2, false) end)
      """
    let mutants = ScriptMutants.all(of: source)
    #expect(
      mutants.map { "\($0.line): \($0.before) → \($0.after)" } == [
        "6: not → ", "6: and → or", "6: - → +", "6: 1 → 2", "6: >= → >", "6: 3 → 4", "7: 1 → 2",
        "7: == → ~=", "7: and → or", "7: ~= → ==", #"7: "a@b" → "another""#,
      ])
    #expect(mutants.allSatisfy { $0.text(of: source).hasPrefix("local limit = 9\n") })
  }

  // MARK: Fixtures

  @Test func aFixtureNamesNobodyAndSaysTheSame() throws {
    let harness = try RuleHarness(0)
    var lines = ""
    for cart in 1...4 {
      lines += """
        {"type":"cart.created","at":"2026-11-01T07:0\(cart):00Z","cart":"real\(cart)","session":"secret-\(cart)","shopper":{"ip":"81.2.69.\(cart == 4 ? 144 : 142)","email":"zoe.petit+\(cart)@petit-family.example","name":"Zoé Petit","phone":"+33 1 23","company":"Petit SA","customer":4711,"country":"FR","browser":"Odd/1.0"}}
        {"type":"line.added","at":"2026-11-01T07:0\(cart):01Z","cart":"real\(cart)","sku":"POT \\"1\\"","quantity":\(cart),"price":"12.50"}
        {"type":"payment.attempted","at":"2026-11-01T07:0\(cart):02Z","cart":"real\(cart)","result":"declined","card":"c0ffee"}

        """
    }
    try harness.test.take(lines)
    harness.write(
      "cards.lua",
      "rule \"cards\" { when = function(c) return c:same(\"ip\", \"10m\").declined >= 3 end }")
    harness.write(
      "small.lua", "rule \"small\" { when = function(c) return c.quantity < 2 end }")
    _ = try harness.scan()
    _ = harness.handler.begin("")
    let cart = try harness.cart("real3")
    let cut = try harness.book.fixture(of: cart, for: nil)
    #expect(
      cut.notes == [
        "rule cards matches the cart: its test expects a hit. If the cart is a good one, change the rule"
      ])
    for secret in [
      "81.2", "zoe", "petit", "Zoé", "+33", "Petit", "4711", "secret", "c0ffee", "Odd",
    ] {
      #expect(!cut.text.contains(secret), "\(secret)")
    }
    #expect(cut.text.contains(#"sku = "POT \"1\"", quantity = 3, price = "12.50""#))
    #expect(cut.text.contains("test(\"cards: a cart that it matches\""))
    #expect(!cut.text.contains("test(\"small"))
    // Two carts before make the three declined cards; no more are kept.
    #expect(cut.text.split(separator: "declined = 1").count - 1 == 3)
    // It is a test as it stands.
    harness.write(
      "cards.lua", try Files.text(harness.test.folder.file("rules/cards.lua")) + "\n" + cut.text)
    let results = try harness.book.test("cards").results
    #expect(results.map(\.failure) == [nil])
  }

  @Test func whatAFixtureCannotHaveIsSaid() throws {
    let harness = try RuleHarness(3)
    harness.write("id.lua", "rule \"id\" { when = function(c) return c.id == \"c1001\" end }")
    _ = try harness.scan()
    _ = harness.handler.begin("")
    let cart = try harness.cart("c1001")
    let error = #expect(throws: EngineError.self) {
      try harness.book.fixture(of: cart, for: "id")
    }
    #expect(error?.code == .refused)
    #expect(
      error?.message
        == "rules fixture: rule id matches cart c1001, but not the fixture that was cut from it: they "
        + "differ in id. No test was written")
    let all = try harness.book.fixture(of: cart, for: nil)
    #expect(!all.text.contains("test("))
    #expect(all.text.contains("-- rule id: matches the cart, but not this fixture"))
    #expect(all.notes.first?.hasPrefix("rule id: matches cart c1001, but not the fixture") == true)
  }
}
