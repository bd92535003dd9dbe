import CartApplication
import CartEngine
import CartModel
import CartReports
import CartSupport

/// Showing what would happen, and doing it.
extension Console {
  /// The sentence behind a cart that is not as it is stored.
  func note(on key: Int64) -> String {
    if let moment = handler.reader.moment { return "as of \(shop.zone.text(moment))" }
    return handler.mode != .live && handler.reader.isUnsaved(key) ? "[not saved]" : ""
  }

  /// How many carts of a plan are listed.
  private static let shown = 1_000

  func show(_ plan: Plan) {
    shownPlan = plan.key
    show(plan.changes.prefix(io.terminal.width == nil ? Self.shown : 20), plan.changes.count)
    io.messages(
      "[not saved] \(Self.carts(plan.changes.count)), \(plan.events) events"
        + Self.effects(plan.orders, plan.mails) + Self.sum(plan.difference))
    for failure in plan.failures.prefix(20) { io.messages("not done: " + printable(failure)) }
    if plan.failures.count > 20 { io.messages("and \(plan.failures.count - 20) more not done") }
    let conflicts = PlanLibrary(application).changedSince(plan).map {
      "cart \(printable($0.cart)): \($0.changes)"
    }
    for line in conflicts.prefix(5) { io.messages("changed since: " + line) }
    if conflicts.count > 5 { io.messages("and \(conflicts.count - 5) more changed since") }
  }

  private func show(_ changes: some Collection<PlannedChange>, _ total: Int) {
    let rows = changes.map { change -> [ReportTable.Cell] in
      [
        .text(change.cart), .integer(change.version),
        change.before.map { .money($0) } ?? .empty, change.after.map { .money($0) } ?? .empty,
        .text((change.after ?? change.before)?.currency.code ?? ""), .text(change.words),
      ]
    }
    show(
      ReportTable(
        name: "plan", title: "Plan", asOf: handler.now,
        columns: [
          .init("cart", "id"), .init("version", "integer"), .init("before", "money"),
          .init("after", "money"), .init("currency"), .init("change"),
        ],
        rows: rows))
    if total > changes.count { io.messages("and \(Self.carts(total - changes.count)) more") }
  }

  private static func effects(_ orders: Int, _ mails: Int) -> String {
    (orders > 0 ? ", \(orders) \(orders == 1 ? "order" : "orders") to come" : "")
      + (mails > 0 ? ", \(mails) \(mails == 1 ? "mail" : "mails") to come" : "")
  }

  private static func sum(_ difference: [MoneySum]) -> String {
    let words = difference.map { "\($0.amount?.minor ?? 0 > 0 ? "+" : "")\($0)" }
    return words.isEmpty ? "" : ", totals " + words.joined(separator: ", ")
  }

  /// The end of `run --plan`.
  func finishPlan(_ run: Run) throws {
    let library = PlanLibrary(application)
    let plan = try library.take(run)
    show(plan)
    guard let target = planTarget else { return }
    let path = try library.save(plan, to: target)
    io.messages("the plan is in \(path); 'cartio apply \(path)' does it")
  }

  /// A run over many carts becomes a plan that is shown; the number typed does it.
  func doAsPlanned(_ run: Run) throws {
    let report = try PlanLibrary(application).confirm(run) { plan in
      clearStatus()
      show(plan)
    }
    try say(report, run)
  }

  /// Says what became of a plan.
  ///
  /// - Throws: `partly` where carts were left as they are.
  func say(_ report: ApplyReport, _ run: Run) throws {
    clearStatus()
    for conflict in report.conflicts {
      io.messages("not done: cart \(printable(conflict.cart)): \(conflict.reason)")
    }
    var parts = ["\(Self.carts(report.done)) done"]
    if report.known > 0 { parts.append("\(report.known) were done before") }
    if report.leftOut > 0 { parts.append("\(report.leftOut) left out") }
    if !report.conflicts.isEmpty {
      parts.append("\(report.conflicts.count) changed since and left alone")
    }
    let summary = "plan: " + parts.joined(separator: ", ")
    guard !report.conflicts.isEmpty else {
      io.messages(summary)
      return
    }
    let outcome = try run.finish()
    let undo =
      outcome.operation == nil ? "" : "; \(outcome.reversal) undoes what was done"
    throw ConsoleError(report.done > 0 ? .partly : .failed, summary + undo)
  }

  // MARK: Progress

  /// Shows how far a bulk run is, at a terminal, from its second second on.
  func progress() -> ((Int, Int) -> Void)? {
    guard let status = io.status else { return nil }
    let clock = shop.now
    var (began, shown) = (clock(), clock())
    var last = 0
    return { [weak self] done, total in
      let now = clock()
      if done <= last { began = now }
      last = done
      let elapsed = now.milliseconds - began.milliseconds
      guard elapsed > 1000, now.milliseconds - shown.milliseconds > 200, done > 0 else { return }
      shown = now
      let left = elapsed * Int64(total - done) / Int64(done) / 1000
      self?.hasStatus = true
      status("\(Self.grouped(done)) of \(Self.carts(total)), \(left) s left")
    }
  }

  func clearStatus() {
    if hasStatus { io.status?("") }
    hasStatus = false
  }
}
