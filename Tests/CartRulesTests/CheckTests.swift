import CartEngine
import CartModel
import CartRules
import CartStorage
import CartTesting
import Testing

/// `rules check` over carts and lists: each finding has a witness.
struct CheckTests {
  private func findings(_ harness: RuleHarness) throws -> [String] {
    try harness.book.check().map { "\($0.file):\($0.line): \($0.message)" }
  }

  @Test func goodRulesGiveNoFinding() throws {
    let harness = try RuleHarness()
    harness.write("a.lua", "rule \"a\" { when = function(c) return c.quantity > 15 end }")
    harness.write("b.lua", "rule \"b\" { when = function(c) return c.quantity < 5 end }")
    #expect(try findings(harness) == [])
  }

  @Test func whatDependsOnOtherCartsIsFound() throws {
    let harness = try RuleHarness()
    harness.write(
      "state.lua",
      """
      local seen = 0
      rule "fine" { when = function(c) return c.quantity == 3 end }
      rule "counts" { when = function(c)
        seen = seen + 1
        return seen > 18 and "tired"
      end }
      """)
    #expect(
      try findings(harness) == [
        "state.lua:3: rule counts: depends on which carts it saw before: of cart c1019 it says 'tired' "
          + "in one order and no in the other; keep nothing outside of 'when'"
      ])
  }

  @Test func aShadowedRuleAndOneThatFailsAreNamed() throws {
    let harness = try RuleHarness()
    harness.write(
      "two.lua",
      """
      rule "wide" { priority = 2, when = function(c) return c.quantity > 10 end }
      rule "narrow" { when = function(c) return c.quantity > 15 and "many" end }
      rule "beside" { when = function(c) return c.quantity > 9 end }
      rule "fails" { when = function(c) if c.quantity == 4 then error("four") end end }
      """)
    #expect(
      try findings(harness) == [
        "two.lua:4: rule fails: fails on 1 of 20 open carts, as on cart c1003: two.lua:4: four",
        "two.lua:2: rule narrow: is shadowed by wide, which matches all 5 open carts that it "
          + "matches, as cart c1015, and decides first",
      ])
  }

  @Test func aQuietRuleIsNamedAfterAMonth() throws {
    let harness = try RuleHarness()
    harness.write("a.lua", "rule \"quiet\" { when = function(c) return c.quantity > 1000 end }")
    _ = try harness.scan()
    #expect(try findings(harness) == [])
    harness.test.clock.advance(31 * 86_400_000)
    #expect(
      try findings(harness) == ["a.lua:1: rule quiet: matched no cart in 30 days, nor ever"])
  }

  @Test func filesThatNobodyReadsAreNamed() throws {
    let harness = try RuleHarness()
    harness.write(
      "a.lua",
      "local l = list \"used.txt\" rule \"a\" { when = function(c) return l:has(c.ip) end }")
    harness.write("lists/used.txt", "x\n")
    harness.write("lists/unused.txt", "x\n")
    harness.write("lib/alone.lua", "return 1")
    #expect(
      try findings(harness) == [
        "lists/unused.txt:1: list: no rule reads it", "lib/alone.lua:1: module: no rule reads it",
      ])
  }

  @Test func entriesWithinWiderOnesAndClashes() throws {
    let harness = try RuleHarness(1)
    try operation(harness.handler, "lists") {
      for (kind, text) in [
        (ListEntry.Kind.ip, "203.0.113.0/24"), (.ip, "203.0.113.7"), (.ip, "203.0.112.1"),
        (.ip, "2001:db8::/32"), (.ip, "2001:db8:1::/48"), (.email, "*@spam.example"),
        (.email, "a@spam.example"), (.email, "b@ham.example"), (.email, "*@*.bad.example"),
        (.email, "*@very.bad.example"), (.email, "x@very.bad.example"), (.country, "FR"),
      ] {
        try harness.handler.add(.init(kind, text), to: .blacklist)
      }
      try harness.handler.add(.init(.email, "b@ham.example"), to: .allowlist)
      try harness.handler.add(.init(.ip, "203.0.0.0/16"), to: .allowlist)
      // Stays longer than what is wider.
      try harness.handler.add(
        .init(.ip, "198.51.100.0/24"), to: .blacklist, ttl: Span(milliseconds: 1000))
      try harness.handler.add(.init(.ip, "198.51.100.1"), to: .blacklist)
    }
    #expect(
      try Set(harness.book.check().map(\.message)) == [
        "blacklist: ip 203.0.113.7 is covered by ip 203.0.113.0/24",
        "blacklist: ip 2001:db8:1::/48 is covered by ip 2001:db8::/32",
        "blacklist: email a@spam.example is covered by email *@spam.example",
        "blacklist: email *@very.bad.example is covered by email *@*.bad.example",
        "blacklist: email x@very.bad.example is covered by email *@very.bad.example",
        "blacklist: email b@ham.example has no effect: the allowlist has email b@ham.example, which wins",
        "blacklist: ip 203.0.113.0/24 has no effect: the allowlist has ip 203.0.0.0/16, which wins",
        "blacklist: ip 203.0.113.7 has no effect: the allowlist has ip 203.0.0.0/16, which wins",
        "blacklist: ip 203.0.112.1 has no effect: the allowlist has ip 203.0.0.0/16, which wins",
      ])
  }

  @Test func nothingFollowsFromAsking() throws {
    let harness = try RuleHarness()
    harness.write("a.lua", "rule \"a\" { when = function(c) error(\"no\") end }")
    _ = try harness.scan()
    try harness.enforce("a")
    let before = try harness.test.exported()
    _ = try harness.book.check()
    #expect(try harness.test.exported() == before)
    #expect(try harness.book.rule("a").setting.mode == .enforce)
  }
}
