import CartEngine
import CartModel
import CartReports
import CartTesting
import Testing

struct TurnoverReportTests {
  @Test(arguments: [
    ("overview", "", "ordered", "value", "ordered", "carts"),
    ("overview", "country", "", "ordered value", "", "ordered"),
    ("countries", "", "", "ordered value", "", "ordered"),
    ("customers", "", "x@example.com", "ordered value", "x@example.com", "ordered"),
  ])
  func ordersCountWhateverBecameOfThemAndTurnoverDoesNot(
    name: String, by: String, row: String, column: String, countRow: String, count: String
  ) throws {
    let test = try TestShop()
    for (place, ending) in ["", "order.paid", "order.cancelled", "order.refunded"].enumerated() {
      try test.take(
        """
        {"type":"line.added","at":"2026-10-30T10:00:00Z","cart":"cart-\(place)","sku":"A","quantity":1,"price":"10.00","currency":"EUR"}
        {"type":"shopper.identified","at":"2026-10-30T10:00:01Z","cart":"cart-\(place)","shopper":{"email":"x@example.com"}}
        {"type":"cart.ordered","at":"2026-10-30T10:00:02Z","cart":"cart-\(place)","order":"\(place)"}
        """)
      guard !ending.isEmpty else { continue }
      try test.take(#"{"type":"\#(ending)","at":"2026-10-30T11:00:00Z","order":"\#(place)"}"#)
    }
    let handler = test.handler()
    _ = handler.begin("report")
    let table = try #require(try BuiltInReports.run(name, ReportQuery(by: by), handler))
    func cell(_ row: String, _ column: String) throws -> String {
      let place = try #require(table.columns.firstIndex { $0.name == column })
      return try #require(table.rows.first { $0[0].text == row })[place].text
    }
    #expect(try cell(row, column) == "20.00")
    #expect(try cell(countRow, count) == "4")
    let about = table.columns.first { $0.name == column }?.about ?? ""
    #expect(about.contains(Order.turnoverRule))
    if name == "overview", by.isEmpty {
      #expect(try cell("average order", "value") == "10.00")
    }
  }
}
