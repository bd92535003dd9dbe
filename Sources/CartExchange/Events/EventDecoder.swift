import CartEngine
import CartModel
import CartSupport

/// Reads the contract's event format (section 4) from JSON.
struct EventDecoder: Sendable {
  let currency: Currency

  enum Failure: Error {
    case rejected(String)
    /// A type that this program does not know.
    case unknownType(String)
  }

  /// - Throws: `Failure`, with the reason in words.
  ///
  /// - Parameter log: begins anew, and notes which keys are unknown or missing.
  func decode(_ json: JSONValue, _ log: KeyLog? = nil) throws(Failure) -> StatedEvent {
    log?.begin()
    guard case .object = json else { throw .rejected("expected an object, got \(json.kind)") }
    let fields = Fields(json, log)
    defer { fields.noteUnread() }
    let name = try fields.required("type")
    guard let type = EventType(name: name) else { throw .unknownType(name) }
    let at: Timestamp
    let time = try fields.required("at")
    do throws(ModelError) { at = try Timestamp(time) } catch { throw .rejected(error.message) }
    let payload = try payload(type, fields)
    var actor: Actor?
    if let name = try fields.text("actor", limit: 300), name != "shopper" {
      do throws(ModelError) { actor = try Actor(name) } catch { throw .rejected(error.message) }
    }
    switch type {
    // Staff say it, also where the file does not say who wrote it down.
    case .cartClaimed, .cartReleased, .cartNoted, .cartUnnoted:
      if actor == nil { actor = try author(fields) }
    default: break
    }
    return StatedEvent(
      type: type, at: at, actor: actor, id: try fields.text("id", limit: 200) ?? "",
      group: try fields.text("group", limit: 200) ?? "",
      reason: try fields.text("reason", limit: 2000) ?? "", payload: payload)
  }

  /// What an event says; nil for one that would be rejected.
  func stated(_ json: JSONValue) -> StatedEvent? { try? decode(json) }

  private func payload(_ type: EventType, _ fields: Fields) throws(Failure)
    -> StatedEvent.Payload
  {
    switch type {
    case .productUpserted: return .product(try product(fields))
    case .customerUpserted:
      var known = try shopper(fields.json["shopper"] ?? .object([]), log: fields.log)
      // Not `group`, which is the operation's.
      for key in ["email", "name", "phone", "company"] {
        if let field = ShopperField.byKey[key], let text = try fields.text(key, limit: 500) {
          known[field] = text
        }
      }
      known.merge(try addresses(fields)) { $1 }
      for (field, text) in known { known[field] = field.normalised(text) }
      let id = try fields.text("customer", limit: 320) ?? known[.customer] ?? ""
      let key =
        id.isEmpty || id == "0" ? known[.email] ?? "" : EmailAddress.normalised(id) ?? id
      guard !key.isEmpty else { throw fields.missing("customer") }
      // A number is a registered customer's, whether it stands beside the shopper or in it.
      if known[.customer] ?? "" == "", let number = Int64(key), number > 0 {
        known[.customer] = String(number)
      }
      return .customer(key, known)
    case .settingsChanged:
      guard let settings = fields.json["settings"] else { throw fields.missing("settings") }
      do throws(EngineError) { return .settings(try StoreSettings(settings).json) } catch {
        throw .rejected(error.message)
      }
    case .sourceRecorded, .ruleVersioned, .ruleSet, .decisionMade, .policyRan:
      return .rules(try rules(type, fields))
    case .entryAdded, .entryRemoved:
      return .entry(try entry(fields), isRemoved: type == .entryRemoved)
    case .orderPaid, .orderCancelled, .orderRefunded:
      let state: Order.State =
        type == .orderPaid ? .paid : type == .orderCancelled ? .cancelled : .refunded
      return .order(
        try fields.required("order"), state, total: try fields.text("total", limit: 40),
        cart: try fields.text("cart", limit: 255) ?? "")
    case .operationUndone, .operationRedone:
      return .undone(
        cart: try fields.required("cart"), target: try fields.required("target"),
        groups: type == .operationUndone ? try fields.texts("groups", limit: 200) : [],
        redo: type == .operationRedone)
    default:
      let cart = try fields.required("cart")
      let currency = try currency(fields)
      return .cart(
        cart, try command(type, fields, currency ?? self.currency), currency: currency)
    }
  }

  private func command(_ type: EventType, _ fields: Fields, _ currency: Currency)
    throws(Failure) -> Command
  {
    switch type {
    case .cartCreated:
      var known = try shopper(fields.json["shopper"] ?? .object([]), log: fields.log)
      if let session = try fields.text("session", limit: 500) { known[.session] = session }
      return .create(currency, known, attributes: try fields.attributes() ?? [:])
    case .lineAdded: return .add(try line(fields), at: try fields.place())
    case .lineChanged: return .setQuantity(try reference(fields), try fields.quantity())
    case .lineRemoved: return .remove(try reference(fields))
    case .shopperIdentified:
      guard let json = fields.json["shopper"] else { throw fields.missing("shopper") }
      return .identify(try shopper(json, log: fields.log))
    case .addressSet:
      let known = try addresses(fields)
      guard fields.json["shipping"] ?? fields.json["billing"] != nil else {
        throw fields.missing("shipping", "billing")
      }
      return .setAddress(known)
    case .attributesSet:
      guard let attributes = try fields.attributes() else { throw fields.missing("attributes") }
      return .setAttributes(attributes)
    case .couponApplied:
      return .applyCoupon(try fields.required("code"), at: try fields.place())
    case .couponRemoved: return .removeCoupon(try fields.required("code"))
    case .paymentAttempted:
      return .attemptPayment(
        result: try fields.required("result"), code: try fields.text("code", limit: 64) ?? "",
        card: try fields.text("card", limit: 200) ?? "")
    case .cartOrdered: return .order(try order(fields, currency))
    case .cartDeleted: return .delete
    case .cartHeld: return .hold(fields.json["rule"] == nil ? nil : try cause(fields))
    case .cartRestored: return .restore(judge: fields.json["judge"] == .bool(true))
    case .cartFlagged: return .flag(try cause(fields))
    case .cartUnflagged: return .unflag(try fields.required("rule"))
    case .cartClaimed, .cartReleased, .cartNoted, .cartUnnoted: return try remark(type, fields)
    default:
      return .send(
        to: try fields.text("to", limit: 320) ?? "",
        note: try fields.text("note", limit: 2000) ?? "")
    }
  }

  /// The members of `shipping` and `billing`.
  private func addresses(_ fields: Fields) throws(Failure) -> [ShopperField: String] {
    var known: [ShopperField: String] = [:]
    for (key, shipping) in [("shipping", true), ("billing", false)] {
      guard let json = fields.json[key] else { continue }
      let address = ShopperField.address(shipping: shipping)
      known.merge(try self.fields(json, key, address, log: fields.log)) { $1 }
    }
    return known
  }

  /// Who said it: `by`, else the event's actor.
  private func author(_ fields: Fields) throws(Failure) -> Actor {
    let named = try fields.text("by", limit: 300) ?? ""
    let name = try named.isEmpty ? fields.text("actor", limit: 300) ?? "import" : named
    do throws(ModelError) { return try Actor(name) } catch {
      throw .rejected("by: \(error.message)")
    }
  }

  /// What staff said; a file states what did happen, so that a claim is taken over.
  private func remark(_ type: EventType, _ fields: Fields) throws(Failure) -> Command {
    let by = try author(fields).person
    guard let at = try fields.time("at") else { throw fields.missing("at") }
    switch type {
    case .cartClaimed:
      guard let until = try fields.time("until") else { throw fields.missing("until") }
      return .claim(Claim(by: by, until: until), now: at, .fact)
    case .cartReleased: return .release(by: by, now: at, .fact)
    default:
      let note = Note(
        at: try fields.time("noted") ?? at, by: by,
        text: try fields.text("text", limit: 2000) ?? "")
      return type == .cartNoted ? .note(note, at: try fields.place()) : .removeNote(note)
    }
  }

  private func line(_ fields: Fields) throws(Failure) -> Line {
    // Read only where it is needed: elsewhere it is named as ignored.
    if try (fields.text("sku", limit: 255) ?? "").isEmpty, fields.json["product"] != nil {
      throw .rejected("sku: a line with a product and without a SKU is not supported yet")
    }
    let sku = try fields.required("sku")
    let id = try fields.text("line", limit: Line.idLimit) ?? ""
    let line = Line(
      id: id, sku: sku, name: try fields.text("name", limit: 4000) ?? "",
      options: try fields.pairs("options"), quantity: try fields.quantity(),
      price: try fields.price(), image: try fields.text("image", limit: 4000) ?? "")
    return id.isEmpty ? line.unidentified : line
  }

  private func reference(_ fields: Fields) throws(Failure) -> LineReference {
    let (line, sku) = (
      try fields.text("line", limit: Line.idLimit), try fields.text("sku", limit: 255)
    )
    // Written for readers of the log.
    _ = fields.json["quantity_before"]
    if let line, !line.isEmpty { return .id(line) }
    guard let sku, !sku.isEmpty else { throw fields.missing("line", "sku") }
    return .sku(sku)
  }

  private func order(_ fields: Fields, _ currency: Currency) throws(Failure)
    -> Command.OrderRequest
  {
    var request = Command.OrderRequest(
      id: try fields.text("order", limit: 255) ?? "",
      note: try fields.text("note", limit: 4000) ?? "")
    request.isFact = true
    if let json = fields.json["lines"] {
      guard case .array(let items) = json else {
        throw .rejected("lines: expected a list, got \(json.kind)")
      }
      var lines: [OrderLine] = []
      for item in items {
        lines.append(
          try fields.reading(item, in: "lines") { (part) throws(Failure) in
            OrderLine(
              sku: try part.required("sku"), name: try part.text("name", limit: 4000) ?? "",
              options: try part.pairs("options"), quantity: try part.quantity(),
              price: try part.price())
          })
      }
      request.lines = lines
    }
    if let total = try fields.text("total", limit: 40) {
      do throws(ModelError) { request.total = try Money(total, currency) } catch {
        throw .rejected("total: \(error.message)")
      }
    }
    return request
  }

  func currency(_ fields: Fields) throws(Failure) -> Currency? {
    guard let code = try fields.text("currency", limit: 10) else { return nil }
    guard let currency = Currency(code: code) else {
      throw .rejected("currency: expected a code of ISO 4217, got \(quoted(code))")
    }
    return currency
  }

  private func shopper(_ json: JSONValue, log: KeyLog?) throws(Failure) -> [ShopperField: String] {
    var known = try fields(json, "shopper", ShopperField.byKey, log: log)
    if known[.customer] == "0" { known[.customer] = "" }
    if let country = known[.country], !country.isEmpty {
      do throws(ModelError) { try Country.check(country) } catch { throw .rejected(error.message) }
    }
    if let type = known[.type], type != "guest", type != "registered", !type.isEmpty {
      throw .rejected("shopper: type: expected guest or registered, got \(quoted(type))")
    }
    return known
  }

  /// The members of an object that are known fields.
  private func fields(
    _ json: JSONValue, _ what: String, _ known: [String: ShopperField], log: KeyLog?
  ) throws(Failure) -> [ShopperField: String] {
    guard case .object(let members) = json else {
      throw .rejected("\(what): expected an object, got \(json.kind)")
    }
    var values: [ShopperField: String] = [:]
    for member in members {
      guard let field = known[member.key] else {
        log?.noteUnknown(member.key, in: what, known: known.keys)
        continue
      }
      guard member.value != .null else { continue }
      guard let text = member.value.scalar else {
        throw .rejected("\(what): \(member.key): expected a text, got \(member.value.kind)")
      }
      values[field] = text
    }
    return values
  }
}
