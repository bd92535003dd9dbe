import CartEngine
import CartModel
import CartReports
import CartRules
import CartStorage
import CartSupport

/// Why a cart is held or flagged, and what speaks against it now.
struct WhyVerbs: VerbGroup {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  static let all: [Verb] = [
    Verb(
      "why", "[ID]", 0...1, pages: .always,
      "Says why a cart was held or flagged, by which entry or rule, and what "
        + "speaks against it now.",
      WhyVerbs.why)
  ]

  private func why(_ call: VerbCall) throws {
    let run = application.begin(call.line)
    book.refresh()
    let cart = try cart(call.words.isEmpty ? "@" : call[0])
    workspace.shown.name(cart)
    try explain(cart, run)
  }

  private func explain(_ cart: Cart, _ run: Run) throws {
    var rows: [[ReportTable.Cell]] = []
    func add(_ entry: HistoryEntry, _ what: String, _ cause: Cause?) throws {
      rows.append([
        .time(entry.event.at), .text(what + (entry.isUndone ? " [undone]" : "")),
        .text(entry.event.actor.description), .text(try cause.map(source) ?? ""),
        .text(cause?.why ?? entry.reason),
      ])
    }
    for entry in try handler.reader.history(of: cart.key) {
      switch entry.event.body.holdChange {
      case .held(let cause): try add(entry, "held", cause)
      case .flagged(let cause): try add(entry, "flagged", cause)
      case .unflagged: try add(entry, "flag removed", nil)
      case .restored(let isJudged):
        try add(entry, isJudged ? "restored, to be judged" : "restored", nil)
      case nil:
        guard entry.event.actor.isPolicy, let order = entry.event.body.orderRecord else { continue }
        try add(entry, "order \(order.id)", nil)
      }
    }
    if let words = standing(cart, wasDecided: !rows.isEmpty) { io.messages(words) }
    // A file of rows is written also where there are none.
    if !rows.isEmpty || mode != .table {
      show(
        ReportTable(
          name: "why", title: cart.id, asOf: handler.now,
          columns: [
            .init("at", "time"), .init("what"), .init("actor"), .init("source"), .init("reason"),
          ], rows: rows))
    }
    let now = try book.explain(cart)
    try explainThen(cart, now)
    try explainNow(cart, now, run)
  }

  /// Says of a cart that is not held or flagged that it is not.
  private func standing(_ cart: Cart, wasDecided: Bool) -> String? {
    guard cart.state != .held else { return nil }
    guard cart.flags.isEmpty else {
      return "The \(cart.fullLabel) is not held; it is flagged."
    }
    return "The \(cart.fullLabel) is not held or flagged"
      + (wasDecided ? " now." : ", and never was.")
  }

  /// What rules read when they last held or flagged it, where that is not what they read now.
  private func explainThen(_ cart: Cart, _ now: [Explanation]) throws {
    var latest: [String: (event: Event, cause: Cause, word: String)] = [:]
    for entry in try handler.reader.history(of: cart.key) where !entry.isUndone {
      guard let cause = entry.event.body.cause else { continue }
      latest[cause.rule] = (entry.event, cause, entry.event.body.isFlag ? "flagged" : "held")
    }
    for (rule, decision) in latest.sorted(by: { $0.value.event.seq < $1.value.event.seq })
    where rule != ListEntry.List.blacklist.name {
      // Its version may be of another database, or fail on the cart today.
      let facts = (try? book.facts(of: decision.cause, decision.event)) ?? nil
      let isAsNow = now.contains {
        $0.verdict.rule == rule && String($0.verdict.version) == decision.cause.source
          && $0.facts == facts
      }
      if isAsNow { continue }
      io.messages(
        "when \(printable(rule)) \(decision.word) it, \(shop.zone.text(decision.event.at)):")
      guard let facts else {
        io.messages(
          "  what it read cannot be shown: its version is not here, fails, or has another answer now"
        )
        continue
      }
      for line in FactLines.lines(facts) { io.messages(printable(line)) }
    }
  }

  /// Where a cause is stated: an entry with its author and end, or a rule's version, file and line.
  private func source(_ cause: Cause) throws -> String {
    if cause.rule == ListEntry.List.blacklist.name {
      guard
        let entry = try handler.reader.entries(.blacklist).first(where: { $0.id == cause.source })
      else {
        return "an entry that was removed since"
      }
      return "entry by \(entry.author)"
        + (entry.expires.map { " until \(shop.zone.text($0))" } ?? "")
    }
    guard let number = Int64(cause.source), let rule = try? book.rule(cause.rule),
      let version = rule.version(number)
    else { return "" }
    return "version \(number), \(version.file)"
      + (try book.line(of: version).map { ":\($0)" } ?? "")
  }

  private func explainNow(_ cart: Cart, _ explanations: [Explanation], _ run: Run) throws {
    var against: [String] = []
    if let entry = try handler.reader.entry(.allowlist, for: cart.shopper) {
      io.messages(
        "the allowlist has \(entry.pattern.kind.name) \(printable(entry.pattern.text)): nothing holds it"
      )
      return
    }
    if let entry = try handler.reader.entry(.blacklist, for: cart.shopper) {
      against.append("blacklist: " + entry.cause.reason + forgiven(entry.cause, cart))
      against += try self.way(past: entry, cart)
    }
    for why in explanations {
      let verdict = why.verdict
      let state = verdict.isShadow ? ", in shadow" : ""
      let words =
        verdict.outcome == .error
        ? "fails: \(verdict.reason)" : "\(verdict.outcome.name): \(verdict.cause.why)"
      against.append(
        "rule \(verdict.rule), version \(verdict.version), \(why.place)\(state): \(words)"
          + forgiven(verdict.cause, cart))
      against += FactLines.lines(why.facts)
      guard verdict.outcome != .error else { continue }
      against.append(FactLines.words(why.way))
    }
    for proposal in try book.proposals(on: cart, in: run) {
      let version = try book.rule(proposal.policy.policy).version(proposal.policy.version)
      let place = try version.map { try "\($0.file)" + (book.line(of: $0).map { ":\($0)" } ?? "") }
      let words =
        proposal.item.outcome == .order
        ? "would order it" : proposal.item.outcome == .error ? "fails" : "wants to order it, but"
      against.append(
        "policy \(proposal.policy.policy), version \(proposal.policy.version), \(place ?? "")"
          + (proposal.policy.isShadow ? ", in shadow" : "") + ": \(words)"
          + (proposal.item.reason.isEmpty ? "" : ": \(proposal.item.reason)"))
    }
    io.messages(
      against.isEmpty
        ? "No entry of the blacklist and no rule, enforced or in shadow, matches it now."
        : "now, as it is:")
    for line in against { io.messages("  " + printable(line)) }
  }

  /// The fact that an entry reads, and whether another one in its place would do, tried out.
  private func way(past entry: ListEntry, _ cart: Cart) throws -> [String] {
    let field: ShopperField =
      switch entry.pattern.kind {
      case .ip: .ip
      case .email: .email
      case .country: .country
      }
    var other = cart.shopper
    other[field] = ""
    let words =
      try handler.reader.entry(.blacklist, for: other) == nil
      ? "    It would not match if \(FactLines.subject(field.key)) were another one, or empty."
      : FactLines.noWay
    return [
      "    \(field.key) = \"\(cart.shopper[field])\"",
      "    added by \(entry.author)"
        + (entry.expires.map { ", until \(shop.zone.text($0))" } ?? ", for ever"), words,
    ]
  }

  private func forgiven(_ cause: Cause, _ cart: Cart) -> String {
    cart.pardons.contains(cause.key)
      ? " (a person brought it back from that: it does not hold it)" : ""
  }
}
