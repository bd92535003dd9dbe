import CartApplication
import CartEngine
import CartModel
import CartReports
import CartStorage
import CartSupport

/// Verbs that show what happened and undo it.
struct SafetyVerbs: VerbGroup {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  static let all: [Verb] = [
    Verb(
      "ops", "[WHERE… limit=]", 0...20, options: Set(OperationFilter.keys), kind: .own(),
      pages: .always,
      "Lists operations, newest first: .ops actor=anna since=2h cart=ID undone=no coupon",
      SafetyVerbs.ops),
    Verb(
      "undo", "[OP] [cart= confirm=N]", 0...1, options: ["cart", "confirm"],
      "Undoes an operation; without a number, your last one.", SafetyVerbs.undo),
    Verb(
      "redo", "[OP] [cart= confirm=N]", 0...1, options: ["cart", "confirm"],
      "Does an undone operation again; without a number, your last one.", SafetyVerbs.redo),
  ]

  private func undo(_ call: VerbCall) throws { try revert(call, redo: false) }
  private func redo(_ call: VerbCall) throws { try revert(call, redo: true) }

  private func ops(_ call: VerbCall) throws {
    application.beginReading(call.line)
    var filter = OperationFilter()
    for word in call.typed {
      filter.words.append(
        try SearchWord.read(word, names: OperationFilter.keys, "ops"))
    }
    for (key, value) in call.options {
      try filter.add(key, value, times) { name throws(EngineError) in try targets.key(name) }
    }
    show(
      ReportTable(
        name: "ops", title: "Operations", asOf: shop.now(),
        columns: [
          .init("op", "integer"), .init("at", "time"), .init("actor"),
          .init("carts", "integer"), .init("events", "integer"), .init("undone"),
          .init("command"), .init("reason"),
        ],
        rows: try handler.reader.operations.list(filter).map {
          [
            .integer($0.operation.id), .time($0.operation.at),
            .text($0.operation.actor.description), .integer($0.operation.extent.carts),
            .integer($0.operation.extent.events), .text($0.standing.text),
            .text($0.operation.command), .text($0.operation.reason),
          ]
        }))
  }

  /// Undo or redo as a run of its own.
  private func revert(_ call: VerbCall, redo: Bool) throws {
    let verb = redo ? "redo" : "undo"
    let number = try call.words.first.map { word in
      guard let number = Int64(word) else {
        throw ModelError(
          .malformed, "\(verb): expected an operation's number as .ops shows, got \(quoted(word))")
      }
      return number
    }
    var undo = UndoRun(application, redo: redo)
    undo.observer.passed = { say(passed: $0) }
    undo.observer.instead = { io.messages("Operation \($0) would be undone instead:") }
    var foreseen: Set<String> = []
    undo.observer.foreseen = {
      describe($0)
      foreseen = Set($0.stays)
    }
    defer { screen.clearStatus() }
    let result = try undo.revert(
      number, cart: { run in try call.options["cart"].map { try targets.key($0, in: run) } },
      confirmed: call.options["confirm"], as: call.line)
    screen.clearStatus()
    switch result {
    case .step(let carts):
      io.output(
        "undo of the sandbox's last step: \(CountText.carts(carts)) as before  [not saved]\n")
    case .operation(let operation, var report, let outcome):
      // Once.
      report.stays.removeAll(where: foreseen.contains)
      try say(report, outcome, "\(verb) of operation \(operation)", "\(verb) \(operation)")
    }
  }

  /// Says what undo or redo did.
  ///
  /// - Parameters:
  ///   - what: what it was, as `undo of operation 5`.
  ///   - again: what does the rest, as `undo 5`.
  /// - Throws: `partly`, `failed` where carts changed meanwhile; `partly` where the operation stays on
  ///   some.
  private func say(
    _ report: UndoReport, _ outcome: Outcome, _ what: String, _ again: String
  ) throws {
    workspace.shown.change(outcome.changes)
    for failure in outcome.failures { io.messages("not done: " + printable(failure.message)) }
    for sentence in report.stays.prefix(20) { io.messages("stays: " + printable(sentence)) }
    if report.stays.count > 20 { io.messages("and \(report.stays.count - 20) more stay") }
    let count = max(0, report.carts.count - outcome.failures.count)
    if let sentence = RunTeller(workspace).echo.sentence(outcome) { io.messages(sentence) }
    let number = outcome.operation.map { ", as operation \($0)" } ?? "  [not saved]"
    let entries =
      report.entries == 0
      ? "" : ", \(CountText.count(report.entries, "entry", "entries")) of lists"
    io.output("\(what): \(CountText.carts(count))\(entries) changed\(number)\n")
    guard outcome.failures.isEmpty else {
      throw ConsoleError(
        count > 0 ? .partly : .failed,
        "\(CountText.carts(outcome.failures.count)) changed meanwhile; '\(again)' again does the rest"
      )
    }
    guard report.left == 0 else {
      throw ConsoleError(
        .partly,
        "\(what): \(CountText.carts(count)) changed, \(CountText.carts(report.left)) "
          + "\(report.left == 1 ? "stays" : "stay") as \(report.left == 1 ? "it is" : "they are")"
          + (outcome.reversal.isEmpty ? "" : "; \(outcome.reversal) reverts what was done"))
    }
  }

  /// Says what of the person's own cannot be undone, before anything older is.
  private func say(passed: [(operation: Operation, reason: String)]) {
    for (later, reason) in passed.prefix(5) {
      io.messages(
        "Operation \(later.id) (\(printable(later.command))) cannot be undone: \(printable(reason))."
      )
    }
    if passed.count > 5 {
      let more = passed.count - 5
      io.messages(
        "\(CountText.count(more, "more operation")) after it cannot be undone.")
    }
  }

  private func describe(_ report: UndoReport) {
    let target = report.target
    io.messages(
      "operation \(target.id) by \(target.actor) at \(shop.zone.text(target.at)): "
        + printable(target.command))
    for cart in report.carts.prefix(10) {
      let label = (try? handler.reader.cart(cart.key))?.fullLabel ?? "cart \(printable(cart.id))"
      io.messages(
        "  \(label): \(CountText.count(cart.events, "change"))")
    }
    if report.carts.count > 10 { io.messages("  and \(report.carts.count - 10) more carts") }
    if report.entries > 0 {
      io.messages("  lists: \(CountText.count(report.entries, "change"))")
    }
    for sentence in report.stays.prefix(10) { io.messages("  stays: " + printable(sentence)) }
    if report.stays.count > 10 { io.messages("  and \(report.stays.count - 10) more stay") }
  }
}

extension OperationEntry.Standing {
  fileprivate var text: String {
    switch self {
    case .done: ""
    case .partly: "partly"
    case .undone: "yes"
    }
  }
}
