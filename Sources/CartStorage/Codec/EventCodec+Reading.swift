import CartModel

/// Reading what `EventCodec` wrote.
extension EventCodec {
  /// - Parameter personal: the fact's bytes; nil where there is none or it was erased.
  package static func body(_ record: Record, personal: UnsafeRawBufferPointer?) throws(StoreError)
    -> EventBody
  {
    switch record.type {
    case .core(let type): try body(type, record, try Personal(personal))
    case .declared(let type): .declared(try declared(type, record, personal: personal))
    }
  }

  private static func body(_ type: CoreType, _ record: Record, _ person: Personal)
    throws(StoreError) -> EventBody
  {
    switch type {
    case .cartCreated:
      return .cartCreated(
        try ValueCodec.currency(record.int(1)), try changes(record, person), person.attributes)
    case .lineAdded: return .lineAdded(try LineCodec.line(record.group(1)), at: record.place)
    case .lineChanged:
      return .lineChanged(try LineCodec.line(record.group(1)), quantity: record.int(2))
    case .lineRemoved:
      return .lineRemoved(try LineCodec.line(record.group(1)), at: record.place ?? 0)
    case .lineRestated:
      return .lineRestated(try LineCodec.line(record.group(1)), try LineCodec.line(record.group(2)))
    case .shopperIdentified: return .shopperIdentified(try changes(record, person))
    case .addressSet: return .addressSet(try changes(record, person))
    case .attributesSet: return .attributesSet(person.attributes)
    case .couponApplied: return .couponApplied(record.text(1), at: record.place)
    case .couponRemoved: return .couponRemoved(record.text(1), at: record.place ?? 0)
    case .cartOrdered:
      var lines: [OrderLine] = []
      for (tag, field) in record.fields where tag == 4 {
        lines.append(try LineCodec.orderLine(field.group))
      }
      let total = try record.total() ?? .zero(.eur)
      let amounts = record.first(5) == nil ? nil : try ValueCodec.amounts(record.group(5), total)
      return .cartOrdered(
        .init(
          id: record.text(1), lines: lines, total: total, amounts: amounts, note: person.note))
    case .orderPaid:
      return .orderPaid(record.text(1), total: try record.total(), before: record.orderBefore)
    case .orderCancelled: return .orderCancelled(record.text(1), before: record.orderBefore)
    case .orderRefunded:
      return .orderRefunded(record.text(1), total: try record.total(), before: record.orderBefore)
    case .cartDeleted: return .cartDeleted(before: record.before)
    case .cartHeld: return .cartHeld(before: record.before, cause: cause(record, person))
    case .cartRestored:
      return .cartRestored(before: record.before, judge: record.int(2) == 1)
    case .cartFlagged:
      return .cartFlagged(cause(record, person) ?? Cause(rule: "", source: "", reason: ""))
    case .cartUnflagged: return .cartUnflagged(record.text(2))
    case .sourceRecorded:
      return .sourceRecorded(digest: record.text(1), text: record.text(2))
    case .ruleVersioned: return .ruleVersioned(try RuleCodec.version(record.fields))
    case .ruleSet: return .ruleSet(try RuleCodec.setting(record.fields))
    case .decisionMade:
      return .decisionMade(
        Decision(
          cart: record.text(1), rule: record.text(2), version: record.int(3),
          outcome: Decision.Outcome(rawValue: UInt8(clamping: record.int(4))) ?? .error,
          isShadow: record.int(5) == 1, reason: person.note))
    case .policyRan:
      return .policyRan(
        PolicyRun(
          policy: record.text(1), version: record.int(2), isShadow: record.int(3) == 1,
          carts: record.int(4), orders: record.int(5), left: record.int(6)))
    case .entryAdded: return .entryAdded(try entry(record, person))
    case .entryRemoved: return .entryRemoved(try entry(record, person))
    case .operationUndone:
      return .operationUndone(
        target: record.int(1),
        groups: record.fields.filter { $0.tag == 2 }.map(\.field.number))
    case .operationRedone: return .operationRedone(target: record.int(1))
    case .productUpserted:
      let before = record.first(1) == nil ? nil : try ProductCodec.product(record.group(1))
      return .productUpserted(before: before, after: try ProductCodec.product(record.group(2)))
    case .customerUpserted: return .customerUpserted(key: person.name, try changes(record, person))
    case .settingsChanged:
      return .settingsChanged(before: record.text(1), after: record.text(2))
    case .cartClaimed:
      return .cartClaimed(
        before: record.first(3) == nil ? nil : record.claim(3), record.claim(1))
    case .cartReleased: return .cartReleased(record.claim(1))
    case .cartNoted: return .cartNoted(note(record, person), at: record.place)
    case .cartUnnoted: return .cartUnnoted(note(record, person), at: record.place ?? 0)
    }
  }

  private static func changes(_ record: Record, _ person: Personal) throws(StoreError)
    -> [FieldChange]
  {
    var list = try record.fields.filter { $0.tag == 2 }.changes() + person.changes
    list.sort { $0.field.rawValue < $1.field.rawValue }
    return list
  }

  private static func note(_ record: Record, _ person: Personal) -> Note {
    Note(at: Timestamp(milliseconds: record.int(3)), by: record.text(1), text: person.note)
  }

  private static func cause(_ record: Record, _ person: Personal) -> Cause? {
    guard record.first(2) != nil else { return nil }
    return Cause(
      rule: record.text(2), source: record.text(3), reason: person.note, tell: person.tell)
  }

  private static func entry(_ record: Record, _ person: Personal) throws(StoreError) -> ListEntry {
    try ListCodec.entry(
      id: record.text(1), list: record.int(2), kind: record.int(3), text: person.name,
      reason: person.note, tell: person.tell, author: record.text(4), created: record.int(5),
      expires: record.first(6)?.number)
  }
}
