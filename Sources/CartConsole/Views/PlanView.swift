import CartApplication
import CartEngine
import CartModel
import CartReports
import CartSupport

/// Shows plans, and what became of them.
struct PlanView: WorkspacePart {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  /// How many carts of a plan are listed where nobody reads along.
  private static let most = 1_000

  func show(_ plan: Plan) {
    workspace.shownPlan = plan.key
    show(plan.changes.prefix(io.terminal.width == nil ? Self.most : 20), plan.changes.count)
    io.messages(
      "[not saved] \(CountText.carts(plan.changes.count)), \(plan.events) events"
        + Self.effects(plan.orders, plan.mails) + Self.sum(plan.difference))
    for failure in plan.failures.prefix(20) { io.messages("not done: " + printable(failure)) }
    if plan.failures.count > 20 { io.messages("and \(plan.failures.count - 20) more not done") }
    let conflicts = PlanLibrary(application).changedSince(plan)
    for conflict in conflicts.prefix(5) {
      io.messages("changed since: cart \(printable(conflict.cart)): \(conflict.changes)")
    }
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
    if total > changes.count { io.messages("and \(CountText.carts(total - changes.count)) more") }
  }

  private static func effects(_ orders: Int, _ mails: Int) -> String {
    (orders > 0 ? ", \(CountText.count(orders, "order")) to come" : "")
      + (mails > 0 ? ", \(CountText.count(mails, "mail")) to come" : "")
  }

  private static func sum(_ difference: [MoneySum]) -> String {
    let words = difference.map { "\($0.amount?.minor ?? 0 > 0 ? "+" : "")\($0)" }
    return words.isEmpty ? "" : ", totals " + words.joined(separator: ", ")
  }

  /// Says what became of a plan.
  ///
  /// - Throws: `partly` where carts were left as they are.
  func say(_ report: ApplyReport, _ run: Run) throws {
    screen.clearStatus()
    for conflict in report.conflicts {
      io.messages("not done: cart \(printable(conflict.cart)): \(conflict.reason)")
    }
    var parts = ["\(CountText.carts(report.done)) done"]
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
}
