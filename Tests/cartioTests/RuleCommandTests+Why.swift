import CartConsole
import CartEngine
import CartSupport
import CartTesting
import ProgramTesting
import Testing

/// Why a cart is held, and tests beside rules.
extension RuleCommandTests {
  @Test func whySaysWhichEntryOrRuleAndWhere() throws {
    try shop()
    #expect(program.run("rules", "enforce", "hoard", "--yes").status == 0)
    let cart = program.run("-e", "carts{'quantity<5', 'quantity>0', sort='id'}:first().id").output
      .dropLast()
    #expect(program.run("-e", ".set \(cart) #1 99").status == 0)
    let held = program.run("-e", ".why \(cart)")
    #expect(held.output.contains("held  rule:hoard  version 1, hoard.lua:1  many pieces"))
    let quantity = program.run("-e", "cart('\(cart)').quantity").output.dropLast()
    #expect(
      held.messages == "now, as it is:\n  rule hoard, version 1, hoard.lua:1: hold: many pieces\n"
        + "      quantity = \(quantity)\n      It would not match if the quantity were 8.\n")
    #expect(program.run("-e", "cart('\(cart)'):why()[1].way.quantity").output == "8\n")
    #expect(program.run("-e", ".restore \(cart)").status == 0)
    #expect(
      program.run("-e", ".why \(cart)").messages.contains(
        "many pieces (a person brought it back from that: it does not hold it)\n"))
    #expect(program.run("-e", ".set \(cart) #1 1").status == 0)
    // What it read when it held the cart is still known, as it was.
    let then = program.run("-e", ".why \(cart)").messages
    #expect(then.contains(" is not held or flagged now.\nwhen hoard held it, "), "\(then)")
    #expect(
      then.hasSuffix(
        ":\n    quantity = \(quantity)\nNo entry of the blacklist and no rule, enforced or in shadow, matches it now.\n"
      ), "\(then)")
  }

  /// A hold of another database's rule is shown; what it read cannot be.
  @Test func whyOfARuleThatIsNotHere() throws {
    try shop()
    folder.write(
      "held.jsonl",
      """
      {"type":"cart.created","at":"2026-10-01T07:00:00Z","cart":"elsewhere"}
      {"type":"cart.held","at":"2026-10-01T07:00:01Z","cart":"elsewhere","rule":"banned","source":"7","reason":"x"}

      """)
    #expect(program.run("import", folder.file("held.jsonl")).status == 0)
    let why = program.run("-e", ".why elsewhere")
    #expect(why.status == 0 && why.output.contains("rule:banned") || why.output.contains("held"))
    #expect(why.messages.hasPrefix("when banned held it, 2026-10-01 "), "\(why)")
    #expect(why.messages.contains("  what it read cannot be shown: "), "\(why)")
    #expect(
      why.messages.hasSuffix(
        "No entry of the blacklist and no rule, enforced or in shadow, matches it now.\n"), "\(why)"
    )
  }

  @Test func testsBesideRulesFailWithWordsAndAlone() throws {
    try shop()
    folder.write(
      "rules/a.lua",
      """
      rule "a" { when = function(c) return c.quantity > 5 and "many" end }
      test("passes", function() expect(judge("a", fixture{quantity=6}).reason, "many") end)
      test("loops", function() while true do end end)
      test("misspelt", function() judge("a", fixture{ipp="x"}) end)
      test("wrong", function() expect(judge("a", fixture{quantity=5}).hit, true) end)
      """)
    let result = program.run("rules", "test", "a")
    #expect(result.status == 1 && result.messages == "error: 3 of 4 tests failed\n")
    #expect(
      result.output == """
        TAP version 13
        1..4
        ok 1 - a.lua: passes
        not ok 2 - a.lua: loops
          ---
          message: "instruction limit reached"
          ...
        not ok 3 - a.lua: misspelt
          ---
          message: "a.lua:4: judge: fixture: no key 'ipp'; did you mean 'ip'?"
          ...
        not ok 4 - a.lua: wrong
          ---
          message: "a.lua:5: expected true, got false"
          ...
        # a.lua: line coverage 1/1

        """)
    let junit = program.run("rules", "test", "a", "--format", "junit").output
    #expect(junit.contains("<testsuite name=\"rules\" tests=\"4\" failures=\"3\">"))
    #expect(program.run("-e", "judge('a', {})").status == 1)
  }
}
