import CartSupport
import LuaKit

/// Why a home could not be opened, or a run, a rule pass, a report or a schedule did not happen.
public typealias ApplicationError = CodedError<ApplicationErrorCode>

/// What every error becomes in the end: each code has an exit status of its own.
public enum ApplicationErrorCode: String, ErrorCode {
  /// The caller asked for something that does not exist in this form.
  case usage
  /// Nothing was changed.
  case failed
  /// Something was changed, and the message says what.
  case partly
  /// The user or a deadline stopped it.
  case interrupted

  public var isInterruption: Bool { self == .interrupted }
}

extension ApplicationError {
  /// Any error of this target or of one below it: the one place that says what it means to a user.
  public init(_ error: any Error) {
    switch error {
    case let error as ApplicationError: self = error
    case let error as any AnyCodedError:
      self.init(error.isInterruption ? .interrupted : .failed, of: error)
    case let error as LuaRaise: self.init(.failed, error.message)
    default: self.init(.failed, String(describing: error))
    }
  }

  public static func usage(_ text: String) -> ApplicationError { ApplicationError(.usage, text) }
}
