import CartEngine
import CartModel
import CartReports
import CartStore
import CartSupport

/// Verbs that say what happened and take it back.
enum SafetyVerbs {
  static let all: [Verb] = [
    Verb(
      "ops", "[WHERE… limit=]", 0...20, options: Set(OperationFilter.keys), kind: .own(),
      pages: .always,
      "Lists operations, newest first: .ops actor=anna since=2h cart=ID undone=no coupon"
    ) { console, call in
      console.handler.begin(call.line)
      var filter = OperationFilter()
      for word in call.typed {
        filter.words.append(
          try SearchWord.read(word, names: OperationFilter.keys, "ops"))
      }
      let parser = FilterParser(zone: console.shop.zone, now: console.handler.now)
      for (key, value) in call.options {
        try filter.add(key, value, parser) { name throws(EngineError) in
          do { return try console.key(name) } catch { throw EngineError(error) }
        }
      }
      console.show(
        ReportTable(
          name: "ops", title: "Operations", asOf: console.shop.now(),
          columns: [
            .init("op", "integer"), .init("at", "time"), .init("actor"),
            .init("carts", "integer"), .init("events", "integer"), .init("undone"),
            .init("command"), .init("reason"),
          ],
          rows: try console.handler.reader.operations.list(filter).map {
            [
              .integer($0.operation.id), .time($0.operation.at),
              .text($0.operation.actor.description), .integer($0.operation.carts),
              .integer($0.operation.events), .text($0.standing.text),
              .text($0.operation.command), .text($0.operation.reason),
            ]
          }))
    },
    Verb(
      "undo", "[OP] [cart= confirm=N]", 0...1, options: ["cart", "confirm"],
      "Undoes an operation; without a number, your last one."
    ) { console, call in
      try console.revert(call, redo: false)
    },
    Verb(
      "redo", "[OP] [cart= confirm=N]", 0...1, options: ["cart", "confirm"],
      "Does an undone operation again; without a number, your last one."
    ) { console, call in
      try console.revert(call, redo: true)
    },
  ]
}

extension Console {
  /// Undo or redo as a run; what fails of it leaves nothing behind.
  func revert(_ call: VerbCall, redo: Bool) throws {
    do { try runRevert(call, redo: redo) } catch {
      clearStatus()
      let outcome = handler.run.abandon()
      guard outcome.operation != nil, ConsoleError(error).exit != .partly else { throw error }
      throw ConsoleError(
        .partly,
        "\(ConsoleError(error).message); some carts were done: the same again does the rest")
    }
  }

  private func runRevert(_ call: VerbCall, redo: Bool) throws {
    let verb = redo ? "redo" : "undo"
    let consent = handler.consent
    defer { handler.consent = consent }
    handler.begin(call.line)
    var operation: Int64
    // Whether a later one of the same person cannot be undone.
    var isOlder = false
    if let word = call.words.first {
      guard let number = Int64(word) else {
        throw ModelError(
          .malformed, "\(verb): expected an operation's number as .ops shows, got \(quoted(word))")
      }
      operation = number
    } else {
      if !redo, handler.mode == .sandbox {
        let count = handler.run.plans.undoLatest()
        if count > 0 {
          io.output(
            "undo of the sandbox's last step: \(Self.carts(count)) as before  [not saved]\n")
          return
        }
      }
      let target = try redo ? handler.run.undo.lastRedoable() : handler.run.undo.lastUndoable()
      isOlder = !target.passed.isEmpty
      if isOlder { try say(passed: target.passed, instead: target.operation) }
      operation = target.operation
    }
    let only = try call.options["cart"].map { try key($0) }
    let preview = try handler.run.undo.preview(operation, redo: redo, cart: only)
    describe(preview, verb)
    try preview.checkChanges()
    if handler.mode == .live {
      let seen = shop.store.seen
      try handler.confirmer.confirm(
        undoOf: preview, redo: redo, isUnforeseen: isOlder, given: call.options["confirm"])
      // What was said yes to is saved as it goes.
      handler.consent = .given
      handler.begin(call.line)
      // The carts may have changed while the question stood.
      if shop.store.seen != seen {
        let now = try handler.run.undo.preview(operation, redo: redo, cart: only)
        guard now.carts.map(\.key) == preview.carts.map(\.key), now.entries == preview.entries
        else {
          throw EngineError(
            .conflict,
            "\(verb) of operation \(operation): the carts changed since the question; it would change "
              + "\(Self.carts(now.carts.count)) now; nothing was changed; do it again")
        }
      }
    }
    let report = try handler.run.undo.revert(operation, redo: redo, cart: only)
    let outcome = try handler.run.finish()
    shown.change(outcome.changes)
    clearStatus()
    for failure in outcome.failures { io.messages("not done: " + printable(failure.message)) }
    for sentence in report.stays.prefix(20) where !redo {
      io.messages("stays: " + printable(sentence))
    }
    if report.stays.count > 20, !redo { io.messages("and \(report.stays.count - 20) more stay") }
    let count = max(0, report.carts.count - outcome.failures.count)
    if let sentence = echo.sentence(outcome) { io.messages(sentence) }
    let number = outcome.operation.map { ", as operation \($0)" } ?? "  [not saved]"
    let entries =
      report.entries == 0
      ? "" : ", \(report.entries) \(report.entries == 1 ? "entry" : "entries") of lists"
    io.output(
      "\(verb) of operation \(operation): \(Self.carts(count))\(entries) changed\(number)\n")
    if handler.mode == .sandbox { try logSandbox() }
    guard outcome.failures.isEmpty else {
      throw ConsoleError(
        count > 0 ? .partly : .failed,
        "\(Self.carts(outcome.failures.count)) changed meanwhile; '\(verb) \(operation)' again does "
          + "the rest")
    }
  }

  /// Says what of the person's own cannot be undone, before anything older is.
  ///
  /// - Throws: `unconfirmed` where nobody can be asked about the older one.
  private func say(
    passed: [(operation: Operation, reason: String)], instead operation: Int64
  ) throws(EngineError) {
    for (later, reason) in passed.prefix(5) {
      io.messages(
        "Operation \(later.id) (\(printable(later.command))) cannot be undone: \(printable(reason))."
      )
    }
    if passed.count > 5 {
      let more = passed.count - 5
      io.messages(
        "\(more) more \(more == 1 ? "operation" : "operations") after it cannot be undone.")
    }
    guard handler.mode != .live || handler.confirmer.ask != nil else {
      throw EngineError(
        .unconfirmed,
        "undo: your last operation cannot be undone; nothing was changed. To undo the one before "
          + "it, name it: .undo \(operation)")
    }
    io.messages("Operation \(operation) would be undone instead:")
  }

  private func describe(_ report: UndoReport, _ verb: String) {
    let target = report.target
    io.messages(
      "operation \(target.id) by \(target.actor) at \(shop.zone.text(target.at)): "
        + printable(target.command))
    for cart in report.carts.prefix(10) {
      let label = (try? handler.reader.cart(cart.key))?.fullLabel ?? "cart \(printable(cart.id))"
      io.messages(
        "  \(label): \(cart.events) \(cart.events == 1 ? "change" : "changes")")
    }
    if report.carts.count > 10 { io.messages("  and \(report.carts.count - 10) more carts") }
    if report.entries > 0 {
      io.messages("  lists: \(report.entries) \(report.entries == 1 ? "change" : "changes")")
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
