import CartEngine
import CartModel
import CartSupport

/// When a regular report is due, on the shop's clock: `mon 08:00`, `mon,thu 08:00`, `daily 08:00`,
/// `1 08:00` for the first of each month, or a span as `6h`.
public struct ScheduleTime: Equatable, Sendable {
  /// As it was written.
  public let text: String
  private let kind: Kind

  private enum Kind: Equatable, Sendable {
    case weekly(days: Set<Int64>, minute: Int64)
    case monthly(day: Int64, minute: Int64)
    case every(Int64)
  }

  private static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  /// - Throws: `malformed`.
  public init(_ text: String) throws(ModelError) {
    func bad() -> ModelError {
      ModelError(
        .malformed,
        "every: expected mon 08:00, mon,thu 08:00, daily 08:00, 1 08:00 (of the month) or 6h, got "
          + quoted(text))
    }
    self.text = text
    let words = text.lowercased().split(separator: " ")
    if words.count == 1, let span = try? Span(words[0]) {
      guard span.milliseconds >= 60_000 else { throw bad() }
      kind = .every(span.milliseconds)
      return
    }
    guard words.count == 2, let minute = Self.minute(words[1]) else { throw bad() }
    if words[0] == "daily" {
      kind = .weekly(days: Set(1...7), minute: minute)
    } else if let day = Int64(words[0]), (1...28).contains(day) {
      kind = .monthly(day: day, minute: minute)
    } else {
      var days: Set<Int64> = []
      for word in words[0].split(separator: ",", omittingEmptySubsequences: false) {
        guard let day = Self.days.firstIndex(of: String(word)) else { throw bad() }
        days.insert(Int64(day) + 1)
      }
      kind = .weekly(days: days, minute: minute)
    }
  }

  private static func minute(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].count <= 2, parts[1].count == 2, let hour = Int64(parts[0]),
      let minute = Int64(parts[1]), (0..<24).contains(hour), (0..<60).contains(minute)
    else { return nil }
    return hour * 60 + minute
  }

  /// The first moment after another at which it is due.
  public func next(after time: Timestamp, _ zone: ZoneRules) -> Timestamp {
    let minute: Int64
    let isMeant: (CivilTime) -> Bool
    switch kind {
    case .every(let span): return time.advanced(by: span)
    case .weekly(let days, let own): (minute, isMeant) = (own, { days.contains($0.isoWeekday) })
    case .monthly(let day, let own): (minute, isMeant) = (own, { $0.day == day })
    }
    var day = zone.civil(time)
    (day.hour, day.minute, day.second, day.millisecond) = (minute / 60, minute % 60, 0, 0)
    // A day is found within a month; one in which the clock jumps over the time counts as well.
    for _ in 0..<40 {
      let moment = zone.timestamp(day)
      if isMeant(day), moment > time { return moment }
      day = CivilTime(day.timestamp(offset: 0).advanced(by: 86_400_000), offset: 0)
    }
    return time.advanced(by: 31 * 86_400_000)
  }
}
