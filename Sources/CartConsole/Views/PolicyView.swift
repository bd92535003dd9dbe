import CartApplication
import CartEngine
import CartModel
import CartReports
import CartRules
import CartSupport

/// What policies did, and enforcing them.
struct PolicyView: WorkspacePart {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  /// How many carts of a run of policies are listed.
  private static let most = 1_000

  func show(_ results: [PolicyResult]) {
    let rows = results.flatMap { result in
      result.carts.map { item -> [ReportTable.Cell] in
        [
          .text(result.policy), .text(item.cart), item.total.map { .money($0) } ?? .empty,
          .text(item.total?.currency.code ?? ""), .text(word(item.outcome, result)),
          .text(item.reason),
        ]
      }
    }
    if !rows.isEmpty {
      let most = io.terminal.width == nil ? Self.most : 20
      show(
        ReportTable(
          name: "policies", title: "Policies", asOf: handler.now,
          columns: [
            .init("policy", "id"), .init("cart", "id"), .init("total", "money"), .init("currency"),
            .init("outcome"), .init("reason"),
          ], rows: Array(rows.prefix(most))))
      if rows.count > most { io.messages("and \(CountText.carts(rows.count - most)) more") }
    }
    for result in results { io.output(summary(result) + "\n") }
  }

  private func word(_ outcome: Decision.Outcome, _ result: PolicyResult) -> String {
    outcome == .order
      ? (result.isShadow || handler.mode != .live ? "would order" : "ordered")
      : outcome.name
  }

  private func summary(_ result: PolicyResult) -> String {
    let count = result.ordered.count
    var words = "policy \(result.policy), version \(result.version)"
    words += result.isShadow ? ", in shadow: would order " : ": "
    words += "\(CountText.grouped(count)) of \(CountText.carts(result.judged))"
    words += result.isShadow ? "" : " ordered"
    if count > 0 { words += ", \(sums(result.ordered.compactMap(\.total)))" }
    if result.left > 0 { words += "; \(CountText.grouped(result.left)) left" }
    if result.isFull { words += "; no more until the cap of \(Self.words(result.cap)) allows it" }
    return words
  }

  private func sums(_ amounts: [Money]) -> String {
    MoneySums(amounts).amounts.map(\.description).joined(separator: ", ")
  }

  /// `20 orders and 5000.00 EUR in 1d`.
  static func words(_ cap: OrderCap) -> String {
    [
      cap.orders.map { CountText.count($0, "order") },
      cap.total.map { "\($0) \($0.currency)" },
    ].compactMap { $0 }.joined(separator: " and ") + " in \(cap.per)"
  }

  func say(_ name: String, _ setting: RuleSetting, _ trial: PolicyResult) {
    let amounts = trial.ordered.compactMap(\.total)
    io.output(
      "policy \(name): version \(setting.version) is enforced; it would order "
        + "\(CountText.grouped(trial.ordered.count)) of \(CountText.carts(trial.judged)) now"
        + (amounts.isEmpty ? "" : ", \(sums(amounts))")
        + (trial.left > 0 ? ", and leave \(CountText.grouped(trial.left))" : "")
        + "; at most \(Self.words(trial.cap))\n")
  }
}
