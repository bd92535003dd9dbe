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
  /// - Throws: what the work throws, as the observer words it.
  public func perform(
    _ command: String, origin: JobOrigin.Source? = nil, text: String? = nil,
    _ body: () throws -> Void
  ) throws {
    let consent = handler.consent
    defer {
      handler.consent = consent
      handler.confirmer.asksForFinal = false
    }
    let source = origin ?? .line(command)
    handler.hooks.jobOrigin = { [session] in
      JobOrigin(
        source, script: text,
        libraries: JobOrigin.isVerb(command) ? [:] : session.libraryDigests
      ).text
    }
    book.refresh()
    if let (job, retry) = resumption {
      // The job was confirmed for its carts, but not for what is final.
      handler.consent = .given
      handler.confirmer.asksForFinal = !home.saysYes
      try handler.begin(job: job, retry: retry)
    } else {
      handler.begin(command)
    }
    sayIfEnded()
    let outcome: Outcome
    do {
      try session.working(in: handler.run, body)
      try observer.check()
      if handler.run.needsConfirmation { try observer.confirm() }
      outcome = try handler.run.finish()
    } catch let error as ScriptError where error.code == .incomplete {
      _ = handler.run.abandon()
      throw error
    } catch  where ApplicationError(error).code == .partly {
      _ = handler.run.abandon()
      throw error
    } catch {
      throw try observer.failed(error, handler.run.abandon())
    }
    try observer.ended(outcome)
  }

  /// Says what is to be told of the run under way if the program ends in the middle of it.
  func sayIfEnded() {
    guard let operation = handler.run.operationNumber else {
      return ProgramEnd.say(
        handler.run.hasFlushed
          ? "Changes saved before stay; see .ops." : "Nothing of it was saved.",
        saved: handler.run.hasFlushed)
    }
    ProgramEnd.say(
      "Operation \(operation) was saved up to there; .undo \(operation) reverts it.", saved: true)
  }
}
