import CartModel

/// The settings of a shop over time, as the event log records them.
public struct SettingsRecord: Sendable {
  /// In the order of their times.
  package var changes: [(at: Timestamp, before: String, after: String)] = []
  /// When an operation that is no import's was first done.
  package var firstLive: Timestamp?

  package init() {}

  /// The settings at a moment.
  ///
  /// Before the first record it is what that says of before; where that says nothing, they were the
  /// defaults, once a change was made live by then, and else, as no event says, the first recorded.
  /// - Returns: nil for the defaults; empty where no event says.
  public func settings(at time: Timestamp) -> String? {
    if let last = changes.last(where: { $0.at <= time }) { return last.after }
    guard let first = changes.first else { return "" }
    if !first.before.isEmpty { return first.before }
    return firstLive.map { $0 <= time } ?? false ? nil : first.after
  }
}
