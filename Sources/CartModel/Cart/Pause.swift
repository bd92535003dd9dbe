/// A time in which the shopper did nothing with an open cart; it is over when they come back, or when
/// the cart is ordered, deleted, held or merged.
///
/// Kept with the cart, so that what was abandoned and came back need not be sought in its history.
public struct Pause: Equatable, Sendable {
  /// When the shopper last did something before it.
  public var from: Timestamp
  /// When it was over.
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
    let last = state == .open ? [Pause(from: quietSince, to: max(now, quietSince))] : []
    return (pauses + last).filter { $0.length.milliseconds > after }
      .map { $0.from.advanced(by: after) }
  }

  /// A cart that was held and restored goes on as if it had not been held.
  mutating func resumePause() {
    if let last = pauses.last, last.from >= touched { pauses.removeLast() }
  }

  /// When the pause under way began.
  private var quietSince: Timestamp { max(touched, pauses.last?.to ?? touched) }

  mutating func endPause(at time: Timestamp) {
    let pause = Pause(from: quietSince, to: time)
    if pause.length.milliseconds >= Pause.least.milliseconds { pauses.append(pause) }
  }
}
