import CartApplication
import CartEngine
import CartModel
import CartSupport

/// Shows each run of a console, asks about it, and says what it did.
final class RunTeller: WorkspacePart {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  /// Registers for the application's runs.
  func observe() {
    handler.hooks.onProgress = progress()
    application.observer.check = { [screen] in try screen.sink.check() }
    application.observer.confirm = { [unowned self] in try doAsPlanned($0) }
    application.observer.ended = { [unowned self] run, outcome in
      screen.clearStatus()
      try announce(run, outcome)
    }
    application.observer.failed = { [unowned self] error, run, outcome in
      screen.clearStatus()
      workspace.shown.change(outcome.changes)
      try sayHeld(run, outcome)
      return partly(error, outcome)
    }
  }

  /// Says whom and what a run changed.
  var echo: ChangeEcho { ChangeEcho(settings: shop.settings, zone: shop.zone, now: handler.now) }

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
    workspace.shown.change(outcome.changes)
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
      "\(CountText.carts(outcome.failures.count)) \(outcome.failures.count == 1 ? "was" : "were") "
        + "left as they are, for the reasons above")
  }

  /// Says which carts lists and rules held.
  private func sayHeld(_ run: Run, _ outcome: Outcome) throws {
    for rule in outcome.rules {
      io.messages(
        "Operation \(rule.operation) by \(rule.actor): \(CountText.carts(rule.carts)) "
          + (rule.actor.isPolicy
            ? "(orders cannot be undone)" : "(.undo \(rule.operation))"))
    }
    let held = try run.guard.heldCarts()
    for cart in held.prefix(5) {
      let cause = cart.heldBy?.words ?? ""
      io.messages("cart \(printable(cart.id)): held by \(printable(cause))")
    }
    if held.count > 5 {
      io.messages("and \(CountText.carts(held.count - 5)) more; see .carts status=held")
    }
  }

  // MARK: Plans

  /// The end of `run --plan`.
  private func finishPlan(_ run: Run) throws {
    let library = PlanLibrary(application)
    let plan = try library.take(run)
    show(plan)
    guard let target = workspace.planTarget else { return }
    let path = try library.save(plan, to: target)
    io.messages("the plan is in \(path); 'cartio apply \(path)' does it")
  }

  /// A run over many carts becomes a plan that is shown; the number typed does it.
  private func doAsPlanned(_ run: Run) throws {
    let report = try PlanLibrary(application).confirm(run) { plan in
      screen.clearStatus()
      show(plan)
    }
    try PlanView(workspace).say(report, run)
  }

  // MARK: Progress

  /// Shows how far a bulk run is, at a terminal, from its second second on.
  private func progress() -> ((Int, Int) -> Void)? {
    guard io.status != nil else { return nil }
    let clock = shop.now
    var (began, shown) = (clock(), clock())
    var last = 0
    return { [weak screen] done, total in
      let now = clock()
      if done <= last { began = now }
      last = done
      let elapsed = now.milliseconds - began.milliseconds
      guard elapsed > 1000, now.milliseconds - shown.milliseconds > 200, done > 0 else { return }
      shown = now
      let left = elapsed * Int64(total - done) / Int64(done) / 1000
      screen?.show(
        status: "\(CountText.grouped(done)) of \(CountText.carts(total)), \(left) s left")
    }
  }
}
