import CartApplication
import CartEngine
import CartModel
import CartReports
import CartRules
import CartStore
import CartSupport

/// What a rule would have done, in carts and money.
extension Console {
  func backtestRule(_ name: String, _ words: [String], _ line: String) throws {
    try refreshRules(line)
    handler.begin(line)
    var (since, against) = (handler.now.advanced(by: -30 * 86_400_000), Int64?.none)
    var (labels, meant) = (home.labelsPath, String?.none)
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      switch (parts.first, parts.count) {
      case ("since", 2):
        since = try FilterParser(zone: shop.zone, now: handler.now).time(parts[1])
      case ("against", 2):
        guard let number = Int64(parts[1]), number > 0 else {
          throw ModelError(
            .malformed, "against: expected a version's number, got \(quoted(parts[1]))")
        }
        against = number
      case ("labels", 2): labels = parts[1]
      case ("label", 2): meant = parts[1]
      default:
        throw ConsoleError.usage(
          "rules backtest: expected since=, against=, labels= and label=, got \(quoted(word))")
      }
    }
    let rule = try book.rule(name)
    let known = try labels.map { try LabelFile.read($0) } ?? [:]
    if let meant, !known.values.contains(meant) {
      throw EngineError(
        .notFound,
        known.isEmpty
          ? "label: no carts have labels here; name a file of them with labels="
          : "label: no cart has \(quoted(meant))"
            + didYouMean(meant, among: Set(known.values).sorted()))
    }
    if let labels, labels != home.labelsPath { try say(strangersOf: known, labels) }
    let test = try book.backtest(name, since: since, labels: known, meant: meant)
    show(hits: test)
    say(test)
    let enforced = rule.setting.mode == .enforce ? rule.setting.version : nil
    guard let other = against ?? enforced, other != test.version else { return }
    let old = try book.backtest(name, version: other, since: since)
    let (new, before) = (Set(test.hits.map(\.cart)), Set(old.hits.map(\.cart)))
    io.messages(
      "against version \(other): +\(new.subtracting(before).count)/−"
        + "\(before.subtracting(new).count) carts")
  }

  /// Says which carts of a file of labels are not of this shop.
  private func say(strangersOf labels: [String: String], _ path: String) throws {
    let strangers = try labels.keys.filter { try shop.store.key(named: $0) == nil }
    guard let first = strangers.min() else { return }
    io.messages(
      printable(
        "\(path): \(Self.grouped(strangers.count)) of \(Self.grouped(labels.count)) carts are not of "
          + "this shop, as \(quoted(first)); they count for nothing"))
  }

  private func say(_ score: LabelScore) {
    let counts = score.counts.sorted { $0.key < $1.key }
      .map { "\($0.value.caught) of \($0.value.of) \($0.key)" }
    func text(_ share: Double?) -> String {
      guard let share else { return "–" }
      let digits = String(Int((share * 1000).rounded()) + 1000)
      return (share >= 0.9995 ? "1." : "0.") + digits.suffix(3)
    }
    io.messages(
      "labels: \(counts.joined(separator: ", ")); precision \(text(score.precision)), recall "
        + "\(text(score.recall)) of \(score.meant ?? "all but \(LabelScore.human)")")
  }

  private func show(hits test: Backtest) {
    var table =
      ReportTable(
        name: "backtest", title: "Backtest of \(test.rule), version \(test.version)",
        asOf: handler.now,
        columns: [
          .init("cart", "id"), .init("at", "time"), .init("total", "money"), .init("currency"),
          .init("ordered"), .init("by"), .init("reason"),
        ],
        rows: test.hits.prefix(io.terminal.width == nil ? 1000 : 20).map {
          [
            .text($0.cart), .time($0.at), $0.total.map { .money($0) } ?? .empty,
            .text($0.total?.currency.code ?? ""),
            .text($0.order.map { "\($0.total) \($0.state)" } ?? ""),
            .text($0.order == nil ? "" : $0.isRepeat ? "repeat" : "new"),
            .text($0.reason.isEmpty ? test.rule : $0.reason),
          ]
        })
    table.scope = ReportScope(
      shop: shop.settings.name, from: test.since, to: handler.now,
      filters: ["rule=\(test.rule)", "version=\(test.version)"])
    show(table)
    let left = test.hits.count - table.rows.count
    if left > 0 { io.messages("and \(Self.carts(left)) more") }
  }

  /// What was simulated of a rule that reads the clock.
  static func words(_ read: String, isCoarse: Bool, found: Int) -> String {
    let read = read.hasPrefix("cart.") ? read.replacing("cart.", with: "c.") : read + "()"
    return "the rule reads the clock (\(read)), so passes every "
      + "\(Span(milliseconds: Backtest.passInterval)) between events were simulated; they found "
      + carts(found)
      + (isCoarse
        ? ". To save time later passes were up to 1/16 of the time since the event apart; a match "
          + "shorter than that may be missing: begin later with since="
        : "")
  }

  private func say(_ test: Backtest) {
    func words(_ money: [MoneySum]) -> String {
      money.isEmpty ? "" : " (\(money.map(\.description).joined(separator: ", ")))"
    }
    func share(_ count: Int) -> String {
      test.judged == 0 ? "0" : String(count * 100 / test.judged)
    }
    let lost = test.lost
    let repeats = lost.count(where: \.isRepeat)
    let ended = test.hits.count { $0.order.map { !$0.state.stands } ?? false }
    let paid = lost.count { $0.order?.state == .paid }
    io.messages(
      "version \(test.version): \(Self.carts(test.hits.count)) of \(Self.grouped(test.judged)) would "
        + "have been \(test.isFlag ? "flagged" : "held")\(words(test.value)), \(lost.count) of them ordered later"
        + "\(words(test.lostValue)), \(paid) paid, \(repeats) by repeat customers"
        + (ended > 0 ? "; \(ended) more ordered, and cancelled or refunded since" : ""))
    let others = Backtest.keys.dropFirst().map { field in
      "\(field == .email ? "e-mail" : field.key) for \(share(test.known[field] ?? 0)) %"
    }
    io.messages(
      "IP known for \(share(test.known[.ip] ?? 0)) % of carts, \(others.joined(separator: ", "))")
    if let read = test.clockRead {
      io.messages(Self.words(read, isCoarse: test.passesAreCoarse, found: test.hitsOfPasses))
    }
    if let score = test.score { say(score) }
    if test.errors > 0 {
      io.messages("it failed on \(Self.carts(test.errors)): \(printable(test.error))")
    }
  }
}
