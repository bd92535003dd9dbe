import CartEngine
import CartModel
import CartSupport

/// What a run changed, as a sentence for the person who did it: whom, what, and what it comes to.
struct ChangeEcho {
  let settings: StoreSettings
  let zone: ZoneRules
  let now: Timestamp

  /// How many changes of one cart are named.
  private static let named = 6

  /// `Operation 5: Luca Rossi (luca@…): Assam, 100 g 1 → 2, total 100.30 → 108.20 EUR (.undo 5)`;
  /// nil where nothing was saved.
  func sentence(_ outcome: Outcome) -> String? {
    guard let operation = outcome.operation else { return nil }
    if outcome.carts == 0 {
      guard outcome.failures.isEmpty, outcome.events > 0 else { return nil }
      return "Operation \(operation): lists, rules or settings changed (\(outcome.reversal))"
    }
    let way = outcome.isFinal ? "orders and mails cannot be undone" : outcome.reversal
    return "Operation \(operation): \(text(outcome)) (\(way))"
  }

  /// One cart in full, or how many there are and what they come to.
  ///
  /// - Parameter place: where they were changed, where that is not the shop.
  func text(_ outcome: Outcome, in place: String = "") -> String {
    let changes = outcome.changes
    if outcome.carts == 1, changes.count == 1, let only = changes.carts.first {
      return text(only) + (place.isEmpty ? "" : ";\(place)")
    }
    let sums = changes.after.amounts.map { after in
      amounts(MoneySum(changes.before[after.currency], after.currency), after)
    }
    return "\(CountText.carts(outcome.carts)) changed" + place
      + (sums.isEmpty ? "" : ", totals " + sums.joined(separator: ", "))
  }

  func text(_ change: RunChanges.Change) -> String {
    var parts = parts(change.before, change.after)
    if parts.count > Self.named {
      let more = parts.count - Self.named
      parts = parts.prefix(Self.named) + [CountText.count(more, "more change")]
    }
    let after = try? change.after.price(settings).total
    let before = change.before.map { try? $0.price(settings).total } ?? after
    switch (before, after) {
    case (let before?, let after?):
      parts.append("total " + amounts(MoneySum(before), MoneySum(after)))
    default: parts.append("total out of range")
    }
    return change.after.label + ": " + parts.joined(separator: ", ")
  }

  private func amounts(_ before: MoneySum, _ after: MoneySum) -> String {
    guard before != after else { return after.description }
    return "\(before.amount?.description ?? "out of range") → \(after)"
  }

  private func parts(_ before: Cart?, _ after: Cart) -> [String] {
    var parts = before == nil ? ["new cart \(printable(after.id))"] : []
    let old = before?.lines ?? []
    for line in old {
      let now = after.lines.first { $0.isSameEntry(as: line) }?.quantity ?? 0
      if now != line.quantity { parts.append("\(line.label) \(line.quantity) → \(now)") }
    }
    for line in after.lines where !old.contains(where: { $0.isSameEntry(as: line) }) {
      parts.append("\(line.label) 0 → \(line.quantity)")
    }
    parts += coupons(before, after)
    for field in ShopperField.allCases {
      let (was, now) = (before?.shopper[field] ?? "", after.shopper[field])
      guard was != now, before != nil else { continue }
      let shown = now.isEmpty ? "none" : printable(now)
      parts.append(name(field) + (was.isEmpty ? " \(shown)" : " \(printable(was)) → \(shown)"))
    }
    parts += marks(before, after)
    if let before, before.state != after.state {
      let words = [before, after].map { $0.status(at: now, settings).rawValue }
      parts.append(
        after.order.map { "ordered as \(printable($0.id))" } ?? words.joined(separator: " → "))
    }
    return parts.isEmpty ? ["as it was"] : parts
  }

  private func name(_ field: ShopperField) -> String {
    guard field.isAddress else { return field.key }
    let isShipping = ShopperField.address(shipping: true)[field.key] == field
    return (isShipping ? "shipping " : "billing ") + field.key
  }

  /// A coupon that takes nothing off says why.
  private func coupons(_ before: Cart?, _ after: Cart) -> [String] {
    let old = before?.coupons ?? []
    return after.coupons.filter { !old.contains($0) }.map { code in
      let miss = (try? after.couponMiss(code, settings)).flatMap { $0 }
      return "coupon \(printable(code))" + (miss.map { " takes nothing off: \($0)" } ?? "")
    } + old.filter { !after.coupons.contains($0) }.map { "coupon \(printable($0)) removed" }
  }

  private func marks(_ before: Cart?, _ after: Cart) -> [String] {
    var parts: [String] = []
    let (was, claim) = (before?.claim(at: now), after.claim(at: now))
    if was != claim {
      parts.append(
        claim.map { "claimed by \(printable($0.by)) until \(zone.text($0.until))" } ?? "claim ended"
      )
    }
    let notes = before?.notes ?? []
    parts += after.notes.filter { !notes.contains($0) }.map { "note: \(printable($0.text))" }
    parts += notes.filter { !after.notes.contains($0) }.map {
      "note removed: \(printable($0.text))"
    }
    let flags = before?.flags ?? []
    parts += after.flags.filter { !flags.contains($0) }.map { "flagged by \(printable($0))" }
    parts += flags.filter { !after.flags.contains($0) }.map { "flag of \(printable($0)) removed" }
    return parts
  }
}
