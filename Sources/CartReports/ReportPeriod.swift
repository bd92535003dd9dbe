import CartEngine
import CartModel
import CartSupport

/// A span of time by its name, on the shop's clock: `last-week`, `2026-11`, `2026-W45`.
public struct ReportPeriod: Equatable, Sendable {
  public let since: Timestamp
  public let until: Timestamp
  /// The day, week, month or year before it; of one that is not over, only as far as it is.
  public let before: Range<Timestamp>

  private static let names = [
    "today", "yesterday", "this-week", "last-week", "this-month", "last-month", "this-year",
    "last-year",
  ]

  /// What a name is of, and how far back.
  private enum Unit {
    case days(Int64)
    case months(Int64)

    func added(to time: CivilTime, times: Int64 = 1) -> CivilTime {
      switch self {
      case .days(let count): time.adding(days: count * times)
      case .months(let count): time.adding(months: count * times)
      }
    }
  }

  /// - Throws: `malformed`, with a suggestion.
  public init(_ text: String, now: Timestamp, _ zone: ZoneRules) throws(ModelError) {
    guard let (start, unit) = Self.named(text, zone.civil(now).dayStart) ?? Self.dated(text) else {
      throw ModelError(
        .malformed,
        "period: expected \(Self.names.joined(separator: ", ")), 2026, 2026-11, 2026-W45 or "
          + "2026-11-01, got \(quoted(text))\(didYouMean(text, among: Self.names))")
    }
    since = zone.timestamp(start)
    until = zone.timestamp(unit.added(to: start))
    let earlier = zone.timestamp(unit.added(to: start, times: -1))
    var end = since
    if until > now, now >= since {
      end = min(since, earlier.advanced(by: now.milliseconds(since: since)))
    }
    before = earlier..<max(earlier, end)
  }

  private static func named(_ text: String, _ today: CivilTime) -> (CivilTime, Unit)? {
    let monday = today.adding(days: 1 - today.isoWeekday)
    let month = CivilTime(year: today.year, month: today.month, day: 1)
    let year = CivilTime(year: today.year, month: 1, day: 1)
    switch text {
    case "today": return (today, .days(1))
    case "yesterday": return (today.adding(days: -1), .days(1))
    case "this-week": return (monday, .days(7))
    case "last-week": return (monday.adding(days: -7), .days(7))
    case "this-month": return (month, .months(1))
    case "last-month": return (month.adding(months: -1), .months(1))
    case "this-year": return (year, .months(12))
    case "last-year": return (year.adding(months: -12), .months(12))
    default: return nil
    }
  }

  private static func dated(_ text: String) -> (CivilTime, Unit)? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard let first = parts.first, first.utf8.count == 4, first.allSatisfy(\.isNumber),
      let year = Int64(first), year > 0
    else {
      return nil
    }
    if parts.count == 1 { return (CivilTime(year: year, month: 1, day: 1), .months(12)) }
    if parts.count == 2, parts[1].hasPrefix("W"), parts[1].count == 3,
      let week = Int64(parts[1].dropFirst()), (1...53).contains(week)
    {
      // The 4th of January lies in the first week (ISO 8601).
      let fourth = CivilTime(year: year, month: 1, day: 4)
      let monday = fourth.adding(days: 1 - fourth.isoWeekday + (week - 1) * 7)
      return monday.weekText == text ? (monday, .days(7)) : nil
    }
    guard let whole = ISO8601(parts.count == 2 ? text + "-01" : text), parts.count < 4 else {
      return nil
    }
    return (whole.civil.dayStart, parts.count == 2 ? .months(1) : .days(1))
  }
}

extension CivilTime {
  /// From the first of a month to that of another.
  fileprivate func adding(months: Int64) -> CivilTime {
    let all = year * 12 + month - 1 + months
    // Both round towards the past, also before the year 0.
    let place = (all % 12 + 12) % 12
    return CivilTime(year: (all - place) / 12, month: place + 1, day: 1)
  }
}
