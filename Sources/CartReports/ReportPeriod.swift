import CartEngine
import CartModel

/// A span of time by its name, on the shop's clock: `last-week`, `2026-11`, `2026-W45`.
public struct ReportPeriod: Equatable, Sendable {
  public let since: Timestamp
  public let until: Timestamp

  private static let names = [
    "today", "yesterday", "this-week", "last-week", "this-month", "last-month", "this-year",
    "last-year",
  ]

  /// - Throws: `malformed`, with a suggestion.
  public init(_ text: String, now: Timestamp, _ zone: ZoneRules) throws(ModelError) {
    let today = zone.civil(now).dayStart
    func at(_ civil: CivilTime) -> Timestamp { zone.timestamp(civil) }
    func span(_ from: CivilTime, _ to: CivilTime) -> (Timestamp, Timestamp) { (at(from), at(to)) }
    let monday = today.adding(days: 1 - today.isoWeekday)
    let month = CivilTime(year: today.year, month: today.month, day: 1)
    let year = CivilTime(year: today.year, month: 1, day: 1)
    switch text {
    case "today": (since, until) = span(today, today.adding(days: 1))
    case "yesterday": (since, until) = span(today.adding(days: -1), today)
    case "this-week": (since, until) = span(monday, monday.adding(days: 7))
    case "last-week": (since, until) = span(monday.adding(days: -7), monday)
    case "this-month": (since, until) = span(month, month.adding(months: 1))
    case "last-month": (since, until) = span(month.adding(months: -1), month)
    case "this-year": (since, until) = span(year, year.adding(months: 12))
    case "last-year": (since, until) = span(year.adding(months: -12), year)
    default:
      guard let found = Self.dated(text) else {
        throw ModelError(
          .malformed,
          "period: expected \(Self.names.joined(separator: ", ")), 2026, 2026-11, 2026-W45 or "
            + "2026-11-01, got \(quoted(text))\(didYouMean(text, among: Self.names))")
      }
      (since, until) = span(found.from, found.to)
    }
  }

  private static func dated(_ text: String) -> (from: CivilTime, to: CivilTime)? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard let first = parts.first, first.count == 4, let year = Int64(first), year > 0 else {
      return nil
    }
    let start = CivilTime(year: year, month: 1, day: 1)
    if parts.count == 1 { return (start, start.adding(months: 12)) }
    if parts.count == 2, parts[1].hasPrefix("W"), parts[1].count == 3,
      let week = Int64(parts[1].dropFirst()), (1...53).contains(week)
    {
      // The 4th of January lies in the first week (ISO 8601).
      let fourth = CivilTime(year: year, month: 1, day: 4)
      let monday = fourth.adding(days: 1 - fourth.isoWeekday + (week - 1) * 7)
      return monday.weekText == text ? (monday, monday.adding(days: 7)) : nil
    }
    guard let whole = ISO8601(parts.count == 2 ? text + "-01" : text), parts.count < 4 else {
      return nil
    }
    let day = whole.civil.dayStart
    return (day, parts.count == 2 ? day.adding(months: 1) : day.adding(days: 1))
  }

  /// The span before, just as long.
  public static func before(_ since: Timestamp, _ until: Timestamp) -> (
    since: Timestamp, until: Timestamp
  ) {
    (since.advanced(by: since.milliseconds - until.milliseconds), since)
  }
}

extension CivilTime {
  fileprivate var dayStart: CivilTime { CivilTime(year: year, month: month, day: day) }

  fileprivate func adding(days: Int64) -> CivilTime {
    CivilTime(timestamp(offset: 0).advanced(by: days * 86_400_000), offset: 0)
  }

  /// From the first of a month to that of another.
  fileprivate func adding(months: Int64) -> CivilTime {
    let all = year * 12 + month - 1 + months
    return CivilTime(year: all / 12, month: all % 12 + 1, day: 1)
  }
}
