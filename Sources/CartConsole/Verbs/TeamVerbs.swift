import CartApplication
import CartEngine
import CartModel
import CartReports
import CartSupport

/// Verbs for several people at one shop.
enum TeamVerbs {
  static let all: [Verb] = [
    Verb(
      "mine", "[NAME|all]", 0...1, pages: .always,
      "Lists the carts that you, a colleague or all staff have claimed."
    ) { console, call in
      console.handler.begin(call.line)
      let who: String?
      switch call[0] {
      case "": who = console.handler.actor.person
      case "all": who = nil
      default: who = call[0].contains(":") ? call[0] : Actor.staff(call[0]).description
      }
      let keys = try console.handler.reader.keys(claimedBy: who)
      try console.show(claims: keys)
    }.looking,
    Verb(
      "handover", "[since=]", 0...0, options: ["since"], pages: .always,
      "What changed since you left, and by whom: .handover, or .handover since=8h."
    ) { console, call in
      console.handler.begin(call.line)
      let parser = FilterParser(zone: console.shop.zone, now: console.handler.now)
      let since = try call.options["since"].map { try parser.time($0) }
      if let since, since > console.handler.now {
        throw ModelError(.outOfRange, "since: \(console.shop.zone.text(since)) is not over yet")
      }
      console.show(
        try console.handler.reader.operations.handover(
          to: console.handler.actor.person, since: since, start: console.application.started))
    },
  ]

  static let changes: [(verb: Verb, body: ChangeVerbs.Body)] = [
    ChangeVerbs.change(
      "claim", "ID [ttl=30m take=yes]", 1...1, options: ["ttl", "take"], flags: ["take"],
      "Takes a cart for you for a while from now on, so that nobody else calls its shopper."
    ) { console, run, call, cart in
      try run.claim(
        cart.key, ttl: try call.options["ttl"].map { try Span($0) },
        takesOver: try call.isYes("take"))
    },
    ChangeVerbs.change(
      "release", "ID [take=yes]", 1...1, options: ["take"], flags: ["take"],
      "Gives a claimed cart free; take=yes also another's."
    ) { console, run, call, cart in
      guard cart.claim(at: console.handler.now) != nil else {
        throw EngineError(.refused, "release: nobody has claimed the cart \(cart.id)")
      }
      return try run.release(cart.key, takesOver: try call.isYes("take"))
    },
    ChangeVerbs.change(
      "note", "ID TEXT", 2...2000, kind: .text(from: 1), "Writes something down about a cart."
    ) {
      _, run, call, cart in
      try run.write(note: call.text(after: 1), on: cart.key)
    },
  ]
}

extension VerbCall {
  /// The words from one on, as they were typed: quotes inside are part of a text.
  func text(after count: Int) -> String {
    let joined = words.dropFirst(count).joined(separator: " ")
    var rest = Substring(line)
    for _ in 0...count {
      rest = rest.drop { $0 != " " && $0 != "\t" }.drop { $0 == " " || $0 == "\t" }
    }
    // Quotes around it, options, or another line: the words say it.
    guard options.isEmpty, let first = rest.first, !"\"'".contains(first),
      rest.filter({ !"\"' \t".contains($0) }) == joined.filter({ !"\"' \t".contains($0) })
    else { return joined }
    return String(rest)
  }

  /// An option that is yes or no; no where it is not given.
  fileprivate func isYes(_ name: String) throws -> Bool {
    guard let word = options[name] else { return false }
    guard ["yes", "no"].contains(word) else {
      throw ModelError(.malformed, "\(name): expected yes or no, got \(quoted(word))")
    }
    return word == "yes"
  }
}

extension Console {
  fileprivate func show(claims keys: [Int64]) throws {
    let carts = try keys.compactMap { try handler.reader.cart($0) }
    shown.list(carts)
    let ids = shortened(carts.map(\.id))
    let rows = carts.enumerated().map { index, cart -> [ReportTable.Cell] in
      let total = try? cart.price(handler.settings).total
      return [
        .integer(Int64(index) + 1), .text(ids[index]),
        .text(cart.status(at: handler.now, handler.settings).rawValue),
        total.map { .money($0) } ?? .outOfRange, .text(cart.currency.code),
        .text(cart.shopper.who), .text(cart.claim?.by ?? ""),
        cart.claim.map { .time($0.until) } ?? .empty, .text(cart.notes.last?.text ?? ""),
      ]
    }
    show(
      ReportTable(
        name: "claims", title: "Claimed carts", asOf: handler.now,
        columns: [
          .init("#", "integer"), .init("id", "id"), .init("status", "id"), .init("total", "money"),
          .init("currency"), .init("shopper"), .init("claimed by"), .init("until", "time"),
          .init("last note"),
        ],
        rows: rows))
  }

  fileprivate func show(_ report: Handover) {
    io.messages(
      report.lastSeen.map { "since your last operation, \(shop.zone.text($0))" }
        ?? "since \(shop.zone.text(report.since))")
    if report.imports > 0 {
      io.messages(
        "\(report.imports) \(report.imports == 1 ? "import is" : "imports are") not counted; "
          + ".ops actor=import lists them")
    }
    let scope = ReportScope(
      shop: shop.settings.name, from: report.since, to: handler.now)
    func show(_ table: ReportTable) {
      var table = table
      table.scope = scope
      self.show(table)
    }
    show(
      ReportTable(
        name: "work", title: "Who did what", asOf: handler.now,
        columns: [.init("who")]
          + ["operations", "carts", "new", "changes", "ordered", "deleted", "held", "sent"].map {
            .init($0, "integer")
          },
        rows: report.work.map { work in
          [.text(work.who)]
            + [
              work.operations, work.carts, work.new, work.changes, work.ordered, work.deleted,
              work.held, work.sent,
            ].map { .integer(Int64($0)) }
        }))
    if !report.operations.isEmpty {
      io.output("\n")
      show(
        ReportTable(
          name: "operations", title: "What staff and rules did", asOf: handler.now,
          columns: [
            .init("op", "integer"), .init("at", "time"), .init("who"), .init("carts", "integer"),
            .init("what"),
          ],
          rows: report.operations.map {
            [
              .integer($0.operation), .time($0.at), .text($0.who), .integer(Int64($0.carts)),
              .text($0.words),
            ]
          }))
    }
    guard !report.claims.isEmpty else { return }
    io.output("\n")
    self.show(
      ReportTable(
        name: "claims", title: "Claimed now", asOf: handler.now,
        columns: [.init("id", "id"), .init("claimed by"), .init("until", "time")],
        rows: report.claims.map {
          [.text($0.cart), .text($0.claim.by), .time($0.claim.until)]
        }))
  }

  /// The colleague who has claimed a cart; nil for none and for oneself.
  func otherClaim(on cart: Cart) -> Claim? {
    guard let claim = cart.claim(at: handler.now), claim.by != handler.actor.person else {
      return nil
    }
    return claim
  }
}
