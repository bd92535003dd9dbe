import CartEngine
import CartModel
import CartSupport
import Testing

struct TimeTests {
  @Test func printsAndReadsAnyMoment() throws {
    var random = SeededRandom(seed: 3)
    for _ in 0..<5000 {
      let time = Timestamp(
        milliseconds: Int64(random.pick(-62_135_596_800_000...253_402_300_799_999)))
      #expect(try Timestamp(time.description) == time)
    }
  }

  @Test(arguments: [
    ("2026-11-01T08:00:00Z", 1_793_520_000_000), ("2026-11-01 08:00:00.5Z", 1_793_520_000_500),
    ("2026-11-01T09:00+01:00", 1_793_520_000_000), ("1970-01-01T00:00:00Z", 0),
  ])
  func readsISO8601(text: String, milliseconds: Int64) throws {
    #expect(try Timestamp(text).milliseconds == milliseconds)
  }

  @Test(arguments: [
    "2026-11-01", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-01T24:00:00Z",
    "2026-11-01T08:00:00", "yesterday", "", "2026-11-01T08:00:00Zx",
  ])
  func refusesWhatIsNoMoment(text: String) {
    #expect(throws: ModelError.self) { try Timestamp(text) }
  }

  @Test func momentsStayBetweenTheYears0And9999() throws {
    let (first, last) = (Timestamp.range.lowerBound, Timestamp.range.upperBound)
    #expect(first.description == "0000-01-01T00:00:00.000Z")
    #expect(last.description == "9999-12-31T23:59:59.999Z")
    #expect(first.advanced(by: .min) == first && last.advanced(by: .max) == last)
    #expect(first.milliseconds(since: last) == -last.milliseconds(since: first))
    for milliseconds in [Int64.min, .max] {
      let beyond = Timestamp(milliseconds: milliseconds)
      #expect(beyond.clamped == (milliseconds < 0 ? first : last))
      #expect(beyond.description == beyond.clamped.description)
    }
    for text in ["0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"] {
      #expect(throws: ModelError.self) { try Timestamp(text) }
    }
    let zone = try ZoneRules(
      name: "America/New_York", tzif: try Files.read("/usr/share/zoneinfo/America/New_York"))
    #expect(zone.text(first) == "-0001-12-31 19:03:58")
    let parser = FilterParser(zone: zone, now: last)
    #expect(try parser.time("9999-12-31 23:59") == last)
    #expect(try parser.time("3652425d") == first)
    for text in ["3652426d", "99999999999999999999w"] {
      #expect { try parser.time(text) } throws: {
        "\($0)" == "duration: expected at most 3652425d (10,000 years), got '\(text)'"
      }
    }
  }

  @Test func readsATimeOnTheStoresClock() throws {
    let zone = try ZoneRules(
      name: "Europe/Berlin", tzif: try Files.read("/usr/share/zoneinfo/Europe/Berlin"))
    let parser = FilterParser(zone: zone, now: try Timestamp("2026-11-01T08:00:00Z"))
    #expect(try parser.time("2026-07-01 14:00").description == "2026-07-01T12:00:00.000Z")
    #expect(try parser.time("2026-12-01 14:00").description == "2026-12-01T13:00:00.000Z")
    // Twice in the night of the change: the first is meant.
    #expect(try parser.time("2026-10-25 02:30").description == "2026-10-25T00:30:00.000Z")
    // Skipped in spring: moved on by the hour.
    #expect(try parser.time("2026-03-29 02:30").description == "2026-03-29T01:30:00.000Z")
    #expect(try parser.time("2h").description == "2026-11-01T06:00:00.000Z")
    #expect(try parser.time("today").description == "2026-10-31T23:00:00.000Z")
    #expect(try parser.time("yesterday 14:00").description == "2026-10-31T13:00:00.000Z")
    #expect(throws: ModelError.self) { try parser.time("soon") }
  }

  /// The examples of ISO 8601, and the ends of some years.
  @Test(arguments: [
    ("2026-11-01", "2026-W44", 7), ("2026-11-02", "2026-W45", 1), ("2027-01-01", "2026-W53", 5),
    ("2024-12-30", "2025-W01", 1), ("2021-01-03", "2020-W53", 7), ("2021-01-04", "2021-W01", 1),
    ("2008-12-28", "2008-W52", 7), ("2000-02-29", "2000-W09", 2),
  ])
  func weeksAreThoseOfISO8601(date: String, week: String, day: Int64) throws {
    let civil = try #require(ISO8601(date + "T23:59:59")).civil
    #expect(civil.weekText == week && civil.isoWeekday == day)
  }

  @Test func readsAndPrintsSpans() throws {
    #expect(try Span("1d12h").milliseconds == 129_600_000)
    #expect(try Span("90s").description == "1m 30s")
    #expect(try Span("500ms").milliseconds == 500 && Span("2m1s5ms").milliseconds == 121_005)
    #expect(Span(milliseconds: 0).description == "0s")
    for text in ["", "5", "h", "1.5h", "-1h", "99999999999999w"] {
      #expect(throws: ModelError.self) { try Span(text) }
    }
  }
}
