import CartEngine

/// What a caller adds to each run: a console shows and asks, a service logs.
public struct RunObserver {
  /// Called when the work is done and not saved; what it throws abandons the run.
  public var check: () throws -> Void = {}
  /// Confirms a run that wants it before it is saved; what it throws abandons the run.
  public var confirm: (Run) throws -> Void = { _ in
    throw EngineError(.unconfirmed, "nobody confirmed it; nothing was changed")
  }
  /// Told what a run did, when it is saved.
  public var ended: (Run, Outcome) throws -> Void = { _, _ in }
  /// Told how a run failed, and what of it was saved before; gives the error to throw.
  public var failed: (any Error, Run, Outcome) throws -> any Error = { error, _, _ in error }

  public init() {}
}
