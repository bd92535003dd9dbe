import CartApplication
import CartEngine
import CartModel
import CartReports
import CartSupport

/// Verbs for several people at one shop.
struct TeamVerbs: VerbGroup {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  static let all: [Verb] = [
    Verb(
      "mine", "[NAME|all]", 0...1, traits: .looks, pages: .always,
      "Lists the carts that you, a colleague or all staff have claimed.", TeamVerbs.mine),
    Verb(
      "handover", "[since=]", 0...0, options: ["since"], pages: .always,
      "What changed since you left, and by whom: .handover, or .handover since=8h.",
      TeamVerbs.handover),
  ]

  static let changes: [CartChange] = [
    CartChange(
      "claim", "ID [ttl=30m take=yes]", 1...1, options: ["ttl", "take"], flags: ["take"],
      "Takes a cart for you for a while from now on, so that nobody else calls its shopper.",
      TeamVerbs.claim),
    CartChange(
      "release", "ID [take=yes]", 1...1, options: ["take"], flags: ["take"],
      "Gives a claimed cart free; take=yes also another's.", TeamVerbs.release),
    CartChange(
      "note", "ID TEXT", 2...2000, kind: .text(from: 1), "Writes something down about a cart.",
      TeamVerbs.note),
  ]

  private func mine(_ call: VerbCall) throws {
    application.beginReading(call.line)
    let who: String?
    switch call[0] {
    case "": who = handler.actor.person
    case "all": who = nil
    default: who = call[0].contains(":") ? call[0] : Actor.staff(call[0]).description
    }
    let keys = try handler.reader.keys(claimedBy: who)
    try show(claims: keys)
  }

  private func handover(_ call: VerbCall) throws {
    application.beginReading(call.line)
    let since = try call.options["since"].map { try times.time($0) }
    if let since, since > handler.now {
      throw ModelError(.outOfRange, "since: \(shop.zone.text(since)) is not over yet")
    }
    HandoverView(workspace).show(
      try handler.reader.operations.handover(
        to: handler.actor.person, since: since, start: application.started))
  }

  private func claim(_ run: Run, _ call: VerbCall, _ cart: Cart) throws -> Cart {
    try run.claim(
      cart.key, ttl: try call.options["ttl"].map { try Span($0) },
      takesOver: try call.isYes("take"))
  }

  private func release(_ run: Run, _ call: VerbCall, _ cart: Cart) throws -> Cart {
    guard cart.claim(at: handler.now) != nil else {
      throw EngineError(.refused, "release: nobody has claimed the cart \(cart.id)")
    }
    return try run.release(cart.key, takesOver: try call.isYes("take"))
  }

  private func note(_ run: Run, _ call: VerbCall, _ cart: Cart) throws -> Cart {
    try run.write(note: call.text(after: 1), on: cart.key)
  }

  private func show(claims keys: [Int64]) throws {
    let carts = try keys.compactMap { try handler.reader.cart($0) }
    workspace.shown.list(carts)
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
