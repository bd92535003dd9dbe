import CartEngine
import CartModel
import CartRules
import CartScripting
import CartStorage
import CartTesting
import Testing

/// Lists beside rules, and what the event log keeps of them.
extension RuleTests {
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

  @Test func anExportHasRulesAndDecisions() throws {
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

  /// A span has its own last words, and a moment those that had been said by then.
  @Test func hitsAreThoseOfASpan() throws {
    let harness = try RuleHarness()
    harness.write("many.lua", #"rule "many" { when = function(c) return c.quantity > 15 end }"#)
    _ = try harness.scan()
    _ = try harness.pass()
    let first = harness.handler.now
    harness.test.clock.advance(3_600_000)
    harness.write("many.lua", #"rule "many" { when = function(c) return c.quantity > 17 end }"#)
    _ = try harness.scan()
    try harness.enforce("many", judged: [(20, 20)])
    harness.test.clock.advance(3_600_000)
    _ = try harness.pass()
    let second = harness.handler.now
    func hits(_ since: Timestamp?, _ until: Timestamp?) throws -> String {
      let hits = try harness.handler.reader.operations.hits(since: since, until: until)
      return Dictionary(grouping: hits, by: \.version).mapValues(\.count).sorted { $0.key < $1.key }
        .map { "version \($0): \($1)" }.joined(separator: ", ")
    }
    _ = harness.handler.begin("look")
    #expect(try hits(nil, nil) == "version 1: 2, version 2: 3")
    #expect(try hits(Timestamp(milliseconds: 0), nil) == "version 1: 2, version 2: 3")
    #expect(try hits(nil, second) == "version 1: 5")
    #expect(try hits(second, nil) == "version 2: 3")
    #expect(try hits(first, first) == "")
    #expect(try harness.handler.at(first) { try hits(nil, nil) } == "version 1: 5")
  }
}
