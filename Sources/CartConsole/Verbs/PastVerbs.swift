import CartEngine
import CartModel
import CartReports

/// Verbs that look at earlier moments.
struct PastVerbs: VerbGroup {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  static let all: [Verb] = [
    Verb(
      "at", "\"TIME\" VERB…", 2...300, kind: .verb,
      "Shows things as they stood: .at \"yesterday 14:00\" .cart ID, or 2h, or 2026-11-01.",
      console: { try look($0, $1) }),
    Verb(
      "diff", "ID TIME [TIME]", 2...3, pages: .always,
      "Shows what changed of a cart between two moments.", PastVerbs.diff),
  ]

  private static func look(_ console: Console, _ call: VerbCall) throws {
    let (handler, zone) = (console.handler, console.shop.zone)
    console.application.beginReading(call.line)
    let time = try PastVerbs(console.workspace).times.time(call[0])
    guard time <= handler.now else {
      throw ModelError(.outOfRange, "at: \(zone.text(time)) is not over yet")
    }
    let verb = call[1].hasPrefix(".") ? call[1] : "." + call[1]
    console.io.messages("as of \(zone.text(time))")
    try handler.reader.at(time) {
      try console.verb([TypedWord(verb)] + call.typed.dropFirst(2), line: call.line) { $0.looks }
    }
  }

  private func diff(_ call: VerbCall) throws {
    application.beginReading(call.line)
    let key = try targets.key(call[0])
    let start = try times.time(call[1])
    let end = call.words.count > 2 ? try times.time(call[2]) : nil
    let difference = try handler.reader.difference(of: key, from: start, to: end)
    if let cart = try handler.reader.cart(key) { workspace.shown.name(cart) }
    if difference.isEmpty { io.messages("nothing changed between the two") }
    show(
      ReportTable(
        name: "diff", title: "Differences", asOf: end ?? handler.now,
        columns: [.init("what"), .init("before"), .init("after")],
        rows: difference.map { [.text($0.what), .text($0.before), .text($0.after)] }))
  }
}
