import CartEngine
import CartModel
import CartReports
import CartSupport
import Testing

struct ReportTimeTests {
  @Test func periodsAreThoseOfTheShopsClock() throws {
    let now = try Timestamp("2026-11-01T08:00:00Z")  // a Sunday
    func period(_ name: String) throws -> String {
      let period = try ReportPeriod(name, now: now, .utc)
      return "\(period.since.description.prefix(10)) \(period.until.description.prefix(10))"
    }
    for (name, span) in [
      ("today", "2026-11-01 2026-11-02"), ("yesterday", "2026-10-31 2026-11-01"),
      ("this-week", "2026-10-26 2026-11-02"), ("last-week", "2026-10-19 2026-10-26"),
      ("this-month", "2026-11-01 2026-12-01"), ("last-month", "2026-10-01 2026-11-01"),
      ("last-year", "2025-01-01 2026-01-01"), ("2026", "2026-01-01 2027-01-01"),
      ("2024-02", "2024-02-01 2024-03-01"), ("2026-W53", "2026-12-28 2027-01-04"),
      ("2026-W01", "2025-12-29 2026-01-05"), ("2026-12-31", "2026-12-31 2027-01-01"),
    ] {
      #expect(try period(name) == span, "\(name)")
    }
    for name in ["soon", "2026-W54", "2025-W53", "2026-13", "26", "2026-11-01-01", ""] {
      #expect(throws: ModelError.self, "\(name)") { try period(name) }
    }
  }

  @Test func aPeriodIsComparedWithTheOneBeforeIt() throws {
    let now = try Timestamp("2026-11-24T10:00:00Z")
    let zone = try ZoneRules(
      name: "Europe/Berlin", tzif: Files.read("/usr/share/zoneinfo/Europe/Berlin"))
    for (name, span) in [
      // Over: the whole month, week, year before, whatever their lengths and the clock's changes.
      ("2026-10", "2026-08-31T22:00 2026-09-30T22:00"),
      ("2026-03", "2026-01-31T23:00 2026-02-28T23:00"),
      ("2026-W44", "2026-10-18T22:00 2026-10-25T23:00"),
      ("2025", "2023-12-31T23:00 2024-12-31T23:00"),
      ("yesterday", "2026-11-21T23:00 2026-11-22T23:00"),
      // Under way: as far as it is.
      ("today", "2026-11-22T23:00 2026-11-23T10:00"),
      ("this-month", "2026-09-30T22:00 2026-10-24T09:00"),
      ("this-week", "2026-11-15T23:00 2026-11-17T10:00"),
      // To come: nothing is known of it.
      ("2027", "2025-12-31T23:00 2026-12-31T23:00"),
    ] {
      let before = try ReportPeriod(name, now: now, zone).before
      let words = [before.lowerBound, before.upperBound].map { $0.description.prefix(16) }
      #expect(words.joined(separator: " ") == span, "\(name)")
    }
    var query = ReportQuery()
    #expect(query.earlier(now) == nil)
    query.since = now.advanced(by: -3_600_000)
    #expect(query.earlier(now)?.since == now.advanced(by: -7_200_000))
    #expect(query.earlier(now)?.until == query.since)
  }

  @Test func schedulesAreDueOnTheShopsClock() throws {
    let zone = try ZoneRules(
      name: "Europe/Berlin", tzif: Files.read("/usr/share/zoneinfo/Europe/Berlin"))
    func next(_ every: String, _ after: String, _ zone: ZoneRules) throws -> String {
      String(try ScheduleTime(every).next(after: Timestamp(after), zone).description.prefix(16))
    }
    for (every, after, due) in [
      ("mon 08:00", "2026-11-01T08:00:00Z", "2026-11-02T07:00"),
      ("mon 08:00", "2026-11-02T07:00:00Z", "2026-11-09T07:00"),
      ("tue,Sun 8:30", "2026-11-01T07:29:59Z", "2026-11-01T07:30"),
      ("daily 00:00", "2026-10-24T23:00:00Z", "2026-10-25T23:00"),
      ("daily 02:30", "2026-03-28T12:00:00Z", "2026-03-29T01:30"),
      ("1 06:00", "2026-11-01T08:00:00Z", "2026-12-01T05:00"),
      ("6h", "2026-11-01T08:00:00Z", "2026-11-01T14:00"),
    ] {
      #expect(try next(every, after, zone) == due, "\(every) after \(after)")
    }
    for every in [
      "", "mon", "mon 25:00", "mon 8:5", "mond 08:00", "29 08:00", "0 08:00", "30s", "mon 08:00 x",
    ] {
      #expect(throws: ModelError.self, "\(every)") { try ScheduleTime(every) }
    }
  }
}
