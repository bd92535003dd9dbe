import CartSupport

/// A moment in UTC, to the millisecond, between the years 0000 and 9999.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public var milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

  /// The moments that can be written with four digits of a year, in UTC.
  public static let range =
    Timestamp(
      milliseconds: CivilTime.range.lowerBound)...Timestamp(
      milliseconds: CivilTime.range.upperBound)

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
    let exact = Timestamp(milliseconds: parsed.civil.milliseconds(offset: offset))
    guard Self.range.contains(exact) else {
      throw ModelError(
        .outOfRange, "time: expected a moment of the years 0000 to 9999 in UTC, got \(quoted(text))"
      )
    }
    self = exact
  }
}
