import CartEngine
import CartModel
import CartReports

/// Verbs that say what happened and take it back.
enum SafetyVerbs {
  static let all: [Verb] = [
    Verb("ops", "[limit=]", 0...0, options: ["limit"], "Lists operations, newest first.") {
      console, call in
      var limit = 20
      if let text = call.options["limit"] {
        guard let number = Int(text), number > 0 else {
          throw ModelError(.malformed, "limit: expected a whole number from 1, got \(quoted(text))")
        }
        limit = number
      }
      console.show(
        ReportTable(
          name: "ops", title: "Operations", asOf: console.shop.now(),
          columns: [
            .init("op", "integer"), .init("at", "time"), .init("actor"),
            .init("carts", "integer"), .init("events", "integer"), .init("undone"),
            .init("command"), .init("reason"),
          ],
          rows: try console.handler.operations(limit: limit).map {
            [
              .integer($0.operation.id), .time($0.operation.at),
              .text($0.operation.actor.description), .integer($0.operation.carts),
              .integer($0.operation.events), .text($0.isUndone ? "yes" : ""),
              .text($0.operation.command), .text($0.operation.reason),
            ]
          }))
    },
    Verb(
      "undo", "[OP] [cart= confirm=N]", 0...1, options: ["cart", "confirm"],
      "Takes an operation back; without a number, your last one."
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
  func revert(_ call: VerbCall, redo: Bool) throws {
    let verb = redo ? "redo" : "undo"
    var operation: Int64
    if let word = call.words.first {
      guard let number = Int64(word) else {
        throw ModelError(
          .malformed, "\(verb): expected an operation's number as .ops shows, got \(quoted(word))")
      }
      operation = number
    } else {
      guard
        let last = try redo ? handler.lastRedoable() : handler.lastUndoable()
      else { throw EngineError(.notFound, "\(verb): \(handler.actor) has nothing to \(verb)") }
      operation = last
    }
    handler.begin(call.line)
    let only = try call.options["cart"].map { try key($0) }
    let preview = try handler.previewUndo(operation, redo: redo, cart: only)
    describe(preview, verb)
    guard !preview.carts.isEmpty else {
      throw EngineError(.refused, "operation \(operation): nothing of it can be taken back")
    }
    let many = Int64(preview.carts.count) > shop.settings.confirmAbove
    let consent = handler.consent
    defer { handler.consent = consent }
    if many, consent == .askAtEnd {
      let answer = io.ask?("This changes \(preview.carts.count) carts. Type the number to go on: ")
      guard answer == String(preview.carts.count) else {
        throw EngineError(.unconfirmed, "not confirmed; nothing was changed")
      }
      handler.consent = .given
    } else if let word = call.options["confirm"], let count = Int64(word) {
      handler.consent = .upTo(count)
    } else if call.words.isEmpty, io.ask != nil, !workplace.saysYes {
      guard Self.isYes(io.ask?("\(verb) this? [y/N] ")) else {
        throw EngineError(.unconfirmed, "not confirmed; nothing was changed")
      }
    }
    let result = try handler.undo(operation, redo: redo, cart: only)
    seen = [:]
    let carts = result.report.carts.count
    io.output(
      "\(verb) of operation \(operation): \(carts) \(carts == 1 ? "cart" : "carts") changed"
        + (result.operation.map { ", as operation \($0)" } ?? "") + "\n")
  }

  private func describe(_ report: UndoReport, _ verb: String) {
    let target = report.target
    io.messages(
      "operation \(target.id) by \(target.actor) at \(shop.zone.text(target.at)): "
        + printable(target.command))
    for cart in report.carts.prefix(10) {
      io.messages("  cart \(printable(cart.id)): \(cart.events) changes")
    }
    if report.carts.count > 10 { io.messages("  and \(report.carts.count - 10) more carts") }
    for sentence in report.stays.prefix(10) { io.messages("  stays: " + printable(sentence)) }
    if report.stays.count > 10 { io.messages("  and \(report.stays.count - 10) more stay") }
  }
}
