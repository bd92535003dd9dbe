/// A time in which the shopper did nothing with a cart, and then came back.
///
/// Kept with the cart, so that what was abandoned and came back need not be sought in its history.
public struct Pause: Equatable, Sendable {
  /// When the shopper last did something before it.
  public var from: Timestamp
  /// When they came back.
  public var to: Timestamp

  /// What is shorter is not kept; no shop calls a cart abandoned as early as this.
  public static let least = Span(milliseconds: 5 * 60_000)

  public init(from: Timestamp, to: Timestamp) {
    self.from = from
    self.to = to
  }

  public var length: Span { Span(milliseconds: to.milliseconds - from.milliseconds) }
}

extension Cart {
  /// When it became abandoned, each time: a pause longer than the setting, and the one under way.
  ///
  /// - Parameter now: nothing later counts.
  public func abandonments(at now: Timestamp, _ settings: StoreSettings) -> [Timestamp] {
    let after = settings.abandonedAfter.milliseconds
    // Who ordered it for the shopper, or took it out of sale, ended the pause as well.
    let end = state == .open ? now : min(order?.at ?? updated, now)
    let last = Pause(from: touched, to: max(end, touched))
    return (pauses + [last]).filter { $0.length.milliseconds > after }
      .map { $0.from.advanced(by: after) }
  }
}
