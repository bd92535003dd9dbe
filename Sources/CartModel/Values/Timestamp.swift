import CartSupport

/// A moment in UTC, to the millisecond, between the years 0000 and 9999.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public var milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

  /// The moments that can be written with four digits of a year, in UTC.
  public static let range =
    Timestamp(milliseconds: -62_167_219_200_000)...Timestamp(milliseconds: 253_402_300_799_999)

  /// The moment itself, or the end of the range that it lies beyond.
  public var clamped: Timestamp { min(max(self, Self.range.lowerBound), Self.range.upperBound) }

  /// The moment `milliseconds` later, clamped to the range.
  public func advanced(by milliseconds: Int64) -> Timestamp {
    let (sum, overflow) = self.milliseconds.addingReportingOverflow(milliseconds)
    guard !overflow else { return milliseconds < 0 ? Self.range.lowerBound : Self.range.upperBound }
    return Timestamp(milliseconds: sum).clamped
  }

  /// Milliseconds since another moment, negative if this one is the earlier; both are clamped.
  public func milliseconds(since other: Timestamp) -> Int64 {
    clamped.milliseconds - other.clamped.milliseconds
  }

  /// The number of the quarter of an hour since 1970, in which counters are kept.
  public var quarter: Int64 { milliseconds.floorDivided(by: 900_000) }
}

extension Timestamp: CustomStringConvertible {
  /// ISO 8601 in UTC with milliseconds: `2026-11-01T08:00:00.000Z`.
  public var description: String {
    let civil = CivilTime(self, offset: 0)
    return "\(civil.dateText)T\(civil.clockText).\(padded(civil.millisecond, 3))Z"
  }

  /// Reads ISO 8601: a date, `T` or a blank, a time, an optional fraction, `Z` or an offset.
  ///
  /// - Throws: `malformed`, naming the text; `outOfRange` for one that its offset moves out of the
  ///   years 0000 to 9999.
  public init(_ text: some StringProtocol) throws(ModelError) {
    guard let parsed = ISO8601(text), let offset = parsed.offset else {
      throw ModelError(
        .malformed, "time: expected ISO 8601 as 2026-11-01T08:00:00.000Z, got \(quoted(text))")
    }
    let exact = parsed.civil.exact(offset: offset)
    guard Self.range.contains(exact) else {
      throw ModelError(
        .outOfRange, "time: expected a moment of the years 0000 to 9999 in UTC, got \(quoted(text))"
      )
    }
    self = exact
  }
}

/// A date and a time of day on some clock.
public struct CivilTime: Hashable, Sendable {
  public var year: Int64
  public var month: Int64
  public var day: Int64
  public var hour: Int64 = 0
  public var minute: Int64 = 0
  public var second: Int64 = 0
  public var millisecond: Int64 = 0

  public init(year: Int64, month: Int64, day: Int64) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// - Parameter offset: seconds east of UTC.
  public init(_ time: Timestamp, offset: Int64) {
    let local = time.clamped.milliseconds + offset * 1000
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

  /// The moment, clamped to the range of moments.
  ///
  /// - Parameter offset: seconds east of UTC.
  public func timestamp(offset: Int64) -> Timestamp { exact(offset: offset).clamped }

  /// The days from 1970-01-01 to this day.
  var daysSince1970: Int64 {
    let y = month <= 2 ? year - 1 : year
    let era = y.floorDivided(by: 400)
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  fileprivate func exact(offset: Int64) -> Timestamp {
    let seconds = daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second - offset
    return Timestamp(milliseconds: seconds * 1000 + millisecond)
  }

  /// 1 for Sunday … 7 for Saturday, as `os.date("*t").wday` counts.
  public var weekday: Int64 {
    let days = timestamp(offset: 0).milliseconds.floorDivided(by: 86_400_000)
    return (days + 4) - (days + 4).floorDivided(by: 7) * 7 + 1
  }

  /// 1 for Monday … 7 for Sunday (ISO 8601).
  public var isoWeekday: Int64 { weekday == 1 ? 7 : weekday - 1 }

  /// `2026-W45`: the week that has the year's first Thursday is its first (ISO 8601).
  public var weekText: String {
    let noon = timestamp(offset: 0)
    let thursday = CivilTime(noon.advanced(by: (4 - isoWeekday) * 86_400_000), offset: 0)
    var first = CivilTime(year: thursday.year, month: 1, day: 1)
    first.hour = thursday.hour
    let days =
      (thursday.timestamp(offset: 0).milliseconds - first.timestamp(offset: 0).milliseconds)
      / 86_400_000
    return "\(padded(thursday.year, 4))-W\(padded(days / 7 + 1, 2))"
  }

  /// `2026`; at least four digits.
  public var yearText: String { padded(year, 4) }
  /// `2026-11-01`.
  public var dateText: String { "\(yearText)-\(padded(month, 2))-\(padded(day, 2))" }
  /// `08:00:00`.
  public var clockText: String { "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))" }
}

/// A text of the form of ISO 8601; `offset` is nil where none was written.
public struct ISO8601 {
  public var civil: CivilTime
  /// Seconds east of UTC.
  public var offset: Int64?

  public init?(_ text: some StringProtocol) {
    var text = Substring(text)
    guard let parsed = text.withUTF8({ ISO8601(UnsafeRawBufferPointer($0)) }) else { return nil }
    self = parsed
  }

  private init?(_ bytes: UnsafeRawBufferPointer) {
    var scanner = Scanner(bytes: bytes)
    guard let year = scanner.digits(4), scanner.take("-"), let month = scanner.digits(2),
      scanner.take("-"), let day = scanner.digits(2)
    else { return nil }
    civil = CivilTime(year: year, month: month, day: day)
    guard (1...12).contains(month), (1...Self.days(month, year)).contains(day) else { return nil }
    guard scanner.index < bytes.count else { return }
    guard scanner.take("T") || scanner.take(" "), let hour = scanner.digits(2), hour < 24,
      scanner.take(":"), let minute = scanner.digits(2), minute < 60
    else { return nil }
    civil.hour = hour
    civil.minute = minute
    if scanner.take(":") {
      guard let second = scanner.digits(2), second < 60 else { return nil }
      civil.second = second
      if scanner.take(".") {
        guard let fraction = scanner.fraction() else { return nil }
        civil.millisecond = fraction
      }
    }
    if scanner.take("Z") {
      offset = 0
    } else if let sign = scanner.sign() {
      guard let hours = scanner.digits(2), hours < 24 else { return nil }
      _ = scanner.take(":")
      guard let minutes = scanner.digits(2), minutes < 60 else { return nil }
      offset = sign * (hours * 3600 + minutes * 60)
    }
    guard scanner.index == bytes.count else { return nil }
  }

  private static func days(_ month: Int64, _ year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private struct Scanner {
    let bytes: UnsafeRawBufferPointer
    var index = 0

    mutating func digits(_ count: Int) -> Int64? {
      guard index + count <= bytes.count else { return nil }
      var value: Int64 = 0
      for _ in 0..<count {
        let byte = bytes[index]
        guard byte >= 0x30, byte <= 0x39 else { return nil }
        value = value * 10 + Int64(byte - 0x30)
        index += 1
      }
      return value
    }

    /// Milliseconds from a fraction of any length; further digits are cut off.
    mutating func fraction() -> Int64? {
      var value: Int64 = 0
      var count = 0
      while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 {
        if count < 3 { value = value * 10 + Int64(bytes[index] - 0x30) }
        count += 1
        index += 1
      }
      guard count > 0 else { return nil }
      for _ in min(count, 3)..<3 { value *= 10 }
      return value
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
      index += 1
      return true
    }

    mutating func sign() -> Int64? { take("+") ? 1 : take("-") ? -1 : nil }
  }
}

extension Int64 {
  /// Division that rounds towards negative infinity.
  func floorDivided(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder != 0 && (remainder < 0) != (divisor < 0) ? quotient - 1 : quotient
  }
}

func padded(_ value: Int64, _ width: Int) -> String {
  let (sign, digits) = (value < 0 ? "-" : "", String(value.magnitude))
  guard digits.utf8.count < width else { return sign + digits }
  return sign + String(repeating: "0", count: width - digits.utf8.count) + digits
}
