import CartEngine
import CartModel
import CartReports
import CartTesting
import Testing

struct ReportTests {
  private func practice(carts: Int, seed: UInt64) throws -> TestShop {
    let test = try TestShop(seed: seed)
    var practice = Practice(until: TestShop.start)
    practice.carts = carts
    practice.seed = seed
    _ = try practice.fill(test.shop)
    return test
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func overviewBalances(seed: UInt64) throws {
    let test = try practice(carts: 120, seed: seed)
    let handler = test.handler()
    try operation(handler) {
      for key in Int64(1)...6 where try handler.cart(key)?.state == .open {
        try handler.execute(key % 2 == 0 ? .hold() : .delete, on: key)
      }
    }
    handler.begin("report")
    let table = try #require(try BuiltInReports.run("overview", ReportQuery(), handler))
    let counts = table.rows.compactMap { row -> Int64? in
      if case .integer(let count) = row[1] { count } else { nil }
    }
    #expect(counts.reduce(0, +) == 120)
    #expect(table.totals[1] == .integer(120))
    // Each figure can be opened into the carts behind it.
    for row in table.rows {
      guard case .text(let status) = row[0], case .integer(let count) = row[1] else { continue }
      let filter = try FilterParser(zone: .utc, now: handler.now).parse(["status=\(status)"])
      #expect(Int64(try handler.keys(matching: filter).count) == count)
    }
  }

  @Test func topAddedCountsWhatTheJournalSays() throws {
    let test = try practice(carts: 120, seed: 5)
    var added: [String: Int64] = [:]
    try test.shop.store.forEachEvent { entry in
      switch entry.event.body {
      case .lineAdded(let line, _): added[line.sku, default: 0] += line.quantity
      case .lineChanged(let line, let quantity):
        added[line.sku, default: 0] += max(0, quantity - line.quantity)
      default: break
      }
    }
    let handler = test.handler()
    let table = try #require(try BuiltInReports.run("top-added", ReportQuery(), handler))
    for row in table.rows {
      guard case .text(let sku) = row[0] else { continue }
      #expect(row[2] == .integer(added[sku] ?? 0))
    }
    #expect(table.totals[2] == .integer(added.values.reduce(0, +)))
    var none = ReportQuery()
    none.until = TestShop.start.advanced(by: -400 * 86_400_000)
    #expect(try BuiltInReports.run("top-added", none, handler)?.rows.isEmpty == true)
  }

  @Test func formatsEscapeWhatStrangersTyped() {
    let table = ReportTable(
      name: "x", title: "<b>", asOf: TestShop.start,
      columns: [.init("name"), .init("n", "integer"), .init("m", "money")],
      rows: [
        [.text("\"><script>\u{1b}[2J"), .integer(3), .money(Money(minor: 1250, .eur))],
        [.text("=1+1"), .empty, .number("0.5")],
      ], totals: [.text("all"), .integer(3), .empty])
    #expect(table.csv == "name,n,m\r\n\"\"\"><script>\\x1b[2J\",3,12.50\r\n'=1+1,,0.5\r\n")
    #expect(
      table.json == """
        {"report":"x","as_of":"2026-11-01T08:00:00.000Z","columns":[{"name":"name","type":"text"},\
        {"name":"n","type":"integer"},{"name":"m","type":"money"}],\
        "rows":[["\\">\\u003cscript>\\u001b[2J",3,"12.50"],["=1+1",null,0.5]],\
        "totals":["all",3,null]}

        """)
    #expect(table.html.contains("<td>&quot;&gt;&lt;script&gt;\\x1b[2J</td>"))
    #expect(table.html.contains("<h1>&lt;b&gt;</h1>"))
    #expect(!table.html.contains("\u{1b}"))
  }

  @Test func sharesAreRoundedHalfUpToATenth() {
    #expect(Percent(1, of: 3)?.description == "33.3")
    #expect(Percent(2, of: 3)?.description == "66.7")
    #expect(Percent(1, of: 0) == nil)
  }
}
