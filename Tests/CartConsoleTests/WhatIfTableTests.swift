import CartConsole
import CartEngine
import CartModel
import CartReports
import CartRules
import CartSupport
import CartTesting
import ProgramTesting
import Testing

/// The figures of a span under another rule, and the carts behind their differences.
struct WhatIfTableTests {
  @Test func asTheConsoleTellsIt() throws {
    let harness = try ConsoleHarness(isLive: true)
    try Files.makeFolder(harness.folder.file("rules"))
    let rule = ReadmeBlock.root() + "/examples/rules/hoarding.lua"
    harness.folder.write("rules/hoarding.lua", try Files.text(rule))
    harness.folder.write(
      "rules/quick.lua",
      """
      policy "quick" {
        every = "6h", max = { orders = 2, per = "1d" },
        when = function(c) return #c.lines > 0 and c.email ~= "" end,
      }
      """)
    expectGolden(
      harness.transcript(
        ".rules what-if hoarding since=3d", ".drill 3", ".drill 1",
        ".rules what-if quick since=3d format=csv", ".rules what-if hoarding version=off",
        ".rules what-if hoarding version=9", ".rules what-if hoarding since=tomorrow",
        ".rules what-if hoarding sinc=3d", ".rules what-if nope", ".rules what-if nope.lua",
        ".rules what-if"), "what-if")
  }

  /// The carts behind each row make its difference, whatever the rule.
  @Test(arguments: [
    "c.quantity > 4", "c.country == 'DE'", "c:same('country').carts > 2", "c.email == ''",
  ])
  func drilledCartsMakeTheDifference(condition: String) throws {
    let harness = try ConsoleHarness(isLive: true)
    try Files.makeFolder(harness.folder.file("rules"))
    harness.folder.write(
      "rules/own.lua", #"rule "own" { when = function(c) return \#(condition) end }"#)
    harness.run(".reload")
    let handler = harness.console.handler
    let book = RuleBook(handler, folder: harness.folder.file("rules"))
    _ = handler.begin("look")
    let since = handler.now.advanced(by: -2 * 86_400_000)
    let result = try book.whatIf(.version(try book.rule("own").newest), since: since)
    let query = ReportQuery(since: since)
    let table = try WhatIfReport.table("", query, handler, result.handler, keys: result.keys)
    let drill = try #require(table.drill)
    #expect(drill.columns == [5])
    var carts = 0
    for (place, row) in table.rows.enumerated() {
      let opened = drill.rows[place]
      carts += opened.carts.count
      let sum = opened.carts.indices.reduce(0) {
        $0 + (drill.values(row: place, cart: $1).first ?? 0)
      }
      switch row[5] {
      case .integer(let difference): #expect(difference == sum, "\(row)")
      case .money(let difference):
        // What follows from the figures has no carts of its own.
        if ["average order", "recovered revenue"].contains(row[0].text) { continue }
        #expect(difference.minor == sum, "\(row)")
      default: #expect(opened.carts.isEmpty)
      }
    }
    #expect(carts > 0, "a dull rule")
    // Both sides are what the overview says of their shops.
    let names = Dictionary(grouping: table.rows.prefix(7), by: { $0[0].text })
    let overviews = [(3, handler), (4, result.handler)]
    for (column, handler) in overviews {
      let overview = try #require(try BuiltInReports.run("overview", query, handler))
      for row in overview.rows.prefix(6) {
        #expect(names[row[0].text]?.first?[column] == row[1])
      }
    }
  }
}
