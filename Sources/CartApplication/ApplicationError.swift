import CartEngine
import CartModel
import CartScripting
import CartStore
import CartSupport
import LuaKit

/// Why a home could not be opened, or a run, a rule pass, a report or a schedule did not happen.
public struct ApplicationError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// The caller asked for something that does not exist in this form.
    case usage
    /// Nothing was changed.
    case failed
    /// Something was changed, and the message says what.
    case partly
    /// The user or a deadline stopped it.
    case interrupted
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// Any error of this target, of one below it, or of a caller that knows its code.
  public init(_ error: any Error) {
    switch error {
    case let error as ApplicationError: self = error
    case let error as any ApplicationErrorConvertible: self = error.applicationError
    case let error as ScriptError: self.init(error.code == .interrupted, error.message)
    case let error as EngineError: self.init(error.code == .interrupted, error.message)
    case let error as SupportError: self.init(error.code == .interrupted, error.message)
    case let error as StoreError: self.init(error.code == .interrupted, error.message)
    case let error as ModelError: self.init(.failed, error.message)
    case let error as LuaRaise: self.init(.failed, error.message)
    default: self.init(.failed, String(describing: error))
    }
  }

  private init(_ isInterrupted: Bool, _ message: String) {
    self.init(isInterrupted ? .interrupted : .failed, message)
  }

  public static func usage(_ text: String) -> ApplicationError { ApplicationError(.usage, text) }

  public var description: String { message }
}

/// An error of a target above that can say which code of `ApplicationError` it has.
public protocol ApplicationErrorConvertible: Error {
  var applicationError: ApplicationError { get }
}
