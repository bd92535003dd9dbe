import CartEngine
import CartModel
import CartScripting
import CartStore
import CartSupport
import LuaKit

/// A message and an exit code: what every error becomes in the end.
public struct ConsoleError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Exit: Int32, Sendable {
    case done = 0
    /// Nothing was changed.
    case failed = 1
    /// Something was changed, and the message says what.
    case partly = 3
    case usage = 64
    case interrupted = 130
  }

  public let exit: Exit
  public let message: String

  public init(_ exit: Exit, _ message: String) {
    self.exit = exit
    self.message = message
  }

  /// Any error of any target.
  public init(_ error: any Error) {
    switch error {
    case let error as ConsoleError: self = error
    case let error as ScriptError:
      self.init(error.code == .interrupted ? .interrupted : .failed, error.message)
    case let error as EngineError:
      self.init(error.code == .interrupted ? .interrupted : .failed, error.message)
    case let error as SupportError:
      self.init(error.code == .interrupted ? .interrupted : .failed, error.message)
    case let error as ModelError: self.init(.failed, error.message)
    case let error as StoreError:
      self.init(error.code == .interrupted ? .interrupted : .failed, error.message)
    case let error as LuaRaise: self.init(.failed, error.message)
    default: self.init(.failed, String(describing: error))
    }
  }

  public static func usage(_ text: String) -> ConsoleError { ConsoleError(.usage, text) }

  public var description: String { message }
}
