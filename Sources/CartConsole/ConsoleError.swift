import CartApplication

/// The console shows the errors of the application as they are.
public typealias ConsoleError = ApplicationError

extension ApplicationError {
  /// With what the program ends where this is its last error.
  public var exit: ExitStatus { ExitStatus(code) }

  public typealias Exit = ExitStatus
}

/// What the program ends with.
public enum ExitStatus: Int32, CaseIterable, Sendable {
  case done = 0
  /// Nothing was changed.
  case failed = 1
  /// Something was changed, and the message says what.
  case partly = 3
  case usage = 64
  case interrupted = 130

  init(_ code: ApplicationErrorCode) {
    self =
      switch code {
      case .usage: .usage
      case .failed: .failed
      case .partly: .partly
      case .interrupted: .interrupted
      }
  }

  /// What it means, for help.
  public var meaning: String {
    switch self {
    case .done: "done"
    case .failed: "failed, nothing changed"
    case .partly: "partly done"
    case .usage: "wrong usage"
    case .interrupted: "interrupted"
    }
  }
}
