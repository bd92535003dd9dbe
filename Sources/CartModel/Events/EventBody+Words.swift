import CartSupport

extension EventBody {
  /// What happened, in a few words, with times on a shop's clock.
  public func words(_ zone: ZoneRules) -> String {
    guard case .cartClaimed(_, let claim) = self else { return words }
    return "claimed by \(printable(claim.by)) until \(zone.text(claim.until))"
  }

  /// What happened, in a few words; texts from outside are escaped for a terminal.
  public var words: String {
    switch self {
    case .cartCreated(let currency, let changes, let attributes):
      "created in \(currency)" + (changes.isEmpty ? "" : "; " + Self.words(changes))
        + (attributes.isEmpty ? "" : "; " + Self.words(attributes))
    case .lineAdded(let line, _):
      "added \(line.quantity) × \(Self.name(line))"
    case .lineChanged(let line, let quantity):
      "\(Self.name(line)): quantity \(line.quantity) → \(quantity)"
    case .lineRemoved(let line, _): "removed \(line.quantity) × \(Self.name(line))"
    case .lineRestated(let before, let after): Self.words(before, after)
    case .shopperIdentified(let changes): Self.words(changes)
    case .addressSet(let changes): "address: " + Self.words(changes)
    case .attributesSet(let changes): "attributes: " + Self.words(changes)
    case .couponApplied(let code, _): "coupon \(printable(code))"
    case .couponRemoved(let code, _): "coupon \(printable(code)) removed"
    case .cartOrdered(let record):
      "order \(printable(record.id)), \(record.total) \(record.total.currency)"
    case .orderPaid(let id, let total, _):
      "order \(printable(id)) paid" + (total.map { ", \($0)" } ?? "")
    case .orderCancelled(let id, _): "order \(printable(id)) cancelled"
    case .orderRefunded(let id, let total, _):
      "order \(printable(id)) refunded" + (total.map { ", \($0)" } ?? "")
    case .cartDeleted: "deleted"
    case .cartHeld(_, let cause): "held" + (cause.map { Self.words($0) } ?? "")
    case .cartRestored(_, let judge): "restored" + (judge ? ", to be judged again" : "")
    case .cartFlagged(let cause): "flagged" + Self.words(cause)
    case .cartUnflagged(let rule): "flag of \(printable(rule)) removed"
    case .declared(let event): event.payload.words
    case .operationUndone(let target, _): "operation \(target) undone"
    case .operationRedone(let target): "operation \(target) redone"
    case .productUpserted(_, let product): "product \(printable(product.sku))"
    case .customerUpserted(let key, _): "customer \(printable(key))"
    case .settingsChanged: "settings changed"
    case .entryAdded(let entry):
      "\(entry.list.name): \(entry.pattern.kind.name) \(printable(entry.pattern.text))"
        + (entry.reason.isEmpty ? "" : ": \(printable(entry.reason))")
    case .sourceRecorded(let digest, _): "source \(digest)"
    case .ruleVersioned(let version): "\(version.rule): version \(version.number)"
    case .ruleSet(let setting):
      "\(setting.rule): \(setting.mode.name)"
        + (setting.version > 0 ? " version \(setting.version)" : "")
        + (setting.reason.isEmpty ? "" : ": \(printable(setting.reason))")
    case .decisionMade(let decision):
      "\(decision.rule) \(decision.version) on \(printable(decision.cart)): "
        + "\(decision.outcome.name)\(decision.isShadow ? " in shadow" : "")"
        + (decision.reason.isEmpty ? "" : ": \(printable(decision.reason))")
    case .policyRan(let run):
      "\(run.policy) \(run.version) ran over \(run.carts) carts: \(run.orders) "
        + "\(run.isShadow ? "would be ordered" : "ordered"), \(run.left) left"
    case .cartClaimed(_, let claim): "claimed by \(printable(claim.by)) until \(claim.until)"
    case .cartReleased(let claim): "claim of \(printable(claim.by)) ended"
    case .cartNoted(let note, _): "note: \(printable(note.text))"
    case .cartUnnoted(let note, _): "note removed: \(printable(note.text))"
    case .entryRemoved(let entry): "\(entry.list.name): \(printable(entry.pattern.text)) removed"
    }
  }

  private static func words(_ cause: Cause) -> String {
    " by \(printable(cause.words))"
  }

  private static func name(_ line: Line) -> String {
    guard !line.sku.isEmpty else { return line.label }
    return printable(line.sku) + (line.name.isEmpty ? "" : " (\(printable(line.name)))")
  }

  private static func words(_ before: Line, _ after: Line) -> String {
    var parts: [String] = []
    if before.name != after.name { parts.append(words("name", before.name, after.name)) }
    if before.price != after.price {
      parts.append(words("price", before.price.plainText, after.price.plainText))
    }
    if before.options != after.options {
      parts.append(words("options", Line.text(before.options), Line.text(after.options)))
    }
    if before.image != after.image { parts.append("another picture") }
    if before.facts != after.facts { parts.append("other facts of the store") }
    return "\(name(before)): " + parts.joined(separator: ", ")
  }

  private static func words(_ changes: [FieldChange]) -> String {
    changes.map { words($0.field.key, $0.before, $0.after) }.joined(separator: ", ")
  }

  private static func words(_ changes: [AttributeChange]) -> String {
    changes.map { words($0.name, $0.before, $0.after) }.joined(separator: ", ")
  }

  private static func words(_ name: String, _ before: String, _ after: String) -> String {
    before.isEmpty
      ? "\(name) \(printable(after))" : "\(name) \(printable(before)) → \(printable(after))"
  }
}
