import CartEngine
import CartModel
import CartRules
import CartScripting
import CartStorage
import CartTesting
import Testing

struct RuleTests {
  let hoard = """
    rule "hoard" {
      params = { max = 15 }, reason = "many", tell = "Call us.", band = "50%",
      when = function(c, p) if c.quantity > p.max then return c.quantity .. " pieces" end end,
    }
    """

  @Test func aNewRuleCountsAndDoesNothing() throws {
    let rules = try RuleHarness()
    rules.write("hoard.lua", hoard)
    #expect(try rules.scan().added.map(\.rule) == ["hoard"])
    #expect(try rules.scan().added.isEmpty)
    #expect(try rules.pass() == [])
    #expect(try rules.hits("hoard") == 5)
    let seq = try rules.test.shop.store.lastSeq()
    // The same said again is not recorded again.
    try rules.pass()
    #expect(try rules.test.shop.store.lastSeq() == seq)
    #expect(try rules.cart("c1019").version == 2)
    #expect(try rules.test.shop.check().problems == [])
  }

  @Test func enforcedItHoldsWithItsReasonAndALiveChangeIsJudgedToo() throws {
    let rules = try RuleHarness()
    rules.write("hoard.lua", hoard)
    _ = try rules.scan()
    try rules.enforce("hoard")
    #expect(try rules.pass() == ["c1015", "c1016", "c1017", "c1018", "c1019"])
    let held = try rules.cart("c1019")
    #expect(held.heldBy == Cause(rule: "hoard", source: "1", reason: "20 pieces", tell: "Call us."))
    try operation(rules.handler) {
      try rules.handler.add("TEA-01", 20, to: rules.handler.find("c1000"))
    }
    #expect(try rules.cart("c1000").heldBy?.reason == "21 pieces")
    #expect(throws: EngineError.self) {
      try operation(rules.handler) {
        try rules.handler.execute(.order(.init(id: "")), on: rules.handler.find("c1019"))
      }
    }
    #expect(try rules.test.shop.check().problems == [])
  }

  @Test func anEditedRuleStaysOnItsVersionUntilItIsEnforcedAgain() throws {
    let rules = try RuleHarness()
    rules.write("hoard.lua", hoard)
    _ = try rules.scan()
    try rules.enforce("hoard")
    rules.write("hoard.lua", hoard.replacing("max = 15", with: "max = 2"))
    #expect(try rules.scan().added.map(\.number) == [2])
    #expect(try rules.pass().count == 5)
    try rules.enforce("hoard", judged: [(12, 15), (0, 90)])
    #expect(try rules.book.rule("hoard").setting.version == 2)
    #expect(try rules.pass().count == 7, "half of fifteen: a version has a band of its own")
    #expect(try rules.book.rule("hoard").setting.mode == .shadow)
  }

  @Test func setParametersAreAVersionAndAreCheckedByKind() throws {
    let rules = try RuleHarness()
    rules.write("hoard.lua", hoard)
    _ = try rules.scan()
    try operation(rules.handler) {
      #expect(throws: EngineError.self) {
        try rules.book.set("hoard", parameters: [("mux", "1")])
      }
      #expect(throws: EngineError.self) {
        try rules.book.set("hoard", parameters: [("max", "many")])
      }
      let version = try rules.book.set("hoard", parameters: [("max", "18")])
      #expect(version.number == 2)
    }
    rules.book.refresh()
    try rules.enforce("hoard")
    #expect(try rules.pass() == ["c1018", "c1019"])
    // An edit of the file keeps what was set.
    rules.write("hoard.lua", "-- new\n" + hoard)
    #expect(try rules.scan().added.first?.parameters == [.init(name: "max", value: "18")])
  }

  @Test func aRestoredCartIsNotHeldAgainByTheSameVersion() throws {
    let rules = try RuleHarness()
    rules.write("hoard.lua", hoard)
    _ = try rules.scan()
    try rules.enforce("hoard")
    let before = try rules.cart("c1019")
    try rules.pass()
    let key = before.key
    try operation(rules.handler) { try rules.handler.execute(.restore(), on: key) }
    #expect(try rules.cart("c1019").hasSameContent(as: before))
    for _ in 0..<10 {
      try operation(rules.handler) { try rules.handler.add("TEA-01", 1, to: key) }
    }
    #expect(try rules.cart("c1019").state == .open)
    #expect(try rules.pass() == [])
    rules.write("hoard.lua", hoard + "\n-- another version")
    _ = try rules.scan()
    try rules.enforce("hoard")
    #expect(try rules.pass().contains("c1019"))
    #expect(try rules.test.shop.check().problems == [])
  }

  @Test func aRuleGoneWildHoldsAtMostItsBandAndAllOfItIsBroughtBack() throws {
    let rules = try RuleHarness(10_000)
    rules.write("wild.lua", "rule \"wild\" { band = \"2%\", when = function() return true end }")
    _ = try rules.scan()
    try rules.enforce("wild")
    func carts() throws -> [Cart] {
      var carts: [Cart] = []
      try rules.test.shop.store.forEachCart { cart in
        var cart = cart
        // What bringing back may change; and that it was, so that it is not held again.
        (cart.version, cart.head, cart.updated, cart.pardons) = (
          0, 0, Timestamp(milliseconds: 0), []
        )
        carts.append(cart)
      }
      return carts
    }
    let before = try carts()
    let held = try rules.pass()
    #expect(held.count == 200)
    #expect(
      rules.said == ["rule wild falls back to shadow: it would hold more than its band of 2 %"])
    rules.book.refresh()
    let state = try rules.book.rule("wild")
    #expect(state.setting.mode == .shadow)
    #expect(state.setBy?.actor.description == "rule:wild")
    #expect(try rules.pass() == [])
    // Enforced again on the same day, its holds of the day still count.
    try rules.enforce("wild")
    #expect(try rules.pass() == [])

    try operation(rules.handler, "rollback") {
      _ = try rules.handler.run.guard.rollBack(rule: "wild")
    }
    #expect(try carts() == before)
    // A day later it may hold others, but none of these, whatever their shoppers do.
    rules.test.clock.advance(25 * 3_600_000)
    try rules.enforce("wild")
    for round in 1...10 {
      for name in held.prefix(20) {
        try operation(rules.handler, "shopper") {
          let key = try rules.handler.find(name)
          try rules.handler.execute(.setQuantity(.sku("MUG-01"), Int64(20_000 + round)), on: key)
        }
      }
    }
    let restored = try held.map {
      try #require(try rules.test.shop.store.cart(rules.handler.find($0)))
    }
    #expect(restored.allSatisfy { $0.state == .open })
    #expect(try rules.test.shop.check().problems == [])
  }

  @Test(arguments: [
    ("when = function(c) return c.totl end", "no such field; did you mean 'total'?"),
    ("when = function(c) return #carts{} end", "not inside a rule"),
    ("when = function(c) c:delete() end", "not inside a rule"),
    ("when = function(c) while true do end end", "limit"),
    ("when = function(c) return 7 end", "expected true, false, a text or nil, got the number 7"),
    ("when = function(c) x = 1 end", "x"),
    ("when = function(c) error('no') end", "no"),
  ])
  func aRuleThatFailsBlocksNobodyAndFallsBack(body: String, message: String) throws {
    let rules = try RuleHarness(8)
    rules.write("bad.lua", "rule \"bad\" { \(body) }")
    #expect(try rules.scan().errors.isEmpty)
    try rules.enforce("bad")
    #expect(try rules.pass() == [])
    #expect(rules.said.count == 1)
    #expect(rules.said.first?.contains("falls back to shadow: it failed 5 times") == true)
    #expect(rules.said.first?.contains(message) == true, "\(rules.said)")
    let counts = try rules.test.shop.store.decisions(of: "bad", version: 1)
    #expect(counts == (0, 5))
  }

  @Test func aVerdictThatDependsOnOtherCartsIsNotConfirmed() throws {
    let rules = try RuleHarness()
    rules.write(
      "order.lua",
      """
      local seen = 0
      rule "order" { when = function() seen = seen + 1 return seen > 2 end }
      """)
    _ = try rules.scan()
    try rules.enforce("order")
    #expect(try rules.pass() == [])
    #expect(try rules.hits("order") == 0)
  }

  @Test func thePriorityDecidesTheReasonAndFlagsStandBesideHolds() throws {
    let rules = try RuleHarness()
    rules.write(
      "two.lua",
      """
      rule "low" { band = "100%", reason = "low", when = function(c) return c.quantity > 18 end }
      rule "high" { band = "100%", reason = "high", priority = 2, when = function(c) return c.quantity > 18 end }
      rule "mark" { action = "flag", priority = 9, when = function(c) return c.total > 150 end }
      """)
    _ = try rules.scan()
    for name in ["low", "high", "mark"] { try rules.enforce(name) }
    #expect(try rules.pass() == ["c1018", "c1019"])
    #expect(try rules.cart("c1018").heldBy?.rule == "high")
    #expect(try rules.cart("c1018").flags == ["mark"])
    #expect(try rules.cart("c1015").flags == ["mark"])
    #expect(try rules.cart("c1014").flags == [])
  }

  @Test func aShareIsAlwaysTheSameShoppers() throws {
    let rules = try RuleHarness(200)
    rules.write(
      "half.lua",
      """
      rule "half" { share = "50%", when = function() return true end }
      rule "all" { when = function() return true end }
      """)
    _ = try rules.scan()
    try rules.pass()
    let half = try rules.hits("half")
    let all = try rules.hits("all")
    #expect((80...120).contains(half) && all == 200)
  }

  @Test func aListIsPartOfTheVersionAndOfWhatIsInForce() throws {
    let rules = try RuleHarness()
    rules.write("lists/bad.txt", "# domains\nd0.example\n")
    rules.write(
      "list.lua",
      "rule \"list\" { band = \"100%\", when = function(c) return list \"bad.txt\":has(c.domain) end }"
    )
    _ = try rules.scan()
    try rules.enforce("list")
    #expect(try rules.pass().count == 10)
    rules.write("lists/bad.txt", "d1.example\n")
    #expect(try rules.scan().added.map(\.number) == [2])
    #expect(try rules.pass() == [], "the list of version 1 is enforced")
    try rules.enforce("list")
    #expect(try rules.pass().count == 10)
  }

  @Test func aBanFollowsAHitAndLastsTwiceAsLongTheNextTime() throws {
    let rules = try RuleHarness()
    rules.write(
      "ban.lua",
      "rule \"ban\" { band = \"100%\", ban = {by=\"ip\", ttl=\"1h\"}, when = function(c) return c.quantity == 20 end }"
    )
    _ = try rules.scan()
    try rules.enforce("ban")
    try rules.pass()
    let entry = try #require(try rules.handler.reader.entries(.blacklist).first)
    #expect(entry.pattern.text == "203.0.113.19" && entry.author.description == "rule:ban")
    #expect(entry.expires == TestShop.start.advanced(by: 3_600_000))
    rules.test.clock.advance(7_200_000)
    let key = try rules.handler.find("c1019")
    try operation(rules.handler) { try rules.handler.execute(.restore(judge: true), on: key) }
    let again = try #require(try rules.handler.reader.entries(.blacklist).first)
    #expect(again.expires == rules.test.clock.now.advanced(by: 7_200_000))
    #expect(try rules.test.shop.check().problems == [])
  }
}
