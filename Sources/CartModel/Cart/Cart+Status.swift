/// A cart's status at some moment, as users name it.
public enum Status: String, CaseIterable, Sendable {
  case active
  case abandoned
  case expired
  case ordered
  case deleted
  case held
  /// A store joined it into another cart.
  case merged
}

extension Cart {
  /// Whether a person shops with it: no rule whose name says bot, staff or test has flagged it.
  ///
  /// `bot` and `bot-headless` both do; what else is flagged is a person's all the same.
  public var isHuman: Bool {
    !flags.contains { flag in
      ["bot", "staff", "test"].contains { flag == $0 || flag.hasPrefix($0 + "-") }
    }
  }

  /// How long ago the shopper last did something.
  public func idle(at now: Timestamp) -> Span {
    Span(milliseconds: max(0, now.milliseconds - touched.milliseconds))
  }

  /// - Complexity: O(1).
  public func status(at now: Timestamp, _ settings: StoreSettings) -> Status {
    switch state {
    case .ordered: return .ordered
    case .deleted: return .deleted
    case .held: return .held
    case .merged: return .merged
    case .open: return settings.status(ofOpen: idle(at: now))
    }
  }
}

extension StoreSettings {
  /// The status of an open cart that nothing happened to for so long.
  public func status(ofOpen idle: Span) -> Status {
    if idle.milliseconds > expiresAfter.milliseconds { return .expired }
    return idle.milliseconds > abandonedAfter.milliseconds ? .abandoned : .active
  }
}
