import CartApplication
import CartEngine
import CartModel
import CartReports
import CartRules
import CartTesting
import Testing

/// Looking at rules records nothing, and says what they are now.
struct RuleStudyTests {
  private static func many(_ most: Int, action: String = "hold") -> String {
    #"rule "many" { action = "\#(action)", when = function(c) return c.quantity > \#(most) end }"#
  }

  private func operations(_ opened: Opened) throws -> [Int64] {
    try opened.application.handler.reader.operations.list().map(\.operation.id)
  }

  @Test("Listing, trying and planning see new files, and take no number")
  func looking() throws {
    let opened = try Opened(rules: ["many.lua": Self.many(2)])
    let application = opened.application
    let before = try operations(opened)
    let study = RuleStudy(application)
    #expect(try study.entries(as: "list").map(\.rule.mode) == ["shadow"])
    #expect(
      opened.messages == [
        "rule many: version 1 of many.lua, not recorded yet: 'rules run' puts it into shadow"
      ])
    let cart = try #require(
      try application.handler.reader.cart(try application.handler.reader.find("cart3")))
    #expect(try study.trial(of: "many", { cart }, as: "try").trial.outcome == .hold)
    let plan = try RulePass(application).run("many", isTrial: true, as: "plan")
    #expect(plan.judged == 3 && plan.held.isEmpty && plan.plan?.changes.isEmpty == true)
    #expect(try operations(opened) == before)
    _ = try RulePass(application).run(as: "pass")
    #expect(try operations(opened).count > before.count)
    let (old, new) = try study.versions(of: "many", as: "diff")
    #expect(old == nil && new.version.number == 1)
  }

  @Test("What is not recorded ends with the look at it")
  func ending() throws {
    let opened = try Opened(rules: ["many.lua": Self.many(2)])
    _ = try RuleStudy(opened.application).entries(as: "list")
    opened.application.book.refresh()
    #expect(throws: EngineError.self) { try opened.application.book.rule("many") }
  }

  @Test("Two versions are compared by their numbers")
  func versions() throws {
    let opened = try Opened(rules: ["many.lua": Self.many(2)])
    let application = opened.application
    try RuleFolder(application).refresh("scan")
    opened.folder.write("rules/many.lua", Self.many(1))
    let study = RuleStudy(application)
    let (old, new) = try study.versions(of: "many", 1, 2, as: "diff")
    #expect(old?.text == Self.many(2) && new.text == Self.many(1))
    #expect(try study.versions(of: "many", 2, 2, as: "diff").old == nil)
    #expect(
      throws: EngineError(.notFound, "rule many: has no version 3; its versions are 1, 2")
    ) { try study.versions(of: "many", 1, 3, as: "diff") }
  }

  @Test("A pass says how many carts it flagged, and a rollback removes the flags, of orders too")
  func flags() throws {
    let opened = try Opened(rules: ["many.lua": Self.many(1, action: "flag")])
    let application = opened.application
    _ = try RuleEnforcement(application).enforce("many", as: "enforce")
    let pass = try RulePass(application).run(as: "pass")
    #expect(pass.held.isEmpty && pass.flagged == 2)
    let handler = application.handler
    let key = try handler.reader.find("cart3")
    try handler.confirmer.unquestioned {
      try application.perform("order") { try $0.execute(.order(.init(id: "1")), on: key) }
    }
    let done = try RuleSettings(application).rollBack("many", as: "rollback")
    #expect(done == .init(unflagged: 2))
    #expect(try handler.reader.cart(key)?.flags == [])
  }

  @Test("The report of rules says what mode they are in now, and in which they judged")
  func report() throws {
    let opened = try Opened(rules: ["many.lua": Self.many(2)])
    let application = opened.application
    func modes() throws -> [String] {
      let table = try ReportLibrary(application).run("rules", [], [:])
      return table.rows.map { $0[1...3].map(\.text).joined(separator: " ") }
    }
    _ = try RuleEnforcement(application).enforce("many", as: "enforce")
    _ = try RulePass(application).run(as: "pass")
    #expect(try modes() == ["1 enforce enforce"])
    try RuleSettings(application).set("many", .off, as: "off")
    #expect(try modes() == ["1 off enforce"])
    opened.folder.write("rules/many.lua", Self.many(1))
    _ = try RuleEnforcement(application).enforce("many", as: "enforce")
    #expect(try modes() == ["1  enforce"])
  }
}
