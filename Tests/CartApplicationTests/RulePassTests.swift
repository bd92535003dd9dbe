import CartApplication
import CartEngine
import CartRules
import CartTesting
import Testing

/// Passes of rules and enforcing them, as a service does.
struct RulePassTests {
  private static let many = """
    rule "many" { when = function(c) return c.quantity > 2 end, reason = "many" }
    """

  @Test("A new rule is recorded in shadow, and a pass holds nothing")
  func shadow() throws {
    let opened = try Opened(rules: ["many.lua": Self.many])
    let result = try RulePass(opened.application).run(as: "pass")
    #expect(result.judged == 3 && result.held.isEmpty && result.plan == nil)
    #expect(
      opened.messages == [
        "rule many: version 1 of many.lua, in shadow until 'rules enforce many'"
      ])
    #expect(try opened.statuses() == ["active", "active", "active"])
  }

  @Test("An enforced rule holds the carts that it matches, and a trial holds none")
  func enforced() throws {
    let opened = try Opened(rules: ["many.lua": Self.many])
    let result = try RuleEnforcement(opened.application).enforce("many", as: "enforce")
    guard case .rule(let setting, let now, _) = result else {
      Issue.record("expected a rule, got \(result)")
      return
    }
    #expect(setting.version == 1 && now.hits == 1 && now.carts == 3 && now.errors == 0)
    let trial = try RulePass(opened.application).run(isTrial: true, as: "pass")
    #expect(trial.held.count == 1 && trial.plan?.changes.map(\.cart) == ["cart3"])
    #expect(try opened.statuses() == ["active", "active", "active"])
    let pass = try RulePass(opened.application).run("many", as: "pass")
    #expect(pass.judged == 3 && pass.held.count == 1)
    #expect(try opened.statuses() == ["active", "active", "held"])
    #expect(pass.failures.isEmpty && pass.unchecked.isEmpty)
  }

  @Test("An unknown rule is not found")
  func unknown() throws {
    let opened = try Opened(rules: ["many.lua": Self.many])
    #expect(
      throws: EngineError(.notFound, "no rule or policy is called 'mnay'; did you mean 'many'?")
    ) { try RulePass(opened.application).run("mnay", as: "pass") }
  }

  @Test("A rule that fails on the open carts is not enforced")
  func failing() throws {
    let opened = try Opened(rules: [
      "bad.lua": "rule \"bad\" { when = function(c) error('no') end }"
    ])
    let error = #expect(throws: EngineError.self) {
      try RuleEnforcement(opened.application).enforce("bad", as: "enforce")
    }
    #expect(error?.code == .refused)
    #expect(
      error?.message.hasPrefix(
        "rule bad: fails on 3 of 3 carts that are open; it is not enforced: ") == true,
      "\(error?.message ?? "")")
    #expect(try opened.application.book.rule("bad").setting.mode == .shadow)
  }

  @Test("A rule of a file with errors is not enforced, and they are said")
  func unsound() throws {
    let opened = try Opened(rules: ["many.lua": Self.many])
    try RuleFolder(opened.application).refresh("scan")
    opened.folder.write(
      "rules/many.lua", "rule \"many\" { when = function(c) return c.total == 5 end }")
    let error = #expect(throws: EngineError.self) {
      try RuleEnforcement(opened.application).enforce("many", as: "enforce")
    }
    #expect(
      error?.message
        == "rules enforce: many.lua has 1 error, and many stays as it is; 'cartio rules check many' "
        + "shows what to correct")
    #expect(
      opened.messages.contains {
        $0.contains("rules/many.lua:1: error: cart.total is money, which is never == a number")
      })
    #expect(try opened.application.book.rule("many").setting.mode == .shadow)
  }

  @Test("The carts of a live import are judged")
  func imported() throws {
    let opened = try Opened(rules: ["many.lua": Self.many])
    _ = try RuleEnforcement(opened.application).enforce("many", as: "enforce")
    let pass = RulePass(opened.application)
    try pass.judge(importedBy: 1)
    #expect(try opened.statuses() == ["active", "active", "held"])
    try pass.judge(importedBy: 999)
  }

  @Test("Where nothing may be written, no version is recorded")
  func readOnly() throws {
    let opened = try Opened(rules: ["many.lua": Self.many]) { $0.access.isReadOnly = true }
    #expect(!RuleFolder(opened.application).canRecord)
    try RuleFolder(opened.application).refresh("scan")
    #expect(try opened.application.book.rules().isEmpty && opened.messages.isEmpty)
  }
}
