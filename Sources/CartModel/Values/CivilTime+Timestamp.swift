import CartSupport

extension CivilTime {
  /// - Parameter offset: seconds east of UTC.
  public init(_ time: Timestamp, offset: Int64) {
    self.init(milliseconds: time.milliseconds, offset: offset)
  }

  /// The moment, clamped to the range of moments.
  ///
  /// - Parameter offset: seconds east of UTC.
  public func timestamp(offset: Int64) -> Timestamp {
    Timestamp(milliseconds: milliseconds(offset: offset)).clamped
  }

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
}
