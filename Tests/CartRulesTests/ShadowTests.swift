import CartEngine
import CartModel
import CartStorage
import CartTesting
import Testing

@testable import CartRules

/// Rules in shadow beside changes: they take a bounded time, and what takes more is suspended.
struct ShadowTests {
  private static let endless = "rule \"endless\" { when = function(c) while true do end end }"

  private func harness(_ text: String = endless) throws -> RuleHarness {
    let rules = try RuleHarness(5)
    rules.write("q.lua", text)
    #expect(try rules.scan().errors.isEmpty)
    return rules
  }

  @Test func anEndlessRuleIsSuspendedAndNamed() throws {
    let rules = try harness()
    let handler = rules.handler
    try operation(handler) { try handler.add("TEA-01", 1, to: handler.find("c1001")) }
    #expect(try rules.cart("c1001").lines.count == 2)
    rules.book.refresh()
    let state = try rules.book.rule("endless")
    #expect(state.isSuspended && state.mode == "suspended")
    #expect(state.setBy?.at == TestShop.start)
    #expect(
      state.setting.reason
        == "suspended: a change may wait 50 ms for rules in shadow: instruction limit reached; "
        + "'rules shadow endless' resumes it"
        || state.setting.reason.contains("time limit reached"))
    #expect(
      rules.said.last?.hasSuffix(
        "Changes are not judged by it any more. Resume it with: rules shadow endless") == true)
    #expect(try rules.hits("endless") == 0)
    // The next change does not pay again.
    let said = rules.said.count
    try operation(handler) { _ = try handler.create([.ip: "203.0.113.7"]) }
    #expect(rules.said.count == said)
    #expect(try rules.test.shop.check().problems == [])
  }

  /// A new version is another rule, and a person may try the old one again.
  @Test func itIsResumedByAPersonOrByAnotherVersion() throws {
    let rules = try harness()
    let handler = rules.handler
    func change() throws { try operation(handler) { _ = try handler.create([.ip: "203.0.113.7"]) } }
    try change()
    rules.book.refresh()
    #expect(try rules.book.rule("endless").isSuspended)
    try operation(handler) { _ = try rules.book.set("endless", .shadow) }
    rules.book.refresh()
    #expect(try rules.book.rule("endless").mode == "shadow")
    try change()
    rules.book.refresh()
    #expect(try rules.book.rule("endless").isSuspended)
    rules.write("q.lua", "rule \"endless\" { when = function(c) return c.quantity > 1 end }")
    _ = try rules.scan()
    #expect(try rules.book.rule("endless").mode == "shadow")
    try change()
    #expect(try rules.book.rule("endless").mode == "shadow")
  }

  /// Where nothing may be saved it is suspended for the session.
  @Test(arguments: [CommandHandler.Mode.sandbox, .plan])
  func alsoWhereNothingIsSaved(mode: CommandHandler.Mode) throws {
    let rules = try harness()
    let handler = CommandHandler(
      rules.test.shop, mode: mode, actor: .staff("anna"), consent: .given)
    let book = RuleBook(handler, folder: rules.test.folder.file("rules"))
    var said: [String] = []
    book.messages = { said.append($0) }
    handler.judge = book
    for _ in 0..<3 {
      _ = handler.begin("change")
      book.refresh()
      _ = try handler.create([.ip: "203.0.113.7"])
      _ = try handler.finish()
    }
    #expect(said.count == 1)
    rules.book.refresh()
    #expect(try rules.book.rule("endless").mode == "shadow")
  }

  /// A file that loops while it is loaded is cut off as well.
  @Test func alsoWhileItIsLoaded() throws {
    let rules = try harness(
      """
      if now() > \(TestShop.start.milliseconds / 1000 + 30) then while true do end end
      rule "endless" { when = function(c) return false end }
      """)
    rules.test.clock.advance(60_000)
    try operation(rules.handler) { _ = try rules.handler.create([.ip: "203.0.113.7"]) }
    rules.book.refresh()
    #expect(try rules.book.rule("endless").isSuspended)
  }

  /// Of several that take long together, the one that took the most goes.
  @Test func ofManyTheOneThatTookTheMostGoes() {
    let allowance = ShadowAllowance()
    allowance.spend(20_000_000, on: "a")
    #expect(allowance.left == 30_000_000 && allowance.overruns.isEmpty)
    #expect(allowance.budget.cpu == 30_000_000)
    allowance.spend(25_000_000, on: "b")
    allowance.spend(10_000_000, on: "a")
    #expect(allowance.left == 0)
    #expect(
      allowance.overruns.map { "\($0.rule): \($0.reason)" } == [
        "a: rules in shadow took more than 50 ms of a change, and it took the most, 30 ms"
      ])
  }

  /// An enforced rule has its own time, and falls back to shadow first.
  @Test func anEnforcedRuleIsNotSuspended() throws {
    let rules = try harness()
    try rules.enforce("endless")
    try operation(rules.handler) { _ = try rules.handler.create([.ip: "203.0.113.7"]) }
    rules.book.refresh()
    #expect(try rules.book.rule("endless").mode == "enforce")
  }

  /// A pass follows no change: there a rule fails as it does anywhere.
  @Test func aPassSuspendsNothing() throws {
    let rules = try harness()
    try rules.pass()
    rules.book.refresh()
    #expect(try rules.book.rule("endless").mode == "shadow")
  }

  /// Asking why, too.
  @Test func askingWhySuspendsNothing() throws {
    let rules = try harness()
    _ = rules.handler.begin("why")
    _ = try rules.handler.explain(try rules.handler.find("c1001"))
    #expect(try rules.book.rule("endless").mode == "shadow")
  }
}
