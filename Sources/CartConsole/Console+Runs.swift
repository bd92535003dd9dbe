import CartApplication
import CartEngine
import CartModel
import CartScripting
import CartSupport
import LuaKit

/// Runs: one verb, one chunk, one script, each an operation.
extension Console {
  /// Runs a chunk of Lua as one operation and shows its values.
  public func run(chunk: String, name: String, raw: Bool = false) throws {
    if !raw, io.ask != nil, let finding = ScriptLint.moneyComparisons(chunk).first {
      io.messages("note: " + finding.message)
    }
    if !raw, !saidLocal, chunk.hasPrefix("local "), io.ask != nil {
      saidLocal = true
      io.messages("note: a 'local' ends with its chunk; without 'local' the name stays")
    }
    var values: [LuaValue] = []
    let typed = chunk.trimmingBlanks
    if let advice = TypedLine.advice(name: typed), !session.globals.contains(typed) {
      throw ConsoleError.usage(advice)
    }
    try perform(chunk) { _ in
      do { values = try session.run(chunk, name: name, isExpression: true) } catch {
        guard let error = error as? ScriptError, error.code == .failed || error.code == .incomplete,
          let problem = ScriptLint.syntaxError(chunk),
          let advice = TypedLine.advice(chunk, problem)
        else { throw error }
        throw ConsoleError.usage(advice)
      }
      if raw {
        io.output(
          values.isEmpty
            ? "" : safe(values.map { session.text($0) }.joined(separator: "\t"), io) + "\n")
      }
    }
    // What was changed is saved before it is looked at: that may take a person a while.
    if !raw { try paged { try show(values) } }
  }

  /// Runs a script file; its values are not printed.
  ///
  /// - Parameters:
  ///   - text: what the file holds; read from it where nil.
  ///   - allowsPipe: whether it may come from a pipe, which then is waited for as long as a script
  ///     may run.
  public func run(
    file path: String, arguments: [String], text: String? = nil, allowsPipe: Bool = false
  ) throws {
    let source = try text ?? Files.text(path, wait: allowsPipe ? wait : nil)
    session.libraryFolder = Files.folder(path) + "/lib"
    try session.set(
      "arg",
      .table(
        [LuaValue.Pair(.integer(0), .string(path))]
          + arguments.enumerated().map { .init(.integer(Int64($0) + 1), .string($1)) }))
    let person = handler.actor
    handler.actor = person.via(script: Files.name(path))
    defer { handler.actor = person }
    do {
      try perform(
        (["run", path] + arguments).joined(separator: " "),
        origin: .script(Files.absolute(path), arguments), text: source
      ) { _ in
        _ = try session.run(source, name: "@" + Files.name(path))
      }
    } catch let error as ScriptError where error.code == .incomplete {
      // A file has no next line that could finish it.
      throw ScriptError(.failed, error.message)
    }
  }

  /// How long a pipe is waited for.
  var wait: StreamWait { application.wait }

  /// Does work as one operation: saves it at the end, or says what was saved before it failed.
  ///
  /// - Parameters:
  ///   - origin: how a job of it is run again; nil for the command as it was typed.
  ///   - text: of the script.
  func perform(
    _ command: String, origin: JobOrigin.Source? = nil, text: String? = nil,
    _ body: (Run) throws -> Void
  ) throws {
    try application.perform(command, origin: origin, text: text, body)
  }

  /// Lets each run be shown, and asked about.
  func observe() {
    application.observer.check = { [unowned self] in try sink.check() }
    application.observer.confirm = { [unowned self] in try doAsPlanned($0) }
    application.observer.ended = { [unowned self] run, outcome in
      clearStatus()
      try announce(run, outcome)
    }
    application.observer.failed = { [unowned self] error, run, outcome in
      clearStatus()
      shown.change(outcome.changes)
      try sayHeld(run, outcome)
      return partly(error, outcome)
    }
  }

  /// An error after something of the run was saved says so, and how to go on or back.
  private func partly(_ error: any Error, _ outcome: Outcome) -> any Error {
    var message = ConsoleError(error).message
    if let job = outcome.job, !job.isFinished {
      message +=
        "; job \(job.id) stopped after \(job.next) of \(job.total) carts"
        + (job.failed > 0 ? ", \(job.failed) of them failed" : "")
        + ": 'cartio jobs resume \(job.id)' goes on"
        + (outcome.reversal.isEmpty ? "" : ", \(outcome.reversal) undoes what was done")
    } else {
      guard outcome.operation != nil else { return error }
      message +=
        "; before it, " + echo.text(outcome) + " (\(outcome.reversal))"
    }
    return ConsoleError(outcome.operation == nil ? ConsoleError(error).code : .partly, message)
  }

  /// Says what an operation did.
  private func announce(_ run: Run, _ outcome: Outcome) throws {
    shown.change(outcome.changes)
    for failure in outcome.failures.prefix(20) {
      io.messages("not done: " + printable(failure.message))
    }
    if outcome.failures.count > 20 { io.messages("and \(outcome.failures.count - 20) more") }
    switch handler.mode {
    case .live: break
    case .sandbox:
      if outcome.events > 0 {
        io.messages("[not saved] \(echo.text(outcome, in: " in the sandbox only")); see .plan")
        PlanLibrary(application).logSandbox(run)
      }
    case .plan: try finishPlan(run)
    }
    if let sentence = echo.sentence(outcome) { io.messages(sentence) }
    try sayHeld(run, outcome)
    guard !outcome.failures.isEmpty else { return }
    let isPartly = outcome.carts > 0 && handler.mode == .live
    let failed = outcome.jobs.filter { $0.failed > 0 }.map { job in
      "job \(job.id): \(job.done) of \(job.total) carts done, \(job.failed) failed; "
        + "'cartio jobs retry \(job.id)' does those again"
    }
    if let last = failed.last {
      for words in failed.dropLast() { io.messages(words) }
      throw ConsoleError(isPartly ? .partly : .failed, last)
    }
    throw ConsoleError(
      isPartly ? .partly : .failed,
      "\(Self.carts(outcome.failures.count)) \(outcome.failures.count == 1 ? "was" : "were") left "
        + "as they are, for the reasons above")
  }

  /// Says whom and what a run changed.
  var echo: ChangeEcho { ChangeEcho(settings: shop.settings, zone: shop.zone, now: handler.now) }

  /// Says which carts lists and rules held.
  private func sayHeld(_ run: Run, _ outcome: Outcome) throws {
    for rule in outcome.rules {
      io.messages(
        "Operation \(rule.operation) by \(rule.actor): \(Self.carts(rule.carts)) "
          + (rule.actor.isPolicy
            ? "(orders cannot be undone)" : "(.undo \(rule.operation))"))
    }
    let held = try run.guard.heldCarts()
    for cart in held.prefix(5) {
      let cause = cart.heldBy?.words ?? ""
      io.messages(
        "cart \(printable(cart.id)): held by \(printable(cause))")
    }
    if held.count > 5 {
      io.messages("and \(Self.carts(held.count - 5)) more; see .carts status=held")
    }
  }

  static func carts(_ count: Int) -> String { CountText.carts(count) }

  static func grouped(_ count: Int) -> String { CountText.grouped(count) }
}
