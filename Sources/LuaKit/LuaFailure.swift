/// Why a script did not get to its end.
public struct LuaFailure: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Code: Equatable, Sendable {
    case error
    /// A chunk that could go on: `for i = 1, 3 do`.
    case incomplete
    /// Cut off, and by what.
    case killed(Limit)
  }

  /// What cuts a script off.
  public enum Limit: UInt32, Sendable {
    case instructions = 1
    /// Depends on the machine: the same script may get through another time.
    case time = 2
    /// The VM must not be used again.
    case memory = 3
    case output = 4
    case interrupt = 5
    /// What the host holds for the run, with what Lua holds, is more than the memory of the VM.
    case unsaved = 6
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}

/// An error that a host function raises in the script.
public struct LuaRaise: Error, Equatable, Sendable, CustomStringConvertible {
  public let message: String
  /// Whether the script's position is to be put before it.
  public let positioned: Bool

  public init(_ message: String, positioned: Bool = true) {
    self.message = message
    self.positioned = positioned
  }

  public var description: String { message }
}
