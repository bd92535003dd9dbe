/// A date and a time of day on some clock.
public struct CivilTime: Hashable, Sendable {
  public var year: Int64
  public var month: Int64
  public var day: Int64
  public var hour: Int64 = 0
  public var minute: Int64 = 0
  public var second: Int64 = 0
  public var millisecond: Int64 = 0

  /// Milliseconds since 1970 of the years 0000 to 9999 in UTC, which four digits can write.
  public static let range: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

  public init(year: Int64, month: Int64, day: Int64) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// - Parameters:
  ///   - milliseconds: since 1970-01-01T00:00:00Z, clamped to `range`.
  ///   - offset: seconds east of UTC.
  public init(milliseconds: Int64, offset: Int64) {
    let local = min(max(milliseconds, Self.range.lowerBound), Self.range.upperBound) + offset * 1000
    let days = local.floorDivided(by: 86_400_000)
    var rest = local - days * 86_400_000
    // Days to date in the proleptic Gregorian calendar, eras of 400 years.
    let z = days + 719_468
    let era = z.floorDivided(by: 146_097)
    let dayOfEra = z - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shifted + 2) / 5 + 1
    month = shifted < 10 ? shifted + 3 : shifted - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    hour = rest / 3_600_000
    rest %= 3_600_000
    minute = rest / 60_000
    rest %= 60_000
    second = rest / 1000
    millisecond = rest % 1000
  }

  /// The days from 1970-01-01 to this day.
  public var daysSince1970: Int64 {
    let y = month <= 2 ? year - 1 : year
    let era = y.floorDivided(by: 400)
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// Milliseconds since 1970-01-01T00:00:00Z.
  ///
  /// - Parameter offset: seconds east of UTC.
  public func milliseconds(offset: Int64) -> Int64 {
    (daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second - offset) * 1000 + millisecond
  }

  /// 1 for Sunday … 7 for Saturday, as `os.date("*t").wday` counts.
  public var weekday: Int64 {
    let days = daysSince1970 + 4
    return days - days.floorDivided(by: 7) * 7 + 1
  }

  /// 1 for Monday … 7 for Sunday (ISO 8601).
  public var isoWeekday: Int64 { weekday == 1 ? 7 : weekday - 1 }

  /// `2026`; at least four digits.
  public var yearText: String { padded(year, 4) }
  /// `2026-11-01`.
  public var dateText: String { "\(yearText)-\(padded(month, 2))-\(padded(day, 2))" }
  /// `08:00:00`.
  public var clockText: String { "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))" }
}
