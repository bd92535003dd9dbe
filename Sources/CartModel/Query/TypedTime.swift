import CartSupport

/// A time as it was typed, and how much of it was: a day, a minute, a second.
public struct TypedTime: Equatable, Sendable {
  public let start: Timestamp
  /// The last moment of it; its start for one moment.
  public let last: Timestamp
  /// Reads as the same time whenever it is read.
  public let text: String
  /// Whether it was counted from the clock, as `2h`: then nobody means the very millisecond.
  public let isCounted: Bool

  public static func == (a: TypedTime, b: TypedTime) -> Bool {
    a.start == b.start && a.last == b.last
  }

  /// A moment, to the millisecond.
  public init(_ time: Timestamp, isCounted: Bool = false) {
    (start, last, text, self.isCounted) = (time, time, time.description, isCounted)
  }

  fileprivate init(_ start: Timestamp, before next: Timestamp, _ text: String) {
    (self.start, self.text, isCounted) = (start, text, false)
    last = next == Timestamp.range.upperBound ? next : max(start, next.advanced(by: -1))
  }
}

/// Reads times as users type them, on the clock of a time zone.
struct TimeReader {
  let zone: ZoneRules
  let now: Timestamp

  /// - Throws: `malformed`; `outOfRange` for a span beyond the longest.
  func read(_ text: String) throws(ModelError) -> TypedTime {
    if text == "now" { return TypedTime(now, isCounted: true) }
    if let typed = iso(text) ?? named(text) ?? dotted(text) { return typed }
    let span = text.hasSuffix(" ago") ? String(text.dropLast(4)) : text
    do throws(ModelError) {
      return TypedTime(now.advanced(by: -(try Span(span)).milliseconds), isCounted: true)
    } catch  where error.code == .outOfRange { throw error } catch {}
    let hint =
      text.wholeMatch(of: /\d{1,2}\/\d{1,2}\/\d{4}.*/) == nil
      ? "" : "; day and month can be read either way: write 2026-11-28 or 28.11.2026"
    throw ModelError(
      .malformed,
      "time: expected 2026-11-01 14:00, ISO 8601 or a span ago as 2h, got \(quoted(text))\(hint)")
  }

  private func iso(_ text: String) -> TypedTime? {
    guard let parsed = ISO8601(text) else { return nil }
    let clock = text.dropFirst(10).prefix { $0 != "Z" && $0 != "+" && $0 != "-" }
    guard let offset = parsed.offset else { return typed(parsed.civil, clock: clock) }
    let start = parsed.civil.timestamp(offset: offset)
    guard let length = Self.length(clock) else { return TypedTime(start) }
    return TypedTime(start, before: start.advanced(by: length), text)
  }

  /// `today`, `yesterday 14:00`, `last monday`, `17:39`.
  private func named(_ text: String) -> TypedTime? {
    let today = zone.civil(now).dayStart
    var words = text.lowercased().split(separator: " ", omittingEmptySubsequences: false)
    guard let first = words.first else { return nil }
    var day = today
    if first == "today" || first == "yesterday" {
      day = today.adding(days: first == "today" ? 0 : -1)
      words.removeFirst()
    } else if first == "last", words.count > 1,
      let place = Self.weekdays.firstIndex(of: String(words[1]))
    {
      // The latest of its name that is over.
      day = today.adding(days: -((today.isoWeekday - Int64(place) + 5) % 7 + 1))
      words.removeFirst(2)
    }
    guard words.count < 2, words.first?.isEmpty != true else { return nil }
    guard let clock = words.first else { return typed(day, clock: "") }
    let padded = clock.firstIndex(of: ":") == clock.index(after: clock.startIndex) ? "0" : ""
    guard let parsed = ISO8601("\(day.dateText) \(padded)\(clock)"), parsed.offset == nil else {
      return nil
    }
    return typed(parsed.civil, clock: " \(padded)\(clock)")
  }

  private static let weekdays = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
  ]

  /// `29.11.2026`, with or without a time of day.
  private func dotted(_ text: String) -> TypedTime? {
    guard let match = text.wholeMatch(of: /(\d{1,2})\.(\d{1,2})\.(\d{4})( .+)?/),
      let day = Int64(match.1), let month = Int64(match.2)
    else { return nil }
    return iso("\(match.3)-\(padded(month, 2))-\(padded(day, 2))\(match.4 ?? "")")
  }

  /// - Parameter clock: what was typed behind the day.
  private func typed(_ civil: CivilTime, clock: Substring) -> TypedTime {
    let start = zone.timestamp(civil)
    if clock.isEmpty {
      return TypedTime(
        start, before: zone.timestamp(civil.adding(days: 1)), civil.dateText)
    }
    guard let length = Self.length(clock) else { return TypedTime(start) }
    let text = "\(civil.dateText) \(civil.clockText.prefix(length == 60_000 ? 5 : 8))"
    return TypedTime(start, before: start.advanced(by: length), text)
  }

  /// How long what was typed of a time of day lasts, in milliseconds; nil for a moment.
  private static func length(_ clock: Substring) -> Int64? {
    if clock.isEmpty { return 86_400_000 }
    if clock.contains(".") { return nil }
    return clock.count(where: { $0 == ":" }) == 1 ? 60_000 : 1000
  }
}

extension CivilTime {
  /// The beginning of its day.
  public var dayStart: CivilTime { CivilTime(year: year, month: month, day: day) }

  /// The same time of so many days later.
  public func adding(days: Int64) -> CivilTime {
    CivilTime(timestamp(offset: 0).advanced(by: days * 86_400_000), offset: 0)
  }
}
