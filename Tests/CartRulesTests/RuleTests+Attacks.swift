import CartEngine
import CartModel
import CartRules
import CartScripting
import CartStorage
import CartTesting
import Testing

/// Ways round rules that were tried.
extension RuleTests {
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

  /// An order that is asked for again and again, and work that is undone, use up no band.
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
      _ = try? handler.run.atomically {
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
    var result = Guard.RolledBack()
    try operation(rules.handler) { result = try rules.handler.run.guard.rollBack(rule: "ban") }
    #expect(result == .init(restored: 5, bans: 5))
    #expect(try rules.cart("c1019").state == .open)
    #expect(try rules.handler.reader.entries(.blacklist).isEmpty)
  }

  @Test func twoProcessesMakeOneVersionOfOneFile() throws {
    let rules = try RuleHarness()
    rules.write("hoard.lua", hoard)
    let other = CommandHandler(
      try rules.test.reopened(), actor: .staff("ben"), consent: .given)
    let book = RuleBook(other, folder: rules.test.folder.file("rules"))
    for (handler, book) in [(rules.handler, rules.book), (other, book)] {
      _ = handler.begin("scan")
      _ = try book.scan()
    }
    _ = try rules.handler.finish()
    _ = try other.finish()
    rules.book.refresh()
    #expect(try rules.book.rule("hoard").versions.count == 1)
    for (handler, book, value) in [(rules.handler, rules.book, "8"), (other, book, "9")] {
      book.refresh()
      _ = handler.begin("set")
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

  @Test func askingWhyChangesNothingOfARule() throws {
    let rules = try RuleHarness(100)
    rules.write(
      "q.lua",
      """
      rule "q" { band = "1%", when = function(c) return c.quantity > 5 end }
      rule "bad" { when = function(c) return c.totl end }
      """)
    _ = try rules.scan()
    for name in ["q", "bad"] { try rules.enforce(name) }
    try operation(rules.handler) {
      for cart in 50..<70 {
        _ = try rules.handler.explain(try rules.handler.find("c\(1000 + cart)"))
      }
    }
    rules.book.refresh()
    for name in ["q", "bad"] { #expect(try rules.book.rule(name).setting.mode == .enforce) }
    #expect(rules.said.isEmpty)
  }
}
