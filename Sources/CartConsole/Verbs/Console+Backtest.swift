import CartEngine
import CartModel
import CartReports
import CartRules

/// What a rule would have done, in carts and money.
extension Console {
  func backtestRule(_ name: String, _ words: [String], _ line: String) throws {
    try refreshRules(line)
    handler.begin(line)
    var (since, against) = (handler.now.advanced(by: -30 * 86_400_000), Int64?.none)
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
      default:
        throw ConsoleError.usage(
          "rules backtest: expected since= and against=, got \(quoted(word))")
      }
    }
    let rule = try book.rule(name)
    let test = try book.backtest(name, since: since)
    show(hits: test)
    say(test)
    let inForce = rule.setting.mode == .enforce ? rule.setting.version : nil
    guard let other = against ?? inForce, other != test.version else { return }
    let old = try book.backtest(name, version: other, since: since)
    let (new, before) = (Set(test.hits.map(\.cart)), Set(old.hits.map(\.cart)))
    io.messages(
      "against version \(other): +\(new.subtracting(before).count)/−"
        + "\(before.subtracting(new).count) carts")
  }

  private func show(hits test: Backtest) {
    show(
      ReportTable(
        name: "backtest", title: "Backtest", asOf: handler.now,
        columns: [
          .init("cart", "id"), .init("at", "time"), .init("total", "money"), .init("currency"),
          .init("ordered"), .init("by"), .init("reason"),
        ],
        rows: test.hits.prefix(io.terminal.width == nil ? 1000 : 20).map {
          [
            .text($0.cart), .time($0.at), $0.total.map { .money($0) } ?? .empty,
            .text($0.total?.currency.code ?? ""),
            .text($0.order.map { "\($0.total) \($0.state)" } ?? ""),
            .text($0.order == nil ? "" : $0.isRepeat ? "repeat" : "new"), .text($0.reason),
          ]
        }))
  }

  private func say(_ test: Backtest) {
    func words(_ money: [Money]) -> String {
      money.isEmpty ? "" : " (\(money.map { "\($0) \($0.currency)" }.joined(separator: ", ")))"
    }
    func share(_ count: Int) -> String {
      test.judged == 0 ? "0" : String(count * 100 / test.judged)
    }
    let lost = test.lost
    let repeats = lost.count(where: \.isRepeat)
    io.messages(
      "version \(test.version): \(Self.carts(test.hits.count)) of \(Self.grouped(test.judged)) would "
        + "have been \(test.isFlag ? "flagged" : "held")\(words(test.value)), \(lost.count) of them ordered later"
        + "\(words(test.lostValue)), \(repeats) by repeat customers")
    io.messages(
      "IP known for \(share(test.withAddress)) % of carts, e-mail for \(share(test.withEmail)) %")
    if test.errors > 0 {
      io.messages("it failed on \(Self.carts(test.errors)): \(printable(test.error))")
    }
  }
}
