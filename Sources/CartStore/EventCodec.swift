import CartModel

/// How events become the event log's bytes. Tags are for ever: never change or reuse one.
///
/// Values that can name a person, and free text, do not stand in the event but in a fact beside
/// it, which can be erased; the event holds the fact's number and a salted commitment to it.
enum EventCodec {
  /// Beside the body: what an import brought along.
  struct Origin: Equatable {
    /// The id that the event had in the file, where it is not 32 hexadecimal digits.
    var id = ""
  }

  static let originTag: UInt8 = 30
  static let factTag: UInt8 = 31

  /// Writes the event's body; what is personal goes to `personal` instead.
  static func write(
    _ body: EventBody, origin: Origin, _ writer: inout ByteWriter, personal: inout ByteWriter
  ) {
    switch body {
    case .cartCreated(let currency, let changes, let attributes):
      writer.int(1, Int64(currency.number))
      write(changes, &writer, &personal)
      write(attributes, &personal)
    case .lineAdded(let line, let place):
      writer.group(1) { CartCodec.write(line, &$0) }
      if let place { writer.int(2, Int64(place)) }
    case .lineChanged(let line, let quantity):
      writer.group(1) { CartCodec.write(line, &$0) }
      writer.int(2, quantity)
    case .lineRemoved(let line, let place):
      writer.group(1) { CartCodec.write(line, &$0) }
      writer.int(2, Int64(place))
    case .shopperIdentified(let changes), .addressSet(let changes):
      write(changes, &writer, &personal)
    case .attributesSet(let changes): write(changes, &personal)
    case .couponApplied(let code, let place):
      writer.text(1, code)
      if let place { writer.int(2, Int64(place)) }
    case .couponRemoved(let code, let place):
      writer.text(1, code)
      writer.int(2, Int64(place))
    case .cartOrdered(let record):
      writer.text(1, record.id)
      writer.int(2, record.total.minor)
      writer.int(3, Int64(record.total.currency.number))
      for line in record.lines { writer.group(4) { CartCodec.write(line, &$0) } }
      if let amounts = record.amounts { writer.group(5) { CartCodec.write(amounts, &$0) } }
      personal.text(2, record.note)
    case .orderPaid(let id, let total, let before), .orderRefunded(let id, let total, let before):
      writer.text(1, id)
      if let total {
        writer.int(2, total.minor)
        writer.int(3, Int64(total.currency.number))
      }
      writer.int(4, Int64(before.rawValue))
    case .orderCancelled(let id, let before):
      writer.text(1, id)
      writer.int(4, Int64(before.rawValue))
    case .cartDeleted(let before):
      writer.int(1, Int64(before.rawValue))
    case .cartHeld(let before, let cause):
      writer.int(1, Int64(before.rawValue))
      if let cause { write(cause, &writer, &personal) }
    case .cartRestored(let before, let judge):
      writer.int(1, Int64(before.rawValue))
      if judge { writer.int(2, 1) }
    case .cartFlagged(let cause): write(cause, &writer, &personal)
    case .cartUnflagged(let rule): writer.text(2, rule)
    case .sourceRecorded(let digest, let text):
      writer.text(1, digest)
      writer.text(2, text)
    case .ruleVersioned(let version): RuleCodec.write(version, &writer)
    case .ruleSet(let setting): RuleCodec.write(setting, &writer)
    case .decisionMade(let decision):
      writer.text(1, decision.cart)
      writer.text(2, decision.rule)
      writer.int(3, decision.version)
      writer.int(4, Int64(decision.outcome.rawValue))
      if decision.isShadow { writer.int(5, 1) }
      personal.text(2, decision.reason)
    case .policyRan(let run):
      writer.text(1, run.policy)
      writer.int(2, run.version)
      if run.isShadow { writer.int(3, 1) }
      writer.int(4, run.carts)
      writer.int(5, run.orders)
      writer.int(6, run.left)
    case .entryAdded(let entry), .entryRemoved(let entry):
      writer.text(1, entry.id)
      writer.int(2, Int64(entry.list.rawValue))
      writer.int(3, Int64(entry.pattern.kind.rawValue))
      writer.text(4, entry.author.description)
      writer.int(5, entry.created.milliseconds)
      if let expires = entry.expires { writer.int(6, expires.milliseconds) }
      personal.text(2, entry.reason)
      personal.text(3, entry.pattern.text)
      personal.text(4, entry.tell)
    case .declared(let event): write(event, &writer, &personal)
    case .operationUndone(let target, let groups):
      writer.int(1, target)
      for group in groups { writer.int(2, group) }
    case .operationRedone(let target): writer.int(1, target)
    case .productUpserted(let before, let after):
      if let before { writer.group(1) { CartCodec.write(before, &$0) } }
      writer.group(2) { CartCodec.write(after, &$0) }
    case .customerUpserted(let key, let changes):
      personal.text(3, key)
      write(changes, &writer, &personal)
    case .settingsChanged(let before, let after):
      writer.text(1, before)
      writer.text(2, after)
    case .cartClaimed(let before, let claim):
      writer.text(1, claim.by)
      writer.int(2, claim.until.milliseconds)
      if let before {
        writer.text(3, before.by)
        writer.int(4, before.until.milliseconds)
      }
    case .cartReleased(let claim):
      writer.text(1, claim.by)
      writer.int(2, claim.until.milliseconds)
    case .cartNoted(let note, let place):
      write(note, place, &writer, &personal)
    case .cartUnnoted(let note, let place): write(note, place, &writer, &personal)
    }
    if !origin.id.isEmpty { writer.text(originTag, origin.id) }
  }

  /// Closes an event with the reference to its fact.
  static func write(fact: Int64, commitment: EventKey, _ writer: inout ByteWriter) {
    writer.group(factTag) {
      $0.int(1, fact)
      $0.key(2, commitment)
    }
  }

  /// - Parameter personal: the fact's bytes; nil where there is none or it was erased.
  static func body(_ record: Record, personal: UnsafeRawBufferPointer?) throws(StoreError)
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
    func changes() throws(StoreError) -> [FieldChange] {
      var list = try record.fields.filter { $0.tag == 2 }.changes() + person.changes
      list.sort { $0.field.rawValue < $1.field.rawValue }
      return list
    }
    switch type {
    case .cartCreated:
      return .cartCreated(
        try CartCodec.currency(record.int(1)), try changes(), person.attributes)
    case .lineAdded: return .lineAdded(try CartCodec.line(record.group(1)), at: record.place)
    case .lineChanged:
      return .lineChanged(try CartCodec.line(record.group(1)), quantity: record.int(2))
    case .lineRemoved:
      return .lineRemoved(try CartCodec.line(record.group(1)), at: record.place ?? 0)
    case .shopperIdentified: return .shopperIdentified(try changes())
    case .addressSet: return .addressSet(try changes())
    case .attributesSet: return .attributesSet(person.attributes)
    case .couponApplied: return .couponApplied(record.text(1), at: record.place)
    case .couponRemoved: return .couponRemoved(record.text(1), at: record.place ?? 0)
    case .cartOrdered:
      var lines: [OrderLine] = []
      for (tag, field) in record.fields where tag == 4 {
        lines.append(try CartCodec.orderLine(field.group))
      }
      let total = try record.total() ?? .zero(.eur)
      let amounts = record.first(5) == nil ? nil : try CartCodec.amounts(record.group(5), total)
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
      let before = record.first(1) == nil ? nil : try CartCodec.product(record.group(1))
      return .productUpserted(before: before, after: try CartCodec.product(record.group(2)))
    case .customerUpserted: return .customerUpserted(key: person.name, try changes())
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

  private static func write(
    _ note: Note, _ place: Int?, _ writer: inout ByteWriter, _ personal: inout ByteWriter
  ) {
    writer.text(1, note.by)
    if let place { writer.int(2, Int64(place)) }
    writer.int(3, note.at.milliseconds)
    personal.text(2, note.text)
  }

  private static func note(_ record: Record, _ person: Personal) -> Note {
    Note(at: Timestamp(milliseconds: record.int(3)), by: record.text(1), text: person.note)
  }

  private static func write(
    _ cause: Cause, _ writer: inout ByteWriter, _ personal: inout ByteWriter
  ) {
    writer.text(2, cause.rule)
    writer.text(3, cause.source)
    personal.text(2, cause.reason)
    personal.text(4, cause.tell)
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

  private static func write(
    _ changes: [FieldChange], _ writer: inout ByteWriter, _ personal: inout ByteWriter
  ) {
    for change in changes {
      if change.field.isPersonal {
        personal.group(1) { write(change, &$0) }
      } else {
        writer.group(2) { write(change, &$0) }
      }
    }
  }

  private static func write(_ change: FieldChange, _ writer: inout ByteWriter) {
    writer.int(1, Int64(change.field.rawValue))
    writer.text(2, change.before)
    writer.text(3, change.after)
  }

  /// Attributes can hold anything, so that all of them are personal.
  private static func write(_ changes: [AttributeChange], _ personal: inout ByteWriter) {
    for change in changes {
      personal.group(5) {
        $0.text(1, change.name)
        $0.text(2, change.before)
        $0.text(3, change.after)
      }
    }
  }

  private static func attribute(_ reader: ByteReader) throws(StoreError) -> AttributeChange {
    var (reader, change) = (reader, AttributeChange("", after: ""))
    while let (tag, field) = try reader.next() {
      switch tag {
      case 1: change.name = field.text
      case 2: change.before = field.text
      case 3: change.after = field.text
      default: break
      }
    }
    return change
  }

  /// A fact's content: changes of personal fields, a note, a name, what is told outside.
  private struct Personal {
    var changes: [FieldChange] = []
    var attributes: [AttributeChange] = []
    var note = ""
    var name = ""
    var tell = ""

    init(_ bytes: UnsafeRawBufferPointer?) throws(StoreError) {
      guard let bytes else { return }
      var reader = ByteReader(bytes)
      var groups: [(tag: UInt8, field: ByteReader.Field)] = []
      while let (tag, field) = try reader.next() {
        switch tag {
        case 1: groups.append((tag, field))
        case 2: note = field.text
        case 3: name = field.text
        case 4: tell = field.text
        case 5: attributes.append(try EventCodec.attribute(field.group))
        default: break
        }
      }
      changes = try groups.changes()
    }
  }
}

extension [(tag: UInt8, field: ByteReader.Field)] {
  fileprivate func changes() throws(StoreError) -> [FieldChange] {
    var list: [FieldChange] = []
    for (_, field) in self {
      var group = field.group
      var (key, before, after) = (Int64(0), "", "")
      while let (tag, field) = try group.next() {
        switch tag {
        case 1: key = field.number
        case 2: before = field.text
        case 3: after = field.text
        default: break
        }
      }
      if let key = ShopperField(rawValue: UInt8(clamping: key)) {
        list.append(FieldChange(key, before: before, after: after))
      }
    }
    return list
  }
}
