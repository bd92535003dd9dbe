/// The rule by which a time zone goes on after the last transition of its file: the footer of a tz
/// file, as `CET-1CEST,M3.5.0,M10.5.0/3` (POSIX.1-2017, 8.3, with the extensions of RFC 8536, 3.3.1).
struct PosixZone: Equatable, Sendable {
  /// Seconds east of UTC.
  let standard: Int64
  /// Nil where the clock is never changed.
  let saving: Saving?

  struct Saving: Equatable, Sendable {
    /// Seconds east of UTC.
    let offset: Int64
    let start: Change
    let end: Change
  }

  /// When the clock is changed, in each year.
  struct Change: Equatable, Sendable {
    let day: Day
    /// Seconds behind the day's midnight, on the clock before the change; may be negative.
    let time: Int64
  }

  enum Day: Equatable, Sendable {
    /// 1 … 365; 29 February is never counted.
    case julian(Int64)
    /// 0 … 365.
    case ofYear(Int64)
    /// A weekday (0 is Sunday) of a week of a month; 5 is the last one.
    case weekday(month: Int64, week: Int64, day: Int64)

    /// Days since 1970.
    func days(in year: Int64) -> Int64 {
      let start = Self.days(year, 1, 1)
      switch self {
      case .julian(let day):
        let isLeap = Self.days(year + 1, 1, 1) - start == 366
        return start + day - 1 + (isLeap && day > 59 ? 1 : 0)
      case .ofYear(let day): return start + day
      case .weekday(let month, let week, let day):
        let first = Self.days(year, month, 1)
        let next = month == 12 ? Self.days(year + 1, 1, 1) : Self.days(year, month + 1, 1)
        let weekday = CivilTime(year: year, month: month, day: 1).weekday - 1
        var found = first + (day - weekday + 7) % 7 + (week - 1) * 7
        if found >= next { found -= 7 }
        return found
      }
    }

    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
      CivilTime(year: year, month: month, day: day).daysSince1970
    }
  }

  /// Seconds east of UTC.
  ///
  /// - Parameter seconds: since 1970.
  func offset(at seconds: Int64) -> Int64 {
    guard let saving else { return standard }
    let range = CivilTime.range
    let known = min(max(seconds, range.lowerBound / 1000), range.upperBound / 1000)
    let year = CivilTime(milliseconds: known * 1000, offset: standard).year
    let start = saving.start.day.days(in: year) * 86_400 + saving.start.time - standard
    let end = saving.end.day.days(in: year) * 86_400 + saving.end.time - saving.offset
    // South of the equator the year begins and ends in summer.
    let isSaving =
      start < end ? seconds >= start && seconds < end : seconds >= start || seconds < end
    return isSaving ? saving.offset : standard
  }
}

extension PosixZone {
  /// - Returns: nil for a text that is no such rule.
  init?(_ text: some StringProtocol) {
    var reader = Reader(rest: Substring(text))
    guard reader.name(), let standard = reader.offset() else { return nil }
    self.standard = -standard
    if reader.rest.isEmpty {
      saving = nil
      return
    }
    guard reader.name() else { return nil }
    let offset = reader.rest.first == "," ? -self.standard - 3600 : reader.offset()
    guard let offset, let start = reader.change(), let end = reader.change(), reader.rest.isEmpty
    else { return nil }
    saving = Saving(offset: -offset, start: start, end: end)
  }

  private struct Reader {
    var rest: Substring

    mutating func takes(_ character: Character) -> Bool {
      guard rest.first == character else { return false }
      rest.removeFirst()
      return true
    }

    /// `CET`, `<+03>`.
    mutating func name() -> Bool {
      let isQuoted = takes("<")
      let name = rest.prefix {
        $0.isASCII && ($0.isLetter || isQuoted && ($0.isNumber || $0 == "+" || $0 == "-"))
      }
      rest.removeFirst(name.count)
      return name.count >= 3 && (!isQuoted || takes(">"))
    }

    mutating func number(_ range: ClosedRange<Int64>) -> Int64? {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard digits.count <= 3, let number = Int64(digits), range.contains(number)
      else { return nil }
      rest.removeFirst(digits.count)
      return number
    }

    /// `-1`, `5:30`; hours up to a week, as RFC 8536 has it. Seconds.
    mutating func offset() -> Int64? {
      let isNegative = takes("-")
      if !isNegative { _ = takes("+") }
      guard let hours = number(0...167) else { return nil }
      var seconds = hours * 3600
      for unit in [60, 1] as [Int64] where takes(":") {
        guard let part = number(0...59) else { return nil }
        seconds += part * unit
      }
      return isNegative ? -seconds : seconds
    }

    /// `,M3.5.0/3`.
    mutating func change() -> Change? {
      guard takes(","), let day = day() else { return nil }
      guard takes("/") else { return Change(day: day, time: 7200) }
      return offset().map { Change(day: day, time: $0) }
    }

    mutating func day() -> Day? {
      if takes("J") { return number(1...365).map { .julian($0) } }
      guard takes("M") else { return number(0...365).map { .ofYear($0) } }
      guard let month = number(1...12), takes("."), let week = number(1...5), takes("."),
        let day = number(0...6)
      else { return nil }
      return .weekday(month: month, week: week, day: day)
    }
  }
}
