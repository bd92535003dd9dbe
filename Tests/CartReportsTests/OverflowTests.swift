import CartEngine
import CartModel
import CartReports
import CartTesting
import Testing

/// Sums of money that do not fit 64 bits: each figure says so.
struct OverflowTests {
  /// Two orders of nearly the largest amount that there is.
  private func shop() throws -> TestShop {
    let test = try TestShop()
    let (_, rejects) = try test.take(
      ["a", "b"].map { cart in
        """
        {"type":"line.added","at":"2026-10-28T10:00:00Z","cart":"big-\(cart)","sku":"A","quantity":1,"price":"1","currency":"EUR"}
        {"type":"shopper.identified","at":"2026-10-28T10:00:01Z","cart":"big-\(cart)","shopper":{"country":"DE","email":"x@example.com"}}
        {"type":"cart.ordered","at":"2026-10-28T11:30:00Z","cart":"big-\(cart)","order":"\(cart)","lines":[{"sku":"GOLD","quantity":15,"price":"5764607523034234.87"}]}
        """
      }.joined(separator: "\n"))
    #expect(rejects.isEmpty)
    return test
  }

  private func report(_ name: String, _ handler: CommandHandler, by: String = "") throws
    -> ReportTable
  {
    _ = handler.begin("report")
    var query = ReportQuery(by: by)
    query.since = TestShop.start.advanced(by: -30 * 86_400_000)
    let table = try #require(try BuiltInReports.run(name, query, handler))
    guard !table.comparable.isEmpty else { return table }
    _ = try query.compared(table, handler) {
      try #require(try BuiltInReports.run(name, $0, handler))
    }
    return table
  }

  private func cell(_ table: ReportTable, _ row: String, _ column: String) throws -> String {
    let place = try #require(table.columns.firstIndex { $0.name == column })
    return try #require(table.rows.first { $0[0].text == row })[place].text
  }

  @Test func aSumOutOfRangeSaysSo() throws {
    let handler = try shop().handler()
    let table = try report("overview", handler)
    for row in ["ordered", "recovered revenue"] {
      #expect(try cell(table, row, "value") == "out of range", "\(row)")
    }
    #expect(try cell(table, "ordered", "carts") == "2")
    #expect(try cell(table, "active", "value") == "0.00")
    // What follows from it can still be known.
    #expect(try cell(table, "average order", "value") == "86469112845513523.05")
    #expect(table.totals[6] == .outOfRange)
    for text in [table.csv, table.json, table.html] { #expect(text.contains("out of range")) }
    #expect(table.json.contains(#""out of range""#) && !table.json.contains("\"-"))
    let place = try #require(table.rows.firstIndex { $0[0].text == "ordered" })
    #expect(table.cells(behind: place, cart: 0).map(\.text).contains("86469112845513523.05"))
    for (name, by, row, column) in [
      ("overview", "country", "DE", "ordered value"), ("countries", "", "DE", "ordered value"),
      ("customers", "", "x@example.com", "ordered value"), ("recovery", "", "2026-10-28", "value"),
    ] {
      #expect(try cell(report(name, handler, by: by), row, column) == "out of range", "\(name)")
    }
    let preview = try handler.run.lists.preview(.country("DE"))
    #expect(preview.orderValue.map(\.description) == ["EUR out of range"])
    #expect(preview.share.description == "100")
  }
}
