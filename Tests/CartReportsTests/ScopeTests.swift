import CartEngine
import CartModel
import CartReports
import CartTesting
import Testing

struct ScopeTests {
  private func table(_ words: [String], since: Timestamp? = nil) throws -> ReportTable {
    let test = try TestShop.practice(carts: 10, seed: 1)
    let handler = test.handler()
    _ = handler.begin("report")
    let filter = try FilterParser(zone: .utc, now: handler.now).parse(words)
    return try #require(
      try BuiltInReports.run(
        "countries", ReportQuery(since: since, filter: filter), handler))
  }

  private func time(_ at: Timestamp) -> String { at.description }

  @Test func aReportStatesShopRangeFiltersAndMoment() throws {
    let since = TestShop.start.advanced(by: -86_400_000)
    let table = try table(["country=DE,AT", "total>10.50", "name=Luca Rossi"], since: since)
    #expect(
      table.statement(time) == [
        "Practice", "from 2026-10-31T08:00:00.000Z to 2026-11-01T08:00:00.000Z",
        "filters: country=DE,AT total>10.5 'name=Luca Rossi'", "as of 2026-11-01T08:00:00.000Z",
      ])
    #expect(
      table.json.hasPrefix(
        #"{"report":"countries","shop":"Practice","as_of":"2026-11-01T08:00:00.000Z","#
          + #""since":"2026-10-31T08:00:00.000Z","until":"2026-11-01T08:00:00.000Z","#
          + #""filters":["country=DE,AT","total>10.5","name=Luca Rossi"],"columns":["#))
    #expect(
      table.html.contains(
        "Practice, from 2026-10-31T08:00:00.000Z to 2026-11-01T08:00:00.000Z, filters: country=DE,AT"
      ))
    #expect(!table.csv.contains("Practice"))
  }

  @Test func aReportFromTheBeginningSaysSo() throws {
    let table = try table([])
    #expect(
      table.statement(time)[1...2] == [
        "from the beginning to 2026-11-01T08:00:00.000Z", "no filters",
      ])
    #expect(table.json.contains(#""since":null,"until":"2026"#))
    #expect(table.json.contains(#""filters":[],"#))
  }

  @Test func everyReportHasAScope() throws {
    let test = try TestShop.practice(carts: 10, seed: 1)
    let handler = test.handler()
    for report in BuiltInReports.all {
      _ = handler.begin("report")
      for by in ["", report.groupingNames.first ?? ""] {
        let table = try #require(
          try BuiltInReports.run(report.name, ReportQuery(by: by), handler))
        #expect(table.scope.shop == "Practice" && table.scope.range != nil, "\(report.name)")
      }
    }
  }

  /// Filters are stated as words that mean the same.
  @Test func aFiltersTextsReadAsTheFilter() throws {
    let parser = FilterParser(zone: .utc, now: TestShop.start)
    for words in [
      ["country=DE,AT", "country!=FR"], ["email=*@x.de", "email~*ann*", "ip=203.0.113.0/24"],
      ["total>=100.50", "subtotal<1"], ["idle>2h", "quantity=3", "customer_id!=7"],
      ["status=held,deleted"], ["status=any", "anna", "Luca Rossi"], ["since=2d", "created<1h"],
      ["name=", "product=\"Tea, green\"", "sort=-total", "limit=5"], ["at=1h", "sku=A-*"],
    ] {
      let filter = try parser.parse(words)
      #expect(try parser.parse(filter.texts) == filter, "\(words): \(filter.texts)")
    }
  }
}
