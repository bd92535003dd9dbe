import CartModel
import CartTesting
import Testing

@testable import CartConsole

/// What a report is about, in each way to show it.
struct ReportScopeTests {
  private let words =
    "Practice, from 2026-10-31 09:00:00 to 2026-11-01 09:00:00, filters: country=DE, "
    + "as of 2026-11-01 09:00:00"

  private func said(_ lines: String..., width: Int? = nil) throws -> String {
    let harness = try ConsoleHarness(width: width)
    for line in lines { harness.run(line) }
    return harness.said
  }

  @Test(arguments: ["table", "vertical", "md"])
  func textEndsWithIt(mode: String) throws {
    let text = try said(".mode \(mode)", ".report countries country=DE since=1d")
    #expect(text.hasSuffix(words + "\n"), "\(text)")
  }

  @Test func aNarrowTerminalFoldsIt() throws {
    let text = try said(".report countries country=DE since=1d", width: 60)
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines.allSatisfy { $0.count <= 60 }, "\(text)")
    #expect(lines.contains("Practice,") || lines.contains { $0.hasPrefix("Practice, ") })
    #expect(lines.contains { $0.contains("as of 2026-11-01 09:00:00") })
  }

  @Test func csvSaysItAsAMessage() throws {
    let text = try said(".mode csv", ".report countries country=DE since=1d")
    #expect(text.contains("! \(words)\n"), "\(text)")
    #expect(text.split(separator: "\n").count { !$0.hasPrefix("!") && $0.contains("as of") } == 0)
  }

  @Test func pagesHaveIt() throws {
    #expect(
      try said(".mode html", ".report countries country=DE since=1d").contains(
        "<p class=\"m0\">\(words)</p>"))
  }

  @Test func aScriptsReportHasIt() throws {
    let text = try said(
      #"report "mine" { title = "Mine", run = function(q) return { columns = { "a" }, rows = { { 1 } } } end }"#,
      ".report mine country=DE since=1d")
    #expect(text.hasSuffix(words + "\n"), "\(text)")
  }

  @Test func listsSayInJSONWhatTheyList() throws {
    let text = try said(".mode json", ".carts country=DE limit=2")
    #expect(
      text.contains(
        #""shop":"Practice","as_of":"2026-11-01T08:00:00.000Z","since":null,"until":null,"#
          + #""filters":["country=DE","limit=2","status=active,abandoned"]"#),
      "\(text)")
    #expect(
      try said(".mode json", ".orders sort=-order_total").contains(
        #""filters":["status=ordered","sort=-order_total"]"#))
  }

  /// A script's filter by keys reaches the report that it runs.
  @Test func reportsRunByAScriptKeepTheirFilter() throws {
    let text = try said(
      #"report "w" { title = "W", run = function(q) return { columns = { "a" }, rows = { { table.concat(q.where, " ") } } } end }"#,
      #"reports.run("w", { where = { country = "DE", min_total = 5 } }).rows[1][1]"#)
    #expect(text == "country=DE total>=5\n", "\(text)")
  }
}
