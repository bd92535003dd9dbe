import CartEngine
import CartExchange
import CartModel
import CartSupport

/// The plans of an open home: made of a run or of the sandbox, kept in files, and done.
public struct PlanLibrary {
  private let application: Application
  private var handler: CommandHandler { application.handler }
  private var home: Home { application.home }

  public init(_ application: Application) { self.application = application }

  /// What the sandbox holds, or what the last `plan(fn)` of the session would do.
  ///
  /// - Throws: `notFound` where there is no plan.
  public func latest() throws -> Plan {
    if handler.mode == .sandbox { return try application.begin(".plan").plans.plan() }
    guard let plan = application.session.lastPlan else {
      throw EngineError(
        .notFound,
        "plan: no plan was made yet; try changes in .sandbox, or type plan(function() … end)")
    }
    return plan
  }

  /// Writes a plan with what it depends on beside the settings.
  ///
  /// - Parameter path: nil for a name in the folder of plans.
  /// - Returns: the path.
  /// - Throws: `refused` for a plan that changes nothing; `usage` for a file that may not be replaced.
  public func save(_ plan: Plan, to path: String?) throws -> String {
    guard !plan.changes.isEmpty else {
      throw EngineError(.refused, "plan: it changes nothing; nothing was written")
    }
    let target: String
    if let path {
      try home.checkTarget(path)
      target = path
    } else {
      try Files.makeFolder(home.plansFolder)
      let stamp = plan.made.description.prefix(19).filter { $0 != "-" && $0 != ":" }
      target = "\(home.plansFolder)/\(stamp)-\(plan.key.prefix(6)).plan"
    }
    var plan = plan
    plan.rules = try home.ruleDigests()
    try PlanFile.write(plan, to: target, wait: application.wait)
    return target
  }

  /// Keeps what was tried in the sandbox as a plan.
  ///
  /// - Parameter path: nil for a name in the folder of plans.
  /// - Returns: the path.
  /// - Throws: `refused` outside of the sandbox.
  public func promote(to path: String?) throws -> String {
    guard handler.mode == .sandbox else {
      throw EngineError(.refused, "promote: there is no sandbox here; see .sandbox and .plan")
    }
    return try save(try latest(), to: path)
  }

  /// Takes what a run planned, which then holds nothing, and lets the next one plan from the start.
  public func take(_ run: Run) throws -> Plan {
    let plan = try run.plans.takePlan()
    handler.enter(.plan)
    return plan
  }

  /// Carts of a plan that were changed since it was made, with what changed.
  public func changedSince(_ plan: Plan) -> [(cart: String, changes: String)] {
    plan.changes.compactMap { change in
      guard change.version > 0,
        let key = try? application.shop.store.key(named: change.cart),
        let words = try? handler.reader.changes(of: key, since: change.version)
      else { return nil }
      return (change.cart, words)
    }
  }

  // MARK: Doing plans

  /// Turns a run over many carts into a plan that is asked about, and does it within the run.
  ///
  /// - Parameter show: shows the plan before the question.
  /// - Throws: `unconfirmed`; `partly` where carts were left as they are.
  public func confirm(_ run: Run, showing show: (Plan) -> Void) throws -> ApplyReport {
    let plan = try run.plans.takePlan(keepsLoose: true)
    show(plan)
    try handler.confirmer.confirm(runOver: plan.changes.count)
    let path = try save(plan, to: nil)
    let report = try apply(run, try PlanReader(path), .init(), path: path)
    Files.remove(path)
    return report
  }

  /// Opens a plan of a file.
  public func open(_ path: String) throws -> PlanReader {
    try PlanReader(path, wait: application.wait)
  }

  /// Applies a plan of a file as a run of its own, once it is confirmed.
  ///
  /// - Parameters:
  ///   - path: of the plan, for what is said of it.
  ///   - confirmed: `confirm=N`; nil where it was not given.
  ///   - command: what was asked for, for the list of operations.
  ///   - showing: shows some of its changes to a person who is asked.
  ///   - done: told what became of it, and what undoes it, within the run.
  public func apply(
    _ reader: PlanReader, _ selection: PlanSelection, path: String, confirmed: String?,
    as command: String, showing: ([PlannedChange]) -> Void,
    done: (ApplyReport, Run) throws -> Void
  ) throws {
    try handler.confirmer.scope {
      try handler.confirmer.confirm(
        planOver: reader.carts, isFinal: try reader.finalEvents() > 0, given: confirmed
      ) { () throws(EngineError) in showing(try reader.preview(10)) }
      try application.perform(command + ": " + reader.plan.command) { run in
        try done(try apply(run, reader, selection, path: path), run)
      }
    }
  }

  private func apply(
    _ run: Run, _ reader: PlanReader, _ selection: PlanSelection, path: String
  ) throws -> ApplyReport {
    do {
      return try run.plans.apply(reader, selection, rules: try home.ruleDigests())
    } catch let error as EngineError where error.code == .interrupted && run.hasFlushed {
      throw EngineError(.interrupted, "interrupted; 'cartio apply \(path)' does the rest")
    }
  }

  // MARK: The sandbox

  /// Adds what the latest run of the sandbox did to its log; says where that cannot be written.
  public func logSandbox(_ run: Run) {
    do {
      try SandboxLog(path: home.sandboxLogPath).add(
        try run.plans.latestPlan(), at: application.shop.now())
    } catch {
      application.messages(
        "warning: \(ApplicationError(error).message); what was tried is not kept")
    }
  }
}
