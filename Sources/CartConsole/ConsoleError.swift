import CartApplication

/// A message and an exit code: what every error becomes in the end.
public struct ConsoleError: ApplicationErrorConvertible, Equatable, Sendable,
  CustomStringConvertible
{
  public enum Exit: Int32, CaseIterable, Sendable {
    case done = 0
    /// Nothing was changed.
    case failed = 1
    /// Something was changed, and the message says what.
    case partly = 3
    case usage = 64
    case interrupted = 130

    init(_ code: ApplicationError.Code) {
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

  public let exit: Exit
  public let message: String

  public init(_ exit: Exit, _ message: String) {
    self.exit = exit
    self.message = message
  }

  /// Any error of any target.
  public init(_ error: any Error) {
    if let error = error as? ConsoleError {
      self = error
    } else {
      let error = ApplicationError(error)
      self.init(Exit(error.code), error.message)
    }
  }

  public static func usage(_ text: String) -> ConsoleError { ConsoleError(.usage, text) }

  public var applicationError: ApplicationError {
    switch exit {
    case .usage: .usage(message)
    case .partly: ApplicationError(.partly, message)
    case .interrupted: ApplicationError(.interrupted, message)
    case .done, .failed: ApplicationError(.failed, message)
    }
  }

  public var description: String { message }
}
