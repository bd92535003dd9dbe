import CartModel
import CartStorage
import CartSupport

/// Writes events in the contract's format (section 4), one object a line.
struct EventEncoder {
  /// The public id of a cart.
  let name: (Int64) throws -> String
  /// The operation of a number.
  let operation: (Int64) throws -> Operation?
  /// The operations that an undo covers beside its target, of those with events on its cart.
  let parts: (Event) throws -> [Int64]
  /// The currencies whose decimals a shop's settings say: an import would take those for what names none.
  var currencies: Set<String> = []

  func encode(_ entry: LoggedEvent, _ writer: inout JSONWriter) throws {
    let event = entry.event
    let operation = try operation(event.operation)
    let cart = event.cart == 0 ? "" : try name(event.cart)
    var (target, groups) = ("", [String]())
    if let mark = event.body.mark {
      target = try self.operation(mark.target)?.key ?? ""
      groups = try parts(event).compactMap { try self.operation($0)?.key }
    }
    writer.object { writer in
      writer.string("type", event.body.type.name)
      writer.string("at", event.at.description)
      writer.known("cart", cart)
      writer.known("target", target)
      if !groups.isEmpty {
        writer.array("groups") { for group in groups { $0.string(nil, group) } }
      }
      write(event.body, &writer)
      writer.string("id", entry.id)
      writer.string("actor", event.actor.description)
      writer.known("reason", operation?.reason ?? "")
      writer.known("group", operation?.key ?? "")
    }
    writer.newline()
  }

  func write(_ body: EventBody, _ writer: inout JSONWriter) {
    switch body {
    case .cartCreated(let currency, let changes, let attributes):
      write(currency, &writer)
      write(changes, &writer)
      if !attributes.isEmpty { write(attributes, &writer) }
    case .lineAdded(let line, let place):
      write(line, line.quantity, &writer)
      if let place { writer.number("position", Int64(place) + 1) }
    case .lineChanged(let line, let quantity):
      writer.string("line", line.id)
      writer.known("sku", line.sku)
      writer.number("quantity", quantity)
      writer.number("quantity_before", line.quantity)
    case .lineRemoved(let line, _):
      writer.string("line", line.id)
      writer.known("sku", line.sku)
      writer.number("quantity_before", line.quantity)
    case .lineRestated(let before, let after): write(before, after, &writer)
    case .shopperIdentified(let changes):
      if changes.isEmpty { writer.object("shopper") { _ in } }
      write(changes, &writer)
    case .addressSet(let changes):
      if changes.isEmpty { writer.object("shipping") { _ in } }
      write(changes, &writer)
    case .attributesSet(let changes): write(changes, &writer)
    case .couponApplied(let code, let place):
      writer.string("code", code)
      if let place { writer.number("position", Int64(place) + 1) }
    case .couponRemoved(let code, _): writer.string("code", code)
    case .cartOrdered(let record):
      writer.string("order", record.id)
      write(record.total.currency, &writer)
      writer.array("lines") { writer in
        for line in record.lines {
          writer.object {
            $0.known("sku", line.sku)
            $0.known("name", line.name)
            write(line.options, &$0)
            $0.number("quantity", line.quantity)
            $0.string("price", line.price.text(record.total.currency))
          }
        }
      }
      writer.string("total", record.total.description)
      if let amounts = record.amounts {
        writer.string("subtotal", amounts.subtotal.description)
        writer.string("discount", amounts.discount.description)
        writer.string("shipping", amounts.shipping.description)
        writer.string("tax", amounts.tax.description)
        for (key, amount) in [("handling", amounts.handling), ("fees", amounts.fees)]
        where amount.minor != 0 {
          writer.string(key, amount.description)
        }
      }
      writer.known("note", record.note)
    case .orderPaid(let id, let total, _), .orderRefunded(let id, let total, _):
      writer.string("order", id)
      if let total { writer.string("total", total.description) }
    case .orderCancelled(let id, _): writer.string("order", id)
    case .declared(let event): Self.write(event, &writer)
    case .productUpserted(_, let product):
      writer.string("sku", product.sku)
      writer.known("name", product.name)
      writer.string("price", product.price.text(product.currency))
      write(product.currency, &writer)
      writer.known("image", product.image)
      if let stock = product.stock { writer.number("stock", stock) }
      Self.write(product.details, &writer)
    case .customerUpserted(let key, let changes):
      writer.string("customer", key)
      write(changes, &writer)
    case .settingsChanged(_, let after): writer.raw("settings", after)
    case .cartHeld(_, let cause): if let cause { write(cause, &writer) }
    case .cartFlagged(let cause): write(cause, &writer)
    case .cartUnflagged(let rule): writer.string("rule", rule)
    case .cartRestored(_, let judge): if judge { writer.bool("judge", true) }
    case .entryAdded(let entry), .entryRemoved(let entry): write(entry, &writer)
    case .sourceRecorded(let digest, let text):
      writer.string("source", digest)
      writer.string("text", text)
    case .ruleVersioned(let version): write(version, &writer)
    case .ruleSet(let setting): write(setting, &writer)
    case .decisionMade(let decision): write(decision, &writer)
    case .policyRan(let run): write(run, &writer)
    case .cartClaimed(_, let claim):
      writer.string("by", claim.by)
      writer.string("until", claim.until.description)
    case .cartReleased(let claim): writer.string("by", claim.by)
    case .cartNoted(let note, let place):
      write(note, &writer)
      if let place { writer.number("position", Int64(place) + 1) }
    case .cartUnnoted(let note, _): write(note, &writer)
    case .cartDeleted, .operationUndone, .operationRedone: break
    }
  }

  /// What is known of them.
  static func write(_ details: ProductDetails, _ writer: inout JSONWriter) {
    writer.known("category", details.category)
    writer.known("brand", details.brand)
    if let weight = details.weight { writer.string("weight", weight.plainText) }
    if let cost = details.cost { writer.string("cost", cost.plainText) }
    writeLists(of: details, &writer)
    if details.isBackordered { writer.bool("backorder", true) }
  }

  static func writeLists(of details: ProductDetails, _ writer: inout JSONWriter) {
    if !details.tags.isEmpty {
      writer.array("tags") { for tag in details.tags { $0.string(nil, tag) } }
    }
    if !details.attributes.isEmpty {
      writer.object("attributes") {
        for item in details.attributes { $0.string(item.name, item.value) }
      }
    }
  }

  /// With its decimals where the code alone would be read as another one.
  func write(_ currency: Currency, _ writer: inout JSONWriter) {
    writer.string("currency", currency.code)
    guard !currency.isStandard || currencies.contains(currency.code) else { return }
    writer.number("decimals", Int64(currency.decimals))
  }

  private func write(_ note: Note, _ writer: inout JSONWriter) {
    writer.string("by", note.by)
    writer.string("noted", note.at.description)
    writer.string("text", note.text)
  }

  private func write(_ line: Line, _ quantity: Int64, _ writer: inout JSONWriter) {
    writer.string("line", line.id)
    writer.known("sku", line.sku)
    writer.known("name", line.name)
    writer.number("quantity", quantity)
    // A price needs no currency to be exact.
    writer.string("price", line.price.text(.eur))
    write(line.options, &writer)
    writer.known("image", line.image)
    if line.hasFacts { Self.write(line.facts, &writer) }
  }

  /// What is otherwise in a line than it was.
  private func write(_ before: Line, _ after: Line, _ writer: inout JSONWriter) {
    let changes = LineChanges(from: before, to: after)
    writer.string("line", after.id)
    writer.known("sku", after.sku)
    if let name = changes.name { writer.string("name", name) }
    if let price = changes.price { writer.string("price", price.text(.eur)) }
    if let options = changes.options {
      writer.object("options") { for option in options { $0.string(option.name, option.value) } }
    }
    if let image = changes.image { writer.string("image", image) }
    if let facts = changes.facts { Self.write(facts, &writer) }
  }

  private func write(_ options: [Line.Option], _ writer: inout JSONWriter) {
    guard !options.isEmpty else { return }
    writer.object("options") { for option in options { $0.string(option.name, option.value) } }
  }

  /// One that was taken away is null.
  private func write(_ changes: [AttributeChange], _ writer: inout JSONWriter) {
    writer.object("attributes") { writer in
      for change in changes {
        if change.after.isEmpty {
          writer.null(change.name)
        } else {
          writer.string(change.name, change.after)
        }
      }
    }
  }

  private func write(_ changes: [FieldChange], _ writer: inout JSONWriter) {
    let own = changes.filter { !$0.field.isAddress }
    let shipping = changes.filter { $0.field.rawValue >= 40 }
    let billing = changes.filter { $0.field.isAddress && $0.field.rawValue < 40 }
    for (key, list) in [("shopper", own), ("billing", billing), ("shipping", shipping)]
    where !list.isEmpty {
      writer.object(key) { for change in list { $0.string(change.field.key, change.after) } }
    }
  }
}
