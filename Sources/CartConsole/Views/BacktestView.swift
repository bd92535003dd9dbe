import CartApplication
import CartModel
import CartReports
import CartRules
import CartSupport

/// Shows what a rule would have done in the past.
struct BacktestView: WorkspacePart {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  func show(_ result: RuleBacktest.Result) {
    if let strangers = result.strangers { say(strangers) }
    show(hits: result.test)
    say(result.test)
    if let (version, more, fewer) = result.comparison {
      io.messages("against version \(version): +\(more)/−\(fewer) carts")
    }
  }

  /// Says which carts of a file of labels are not of this shop.
  private func say(_ strangers: RuleBacktest.Strangers) {
    io.messages(
      printable(
        "\(strangers.path): \(CountText.grouped(strangers.count)) of \(CountText.grouped(strangers.all)) carts "
          + "are not of this shop, as \(quoted(strangers.first)); they count for nothing"))
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
    if left > 0 { io.messages("and \(CountText.carts(left)) more") }
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
      "version \(test.version): \(CountText.carts(test.hits.count)) of \(CountText.grouped(test.judged)) would "
        + "have been \(test.isFlag ? "flagged" : "held")\(words(test.value)), \(lost.count) of them ordered later"
        + "\(words(test.lostValue)), \(paid) paid, \(repeats) by repeat customers"
        + (ended > 0 ? "; \(ended) more ordered, and cancelled or refunded since" : ""))
    let others = Backtest.keys.dropFirst().map { field in
      "\(field == .email ? "e-mail" : field.key) for \(share(test.known[field] ?? 0)) %"
    }
    io.messages(
      "IP known for \(share(test.known[.ip] ?? 0)) % of carts, \(others.joined(separator: ", "))")
    if let clock = test.clock { io.messages(clock.words) }
    if let score = test.score { say(score) }
    if test.errors > 0 {
      io.messages("it failed on \(CountText.carts(test.errors)): \(printable(test.error))")
    }
  }
}
