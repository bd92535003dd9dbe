import CartApplication
import CartEngine
import CartModel
import CartReports
import CartSupport
import CartTesting
import ProgramTesting
import Testing

/// Reports of rule files and regular reports, as a service runs them.
struct ScheduleTests {
  private static let report = """
    report "pieces" {
      title = "Pieces",
      run = function(q)
        local rows = {}
        for c in carts{} do rows[#rows + 1] = { c.id, c.quantity } end
        return { columns = { "cart", { name = "pieces", type = "integer" } }, rows = rows }
      end,
    }
    """

  private static func opened() throws -> Opened { try Opened(rules: ["own.lua": report]) }

  @Test("A report of a rule file is found by its name")
  func ruleFile() throws {
    let opened = try Self.opened()
    let library = ReportLibrary(opened.application)
    #expect(library.titles().map(\.name) == ["pieces"])
    _ = opened.application.handler.begin("report")
    let table = try library.run("pieces", [], [:])
    #expect(table.rows.map { $0[0].text }.sorted() == ["cart1", "cart2", "cart3"])
    #expect(throws: EngineError(.notFound, "no report is called 'piecs'; did you mean 'pieces'?")) {
      try library.run("piecs", [], [:])
    }
    #expect(
      throws: ApplicationError(.usage, "report: period= says since and until; leave them out")
    ) { try library.run("pieces", [], ["since": "30d", "period": "last-week"]) }
  }

  @Test("A report is written when it is due, once")
  func due() throws {
    let opened = try Self.opened()
    let schedules = Schedules(opened.application)
    let target = opened.folder.file("pieces.csv")
    let own = try schedules.add("pieces", [], [:], every: try ScheduleTime("6h"), to: target)
    #expect(own.number == 1 && !own.hasRun)
    let rendering: Schedules.Rendering = { table, format in "\(format): \(table.rows.count)\n" }
    #expect(try schedules.runDue(rendering) == .init(written: 0, failed: 0))
    opened.clock.advance(7 * 3_600_000)
    #expect(try schedules.runDue(rendering) == .init(written: 1, failed: 0))
    #expect(opened.folder.read("pieces.csv") == "csv: 3\n")
    #expect(try schedules.runDue(rendering) == .init(written: 0, failed: 0))
    let kept = try ScheduleFile(opened.application.home).read()
    #expect(kept.map(\.hasRun) == [true] && kept.map(\.last) == [opened.clock.now])
    #expect(opened.folder.read("reports/log.jsonl").contains("\"outcome\":\"written\""))
  }

  @Test("A report that fails is said, and is due again")
  func failing() throws {
    let opened = try Self.opened()
    let schedules = Schedules(opened.application)
    let target = opened.folder.file("pieces.csv")
    _ = try schedules.add("pieces", [], [:], every: try ScheduleTime("6h"), to: target)
    opened.clock.advance(7 * 3_600_000)
    for _ in 1...2 {
      let result = try schedules.runDue { _, _ in throw EngineError(.file, "no paper") }
      #expect(result == .init(written: 0, failed: 1))
    }
    #expect(opened.messages == ["1: pieces: no paper", "1: pieces: no paper"])
    #expect(opened.folder.read("pieces.csv").isEmpty)
  }

  @Test("What could not be written on its day is refused when it is added")
  func refused() throws {
    let opened = try Self.opened()
    let schedules = Schedules(opened.application)
    let every = try ScheduleTime("6h")
    #expect(
      throws: ApplicationError(
        .usage,
        "schedule: --to: expected a file that ends in .html, .csv, .json, .md or .txt, got "
          + "'pieces.pdf'")
    ) { try schedules.add("pieces", [], [:], every: every, to: "pieces.pdf") }
    #expect(throws: EngineError.self) {
      try schedules.add("piecs", [], [:], every: every, to: opened.folder.file("a.csv"))
    }
    let message = "file \(opened.folder.file("rules/a.csv")): is in the folder of rules; name "
    #expect(throws: ApplicationError(.usage, message + "another file")) {
      try schedules.add("pieces", [], [:], every: every, to: opened.folder.file("rules/a.csv"))
    }
    let file = ScheduleFile(opened.application.home)
    #expect(try file.read().isEmpty)
    #expect(throws: EngineError(.notFound, "schedule '1': not found; see schedule list")) {
      try file.remove("1")
    }
  }
}
