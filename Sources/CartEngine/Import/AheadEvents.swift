import CartModel

/// Events that a file dates after the run's clock: a history may come from another clock.
public struct AheadEvents: Equatable, Sendable {
  public private(set) var count = 0
  public private(set) var latest = Timestamp(milliseconds: .min)

  /// Clocks differ by so much; milliseconds.
  static let tolerance: Int64 = 5 * 60 * 1000

  public init() {}

  mutating func add(_ at: Timestamp, now: Timestamp) {
    guard at > now.advanced(by: Self.tolerance) else { return }
    count += 1
    latest = max(latest, at)
  }

  /// `3 events are dated after now, the latest 2031-01-01T00:00:00.000Z`.
  public var text: String {
    count == 1
      ? "1 event is dated after now, \(latest)"
      : "\(count) events are dated after now, the latest \(latest)"
  }
}
