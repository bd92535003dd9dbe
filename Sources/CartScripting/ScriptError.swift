import CartEngine
import LuaKit

/// Why a script, or a chunk at the prompt, did not get to its end.
public struct ScriptError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Code: Equatable, Sendable {
    case failed
    /// A chunk that could go on.
    case incomplete
    case interrupted
    /// A budget was used up.
    case limit
    /// The VM was replaced: its globals are lost.
    case memory
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  init(_ failure: LuaFailure) {
    switch failure.code {
    case .error: self.init(.failed, failure.message)
    case .incomplete: self.init(.incomplete, failure.message)
    case .killed(.interrupt): self.init(.interrupted, "interrupted")
    case .killed(.memory): self.init(.memory, failure.message)
    case .killed(.unsaved): self.init(.limit, failure.message)
    case .killed: self.init(.limit, failure.message)
    }
  }

  public var description: String { message }
}
