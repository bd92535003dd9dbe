import CartEngine
import CartModel
import CartRules
import CartScripting
import CartStore
import CartTesting
import Testing

/// A shop with a folder of rules.
private final class RuleHarness {
  let test: TestShop
  let handler: CommandHandler
  let book: RuleBook
  var said: [String] = []

  /// Carts c1000 … with as many pieces as their place, and a domain for each ten.
  init(_ count: Int = 20) throws {
    test = try TestShop()
    try test.take(TestShop.products)
    var lines = ""
    for cart in 0..<count {
      lines += """
        {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"c\(1000 + cart)","shopper":{"email":"s\(cart)@d\(cart / 10).example","ip":"203.0.113.\(cart % 250)","country":"DE"}}
        {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"c\(1000 + cart)","sku":"MUG-01","quantity":\(1 + cart),"price":"10.00"}

        """
    }
    try test.take(lines)
    handler = test.handler()
    let folder = test.folder.file("rules")
    for part in ["", "/lib", "/lists"] { try Files.makeFolder(folder + part) }
    book = RuleBook(handler, folder: folder)
    handler.judge = book
    book.messages = { [unowned self] in said.append($0) }
  }

  func write(_ name: String, _ text: String) { test.folder.write("rules/" + name, text) }

  func scan() throws -> RuleBook.Scan {
    var scan = RuleBook.Scan()
    try operation(handler, "scan") { scan = try book.scan() }
    book.refresh()
    return scan
  }

  func enforce(_ name: String, judged: (hits: Int, of: Int)? = nil) throws {
    try operation(handler, "enforce") { _ = try book.set(name, .enforce, judged: judged) }
    book.refresh()
  }

  /// A pass over all open carts; gives the names of those that it held.
  @discardableResult
  func pass() throws -> [String] {
    var held: [String] = []
    try operation(handler, "pass") {
      let keys = try handler.keys(matching: Filter())
      try book.pass(over: keys.count) {
        try handler.judge(keys.sorted()) { key, isHeld in
          if isHeld, let cart = try? handler.cart(key) { held.append(cart.id) }
        }
      }
    }
    return held
  }

  func cart(_ name: String) throws -> Cart {
    try #require(try test.shop.store.cart(try handler.find(name)))
  }

  func hits(_ name: String) throws -> Int64 {
    try test.shop.store.decisions(of: name, version: try book.rule(name).current.number).hits
  }
}

struct RuleTests {
  private let hoard = """
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
    // The same said again is not journalled again.
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
    try rules.enforce("hoard", judged: (12, 15))
    #expect(try rules.book.rule("hoard").setting.version == 2)
    #expect(try rules.pass().count == 5, "with those of version 1, half of the day's carts")
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

  @Test func aRuleGoneWildHoldsAtMostItsBand() throws {
    let rules = try RuleHarness(1000)
    rules.write("wild.lua", "rule \"wild\" { band = \"2%\", when = function() return true end }")
    _ = try rules.scan()
    try rules.enforce("wild")
    #expect(try rules.pass().count == 20)
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
    #expect(try rules.pass() == [], "the list of version 1 is in force")
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
    let entry = try #require(try rules.handler.entries(.blacklist).first)
    #expect(entry.pattern.text == "203.0.113.19" && entry.author.description == "rule:ban")
    #expect(entry.expires == TestShop.start.advanced(by: 3_600_000))
    rules.test.clock.advance(7_200_000)
    let key = try rules.handler.find("c1019")
    try operation(rules.handler) { try rules.handler.execute(.restore(judge: true), on: key) }
    let again = try #require(try rules.handler.entries(.blacklist).first)
    #expect(again.expires == rules.test.clock.now.advanced(by: 7_200_000))
    #expect(try rules.test.shop.check().problems == [])
  }

  @Test func theAllowlistKeepsRulesAway() throws {
    let rules = try RuleHarness()
    rules.write("hoard.lua", hoard)
    _ = try rules.scan()
    try rules.enforce("hoard")
    try operation(rules.handler) {
      try rules.handler.add(.init(.email, "s19@d1.example"), to: .allowlist)
    }
    #expect(try rules.pass() == ["c1015", "c1016", "c1017", "c1018"])
  }

  @Test func settingsAndHoldsCanBeTakenBack() throws {
    let rules = try RuleHarness()
    rules.write("hoard.lua", hoard)
    _ = try rules.scan()
    let number = try #require(
      try operation(rules.handler) { _ = try rules.book.set("hoard", .enforce) })
    try takeBack(rules.handler, number)
    rules.book.refresh()
    #expect(try rules.book.rule("hoard").setting.mode == .shadow)
    try takeBack(rules.handler, number, redo: true)
    rules.book.refresh()
    #expect(try rules.book.rule("hoard").setting.mode == .enforce)
    #expect(try rules.test.shop.check().problems == [])
  }

  @Test func anExportBringsRulesAndDecisionsAlong() throws {
    let rules = try RuleHarness()
    rules.write("hoard.lua", hoard)
    _ = try rules.scan()
    try rules.enforce("hoard")
    try rules.pass()
    let text = try rules.test.exported()
    let copy = try TestShop(seed: 2)
    let (_, rejects) = try copy.take(text)
    #expect(rejects.isEmpty, "\(rejects.map(\.reason))")
    #expect(try copy.exported() == text)
    #expect(try copy.shop.store.decisions(of: "hoard", version: 1).hits == 5)
    #expect(try copy.shop.check().problems == [])
  }

  @Test(arguments: [
    ("rule \"a\" { }", "rule 'a': when: expected a function, got nothing"),
    (
      "rule \"a\" { when = function() end, priorty = 1 }",
      "rule 'a': no key 'priorty'; did you mean 'priority'?"
    ),
    (
      "rule \"a\" { when = function() end, action = \"held\" }",
      "rule 'a': action: expected hold or flag, got 'held'; did you mean 'hold'?"
    ),
    (
      "rule \"a\" { when = function() end, band = 2 }",
      "rule 'a': band: expected a share as \"2%\", got the number 2"
    ),
    (
      "rule \"a\" { when = function() end, ban = {by=\"card\", ttl=\"1d\"} }",
      "rule 'a': ban: by: expected ip or email"
    ),
    (
      "rule \"a\" { when = function() end } rule \"a\" { when = function() end }",
      "rule 'a': is defined already"
    ),
    ("x = 1", "x"),
  ])
  func aFileThatStatesNonsenseIsNamed(text: String, message: String) throws {
    let rules = try RuleHarness(1)
    rules.write("bad.lua", text)
    let scan = try rules.scan()
    #expect(scan.added.isEmpty && scan.errors.map(\.file) == ["bad.lua"])
    #expect(scan.errors.first?.message.contains(message) == true, "\(scan.errors)")
  }

  @Test(arguments: [
    "carts():first():hold(\"x\")", "blacklist.add{ip=\"1.2.3.4\"}", "local n = #carts{}",
  ])
  func aFileMayNotActWhileItIsRead(line: String) throws {
    let rules = try RuleHarness(3)
    rules.write("bad.lua", line + " rule \"a\" { when = function() end }")
    #expect(try rules.scan().errors.first?.message.contains("not inside a rule") == true)
    #expect(try rules.test.shop.store.entries().isEmpty)
    #expect(try rules.cart("c1000").state == .open)
  }

  /// An order that is asked for again and again, and work that is taken back, use up no band.
  @Test func theBandCountsCartsAndNotAttempts() throws {
    let rules = try RuleHarness(100)
    rules.write(
      "q.lua", "rule \"q\" { band = \"5%\", when = function(c) return c.quantity > 40 end }")
    _ = try rules.scan()
    try rules.enforce("q")
    let handler = rules.handler
    try operation(handler) {
      for _ in 0..<50 {
        _ = try? handler.execute(.order(.init(id: "")), on: handler.find("c1050"))
      }
      _ = try? handler.atomically {
        for cart in 60..<64 { try handler.add("TEA-01", 1, to: handler.find("c\(1000 + cart)")) }
        throw EngineError(.refused, "never mind")
      }
      #expect(throws: EngineError.self) {
        try handler.execute(.order(.init(id: "")), on: handler.find("c1070"))
      }
    }
    rules.book.refresh()
    #expect(try rules.book.rule("q").setting.mode == .enforce)
    #expect(try rules.cart("c1050").state == .held && rules.cart("c1060").state == .open)
    #expect(try rules.hits("q") == 2)
    #expect(try rules.test.shop.check().problems == [])
  }

  @Test func aRollbackTakesTheBansAlong() throws {
    let rules = try RuleHarness()
    rules.write(
      "ban.lua",
      "rule \"ban\" { band = \"100%\", ban = {by=\"ip\", ttl=\"7d\"}, when = function(c) return c.quantity > 15 end }"
    )
    _ = try rules.scan()
    try rules.enforce("ban")
    #expect(try rules.pass().count == 5)
    rules.write("ban.lua", "-- another version\n" + rules.test.folder.read("rules/ban.lua"))
    _ = try rules.scan()
    try rules.enforce("ban")
    var result = (restored: 0, bans: 0)
    try operation(rules.handler) { result = try rules.handler.rollBack(rule: "ban") }
    #expect(result == (5, 5))
    #expect(try rules.cart("c1019").state == .open)
    #expect(try rules.handler.entries(.blacklist).isEmpty)
  }

  @Test func twoProcessesMakeOneVersionOfOneFile() throws {
    let rules = try RuleHarness()
    rules.write("hoard.lua", hoard)
    let other = CommandHandler(
      try rules.test.reopened(), actor: .staff("ben"), consent: .given)
    let book = RuleBook(other, folder: rules.test.folder.file("rules"))
    for (handler, book) in [(rules.handler, rules.book), (other, book)] {
      handler.begin("scan")
      _ = try book.scan()
    }
    _ = try rules.handler.finish()
    _ = try other.finish()
    rules.book.refresh()
    #expect(try rules.book.rule("hoard").versions.count == 1)
    for (handler, book, value) in [(rules.handler, rules.book, "8"), (other, book, "9")] {
      book.refresh()
      handler.begin("set")
      _ = try book.set("hoard", parameters: [("max", value)])
    }
    _ = try rules.handler.finish()
    _ = try other.finish()
    rules.book.refresh()
    #expect(try rules.book.rule("hoard").versions.map(\.version.number) == [1, 2, 3])
    #expect(try rules.test.shop.check().problems == [])
  }

  @Test func aNULInAReasonBreaksNoExport() throws {
    let rules = try RuleHarness(3)
    rules.write(
      "nul.lua", "rule \"nul\" { band = \"100%\", when = function(c) return \"a\\0b\" end }")
    _ = try rules.scan()
    try rules.enforce("nul")
    try rules.pass()
    #expect(try rules.cart("c1000").heldBy?.reason == "ab")
    let (_, rejects) = try TestShop(seed: 2).take(try rules.test.exported())
    #expect(rejects.isEmpty)
  }
}
