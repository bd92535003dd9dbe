import CartSupport
import LuaKit

/// Why a script, or a chunk at the prompt, did not get to its end.
public typealias ScriptError = CodedError<ScriptErrorCode>

public enum ScriptErrorCode: ErrorCode {
  case failed
  /// A chunk that could go on.
  case incomplete
  case interrupted
  /// A budget was used up.
  case limit
  /// The VM was replaced: its globals are lost.
  case memory

  public var isInterruption: Bool { self == .interrupted }
}

extension ScriptError {
  init(_ failure: LuaFailure) {
    switch failure.code {
    case .error: self.init(.failed, failure.message)
    case .incomplete: self.init(.incomplete, failure.message)
    case .killed(.interrupt): self.init(.interrupted, "interrupted")
    case .killed(.memory): self.init(.memory, failure.message)
    case .killed: self.init(.limit, failure.message)
    }
  }
}
