import CartApplication
import CartEngine
import CartRules
import CartTesting
import Testing

/// Setting rules, and looking at them, without a console.
struct RuleSettingsTests {
  private static let many = """
    rule "many" { params = { most = 2 }, when = function(c, p) return c.quantity > p.most end }
    """

  @Test("A rule is enforced, rolled back and put off")
  func modes() throws {
    let opened = try Opened(rules: ["many.lua": Self.many])
    let application = opened.application
    _ = try RuleEnforcement(application).enforce("many", as: "enforce")
    _ = try RulePass(application).run(as: "pass")
    #expect(try opened.statuses() == ["active", "active", "held"])
    let settings = RuleSettings(application)
    #expect(try settings.rollBack("many", as: "rollback") == .init(restored: 1))
    #expect(try opened.statuses() == ["active", "active", "active"])
    try settings.set("many", .off, as: "off")
    #expect(try application.book.rule("many").setting.mode == .off)
    try settings.set("many", .shadow, as: "shadow")
    #expect(try application.book.rule("many").setting.mode == .shadow)
  }

  @Test("A parameter makes a version, which the study shows beside the one before")
  func parameters() throws {
    let opened = try Opened(rules: ["many.lua": Self.many])
    let application = opened.application
    let version = try RuleSettings(application).set(
      "many", parameters: [("most", "1")], as: "set")
    #expect(version.number == 2 && version.parameters.map(\.value) == ["1"])
    let study = RuleStudy(application)
    let (old, new) = try study.versions(of: "many", as: "diff")
    #expect(old?.version.number == 1 && new.version.number == 2 && old?.text == new.text)
    let entries = try study.entries(as: "list")
    #expect(entries.map(\.rule.name) == ["many"] && entries.first?.cost ?? 0 > 0)
    #expect(throws: EngineError.self) {
      try RuleSettings(application).set("many", parameters: [("most", "x")], as: "set")
    }
  }

  @Test("Nothing of a rule is set in the sandbox")
  func sandbox() throws {
    let opened = try Opened(rules: ["many.lua": Self.many])
    try RuleFolder(opened.application).refresh("scan")
    opened.application.handler.enter(.sandbox)
    let settings = RuleSettings(opened.application)
    #expect(
      throws: EngineError(.refused, "rules off: a rule is set in live mode; see .live")
    ) { try settings.set("many", .off, as: "off") }
    #expect(
      throws: EngineError(.refused, "rules set: a rule is set in live mode; see .live")
    ) { try settings.set("many", parameters: [("most", "1")], as: "set") }
    #expect(
      throws: EngineError(.refused, "rules enforce: a rule is set in live mode; see .live")
    ) { try RuleEnforcement(opened.application).enforce("many", as: "enforce") }
  }

  @Test("A backtest counts labels of other shops' carts, and names a label that no cart has")
  func backtest() throws {
    let opened = try Opened(rules: ["many.lua": Self.many])
    let labels = opened.folder.write("labels.csv", "cart,label\ncart3,bot\nelsewhere,bot\n")
    _ = try RuleStudy(opened.application).begin("backtest")
    var backtest = RuleBacktest(opened.application)
    backtest.labels = labels
    let result = try backtest.run("many")
    #expect(result.test.hits.map(\.cart) == ["cart3"] && result.comparison == nil)
    #expect(result.strangers?.first == "elsewhere" && result.strangers?.count == 1)
    backtest.label = "human"
    #expect(throws: EngineError(.notFound, "label: no cart has 'human'")) {
      try backtest.run("many")
    }
  }

  @Test("A rule of a listing is written once, and not for a list with a limit")
  func written() throws {
    let opened = try Opened()
    let folder = RuleFolder(opened.application)
    let path = try folder.writeSample("new")
    try folder.refresh("scan")
    #expect(path.hasSuffix("/rules/new.lua"))
    #expect(try opened.application.book.rule("new").setting.mode == .shadow)
    #expect(throws: EngineError(.file, "file \(path): is there already")) {
      try folder.writeSample("new")
    }
    #expect(throws: ApplicationError.self) { try folder.writeSample("No") }
  }
}
