import CartEngine
import CartModel
import CartReports
import CartTesting
import Testing

/// Times and spans at the ends of what can be typed: each has an answer or an error.
struct ExtremeTimeTests {
  static let moments = [
    "0000-01-01", "0000-01-01T00:00:00.000Z", "0001-01-01", "1969-12-31", "9999-12-31",
    "9999-12-31T23:59:59.999Z", "now", "20m",
  ]

  private func run(_ report: Report, _ query: ReportQuery, _ handler: CommandHandler) throws {
    let by = ["", report.groupingNames.first ?? ""]
    for name in Set(by) {
      var query = query
      query.by = name
      _ = handler.begin("report")
      do {
        var table = try #require(try BuiltInReports.run(report.name, query, handler))
        if let compared = try? query.compared(
          table, handler,
          { try #require(try BuiltInReports.run(report.name, $0, handler)) })
        {
          table = compared
        }
        #expect(table.csv.hasSuffix("\r\n") && table.json.hasSuffix("}\n"))
        #expect(table.html.hasSuffix("</html>\n"))
      } catch let error as EngineError { #expect(error.message.contains("is after until")) }
    }
  }

  @Test(arguments: ["Pacific/Auckland", "America/New_York"])
  func reportsAnswerOverAnyRange(zone: String) throws {
    let test = try TestShop.practice(carts: 6, seed: 3)
    var settings = test.shop.settings
    settings.timezone = zone
    try test.shop.use(settings)
    let handler = test.handler()
    for name in Self.moments {
      let since = try FilterParser(zone: test.shop.zone, now: handler.now).time(name)
      for report in BuiltInReports.all {
        try run(report, ReportQuery(since: since), handler)
        try run(report, ReportQuery(until: since), handler)
      }
    }
  }

  @Test(arguments: [
    Timestamp.range.lowerBound, .range.upperBound, TestShop.start,
    Timestamp(milliseconds: -62_135_596_800_000),
  ])
  func periodsAreInOrderAtAnyClock(now: Timestamp) throws {
    for text in [
      "today", "yesterday", "this-week", "last-week", "this-month", "last-month", "this-year",
      "last-year", "0001", "0001-01", "0001-W01", "0001-01-01", "9999", "9999-12", "9999-W52",
      "9999-12-31", "2026-W45",
    ] {
      let period = try ReportPeriod(text, now: now, .utc)
      #expect(period.since <= period.until, "\(text)")
      #expect(period.before.upperBound <= period.since || period.before.isEmpty, "\(text)")
      for moment in [period.since, period.until, period.before.lowerBound] {
        #expect(Timestamp.range.contains(moment), "\(text)")
      }
    }
    for text in ["0000", "10000", "-001", "+001", "2026-13", "2026-W54", "2026-W00", ""] {
      #expect(throws: ModelError.self) { try ReportPeriod(text, now: now, .utc) }
    }
  }

  @Test func aScheduleIsDueLaterAtAnyClock() throws {
    for text in ["mon 08:00", "daily 00:00", "28 23:59", "1m", "3652425d"] {
      let every = try ScheduleTime(text)
      for now in [Timestamp.range.lowerBound, TestShop.start] {
        #expect(every.next(after: now, .utc) > now, "\(text)")
      }
      #expect(Timestamp.range.contains(every.next(after: .range.upperBound, .utc)))
    }
  }
}
