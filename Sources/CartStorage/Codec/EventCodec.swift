import CartModel

/// How events become the event log's bytes. Tags are for ever: never change or reuse one.
///
/// Values that can name a person, and free text, do not stand in the event but in a fact beside
/// it, which can be erased; the event holds the fact's number and a salted commitment to it.
package enum EventCodec {
  /// Beside the body: what an import brought along.
  package struct Origin: Equatable {
    /// The id that the event had in the file, where it is not 32 hexadecimal digits.
    package var id = ""

    package init(id: String = "") { self.id = id }
  }

  static let originTag: UInt8 = 30
  static let factTag: UInt8 = 31

  /// Writes the event's body; what is personal goes to `personal` instead.
  package static func write(
    _ body: EventBody, origin: Origin, _ writer: inout ByteWriter, personal: inout ByteWriter
  ) {
    write(body, &writer, &personal)
    if !origin.id.isEmpty { writer.text(originTag, origin.id) }
  }

  private static func write(
    _ body: EventBody, _ writer: inout ByteWriter, _ personal: inout ByteWriter
  ) {
    switch body {
    case .cartCreated(let currency, let changes, let attributes):
      writer.int(1, Int64(currency.number))
      write(changes, &writer, &personal)
      write(attributes, &personal)
    case .lineAdded(let line, let place):
      writer.group(1) { LineCodec.write(line, &$0) }
      if let place { writer.int(2, Int64(place)) }
    case .lineChanged(let line, let quantity):
      writer.group(1) { LineCodec.write(line, &$0) }
      writer.int(2, quantity)
    case .lineRemoved(let line, let place):
      writer.group(1) { LineCodec.write(line, &$0) }
      writer.int(2, Int64(place))
    case .lineRestated(let before, let after):
      writer.group(1) { LineCodec.write(before, &$0) }
      writer.group(2) { LineCodec.write(after, &$0) }
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
      for line in record.lines { writer.group(4) { LineCodec.write(line, &$0) } }
      if let amounts = record.amounts { writer.group(5) { ValueCodec.write(amounts, &$0) } }
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
      if let before { writer.group(1) { ProductCodec.write(before, &$0) } }
      writer.group(2) { ProductCodec.write(after, &$0) }
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
  }

  /// Closes an event with the reference to its fact.
  package static func write(fact: Int64, commitment: EventKey, _ writer: inout ByteWriter) {
    writer.group(factTag) {
      $0.int(1, fact)
      $0.key(2, commitment)
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

  private static func write(
    _ cause: Cause, _ writer: inout ByteWriter, _ personal: inout ByteWriter
  ) {
    writer.text(2, cause.rule)
    writer.text(3, cause.source)
    personal.text(2, cause.reason)
    personal.text(4, cause.tell)
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
}
