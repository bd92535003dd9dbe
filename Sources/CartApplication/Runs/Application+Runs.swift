import CartEngine
import CartScripting
import LuaKit

/// Runs: one verb, one chunk, one script, one pass, each an operation.
extension Application {
  /// Does work as one operation: saves it at the end.
  ///
  /// - Parameters:
  ///   - command: what was asked for, for the list of operations.
  ///   - origin: how a job of it is run again; nil for the command as it was typed.
  ///   - text: of the script.
  ///   - body: is given the run.
  /// - Throws: what the work throws, as the observer words it.
  public func perform(
    _ command: String, origin: JobOrigin.Source? = nil, text: String? = nil,
    _ body: (Run) throws -> Void
  ) throws {
    try handler.confirmer.scope { try performed(command, origin, text, body) }
  }

  private func performed(
    _ command: String, _ origin: JobOrigin.Source?, _ text: String?, _ body: (Run) throws -> Void
  ) throws {
    let source = origin ?? .line(command)
    handler.hooks.jobOrigin = { [session] in
      JobOrigin(
        source, script: text,
        libraries: JobOrigin.isVerb(command) ? [:] : session.libraryDigests
      ).text
    }
    book.refresh()
    let run: Run
    if let (job, retry) = resumption {
      handler.confirmer.resume()
      run = try handler.begin(job: job, retry: retry)
    } else {
      run = handler.begin(command)
    }
    follow(run)
    let outcome: Outcome
    do {
      try session.working(in: run) { try body(run) }
      try observer.check()
      if run.needsConfirmation { try observer.confirm(run) }
      outcome = try run.finish()
    } catch let error as ScriptError where error.code == .incomplete {
      _ = run.abandon()
      throw error
    } catch  where ApplicationError(error).code == .partly {
      _ = run.abandon()
      throw error
    } catch {
      throw try observer.failed(error, run, run.abandon())
    }
    try observer.ended(run, outcome)
  }

  /// Begins a run that ends by itself, and not as one of ``perform(_:origin:text:_:)``.
  @discardableResult
  public func begin(_ command: String) -> Run {
    let run = handler.begin(command)
    follow(run)
    return run
  }

  /// Begins a run that only reads.
  public func beginReading(_ command: String) { _ = begin(command) }

  /// Says what is to be told of a run if the program ends in the middle of it.
  private func follow(_ run: Run) {
    // Without an interrupt nothing ends it but itself.
    if hasInterrupt { handler.hooks.onSaved = { [unowned self] in sayIfEnded(run) } }
    sayIfEnded(run)
  }

  private func sayIfEnded(_ run: Run) {
    guard let operation = run.operationNumber else {
      return ProgramEnd.say(
        run.hasFlushed
          ? "Changes saved before stay; see .ops." : "Nothing of it was saved.",
        saved: run.hasFlushed)
    }
    ProgramEnd.say(
      "Operation \(operation) was saved up to there; .undo \(operation) reverts it.", saved: true)
  }
}
