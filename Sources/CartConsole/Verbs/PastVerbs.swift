import CartEngine
import CartModel
import CartReports

/// Verbs that look at earlier moments.
enum PastVerbs {
  static let all: [Verb] = [
    Verb(
      "at", "\"TIME\" VERB…", 2...300, kind: .verb,
      "Shows things as they stood: .at \"yesterday 14:00\" .cart ID, or 2h, or 2026-11-01."
    ) { console, call in
      console.handler.begin(call.line)
      let parser = FilterParser(zone: console.shop.zone, now: console.handler.now)
      let time = try parser.time(call[0])
      guard time <= console.handler.now else {
        throw ModelError(.outOfRange, "at: \(console.shop.zone.text(time)) is not over yet")
      }
      let verb = call[1].hasPrefix(".") ? call[1] : "." + call[1]
      console.io.messages("as of \(console.shop.zone.text(time))")
      try console.handler.reader.at(time) {
        try console.verb([TypedWord(verb)] + call.typed.dropFirst(2), line: call.line) { $0.looks }
      }
    },
    Verb(
      "diff", "ID TIME [TIME]", 2...3, pages: .always,
      "Shows what changed of a cart between two moments."
    ) {
      console, call in
      console.handler.begin(call.line)
      let parser = FilterParser(zone: console.shop.zone, now: console.handler.now)
      let key = try console.key(call[0])
      let start = try parser.time(call[1])
      let end = call.words.count > 2 ? try parser.time(call[2]) : nil
      let difference = try console.handler.reader.difference(of: key, from: start, to: end)
      if let cart = try console.handler.reader.cart(key) { console.shown.name(cart) }
      if difference.isEmpty { console.io.messages("nothing changed between the two") }
      console.show(
        ReportTable(
          name: "diff", title: "Differences", asOf: end ?? console.handler.now,
          columns: [.init("what"), .init("before"), .init("after")],
          rows: difference.map { [.text($0.what), .text($0.before), .text($0.after)] }))
    },
  ]
}
