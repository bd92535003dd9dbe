import CartEngine
import CartModel
import CartRules
import CartScripting
import CartStorage
import CartSupport
import CartTesting
import Testing

/// What a pass costs, and what it takes from one cart to the next.
extension PassTests {
  /// The first question of a process reads the whole event log: no rule is stopped for it.
  @Test func manyFactsAreReadOnce() throws {
    let harness = try RuleHarness(3_000)
    harness.write(
      "s.lua",
      """
      rule "s" { when = function(c)
        local s = c:same("net", "1d")
        return s.carts == 12 and s.emails .. " mails"
      end }
      """)
    _ = try harness.scan()
    try harness.pass()
    let counts = try harness.test.shop.store.decisions(of: "s", version: 1)
    #expect(counts.errors == 0)
  }

  @Test func listsComeFirst() throws {
    let harness = try harness(3)
    try operation(harness.handler, "lists") {
      try harness.handler.add(.init(.ip, "203.0.113.7"), to: .blacklist, reason: "bots")
      try harness.handler.add(.init(.email, "a@x.de"), to: .allowlist)
    }
    let other = try self.harness(3)
    try operation(other.handler, "lists") {
      try other.handler.add(.init(.ip, "203.0.113.7"), to: .blacklist, reason: "bots")
      try other.handler.add(.init(.email, "a@x.de"), to: .allowlist)
    }
    #expect(try harness.pass().sorted() == other.pass(byOne: true).sorted())
    #expect(try result(harness).map(Self.withoutEntry) == result(other).map(Self.withoutEntry))
  }

  private static func withoutEntry(_ line: String) -> String {
    line.replacing(/"source":"[^"]*",?/, with: "")
  }

  /// More than are kept in memory: they are written by another thread while the pass goes on.
  @Test func thousandsOfDecisionsAreWrittenMeanwhile() throws {
    let harness = try RuleHarness(2_100)
    for name in ["a", "b", "c", "d", "e", "f"] {
      harness.write("\(name).lua", "rule \"\(name)\" { when = function(c) return c.id end }")
    }
    harness.write(
      "holds.lua",
      "rule \"holds\" { band=\"100%\", when = function(c) return c.quantity % 700 == 0 end }")
    _ = try harness.scan()
    try harness.enforce("holds")
    #expect(try harness.pass() == ["c1699", "c2399", "c3099"])
    for name in ["a", "f"] { #expect(try harness.hits(name) == 2_100) }
    let report = try harness.test.shop.check()
    #expect(report.isClean, "\(report.problems)")
    let events = try harness.test.shop.store.lastSeq()
    try harness.pass()
    #expect(try harness.test.shop.store.lastSeq() == events)
  }

  @Test func oneThatLoopsCostsItsBudgetAndNotThePass() throws {
    let harness = try RuleHarness(300)
    harness.write("loops.lua", "rule \"loops\" { when = function(c) while true do end end }")
    harness.write("good.lua", "rule \"good\" { when = function(c) return c.quantity > 250 end }")
    _ = try harness.scan()
    try harness.pass()
    #expect(try harness.hits("good") == 50)
    #expect(
      try harness.test.shop.store.decisions(of: "loops", version: 1).errors == 5,
      "after five in a row it is not asked any more")
  }

  @Test func aRuleThatKeepsACartCannotUseItForTheNext() throws {
    let harness = try RuleHarness(4)
    harness.write(
      "kept.lua",
      """
      local kept = {}
      rule "kept" { when = function(c)
        kept[1] = kept[1] or c
        return kept[1].id
      end }
      """)
    _ = try harness.scan()
    try harness.pass()
    let counts = try harness.test.shop.store.decisions(of: "kept", version: 1)
    #expect(counts.hits >= 1 && counts.hits + counts.errors == 4 && counts.errors >= 1)
  }
}
