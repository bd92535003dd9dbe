import CartModel

/// An event as a file states it, before anybody has looked at the cart it is about.
final class StatedEvent: Sendable {
  let type: EventType
  let at: Timestamp
  /// Nil for the shopper.
  let actor: Actor?
  let id: String
  let group: String
  let reason: String
  let payload: Payload

  fileprivate init(
    type: EventType, at: Timestamp, actor: Actor?, id: String, group: String, reason: String,
    payload: Payload
  ) {
    self.type = type
    self.at = at
    self.actor = actor
    self.id = id
    self.group = group
    self.reason = reason
    self.payload = payload
  }

  enum Payload: Sendable {
    /// A cart's event; a cart that does not exist is made by `create` or an added line.
    case cart(String, Command, currency: Currency?)
    /// An added line takes its currency from the cart.
    case order(String, Order.State, total: String?)
    case undone(cart: String, target: String, redo: Bool)
    case product(Product)
    case customer(String, [ShopperField: String])
    case settings(String)
    case entry(ListEntry, isRemoved: Bool)
    /// What rules are, and what they said.
    case rules(EventBody)
  }
}

/// Reads the contract's event format (section 4) from JSON.
struct EventDecoder: Sendable {
  let currency: Currency

  enum Failure: Error {
    case rejected(String)
    /// A type that this program does not know.
    case unknownType(String)
  }

  /// - Throws: `Failure`, with the reason in words.
  func decode(_ json: JSONValue) throws(Failure) -> StatedEvent {
    guard case .object = json else { throw .rejected("expected an object, got \(json.kind)") }
    let fields = Fields(json)
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
    return StatedEvent(
      type: type, at: at, actor: actor, id: try fields.text("id", limit: 200) ?? "",
      group: try fields.text("group", limit: 200) ?? "",
      reason: try fields.text("reason", limit: 2000) ?? "", payload: payload)
  }

  private func payload(_ type: EventType, _ fields: Fields) throws(Failure)
    -> StatedEvent.Payload
  {
    switch type {
    case .productUpserted: return .product(try product(fields))
    case .customerUpserted:
      var known = try shopper(fields.json["shopper"] ?? .object([]))
      // Not `group`, which is the operation's.
      for key in ["email", "name", "phone", "company"] {
        if let field = ShopperField.byKey[key], let text = try fields.text(key, limit: 500) {
          known[field] = text
        }
      }
      let id = try fields.text("customer", limit: 100) ?? known[.customer] ?? ""
      let key = id.isEmpty || id == "0" ? known[.email] ?? "" : id
      guard !key.isEmpty else { throw .rejected("missing field 'customer'") }
      return .customer(key, known)
    case .settingsChanged:
      guard let settings = fields.json["settings"] else {
        throw .rejected("missing field 'settings'")
      }
      do throws(EngineError) { return .settings(try StoreSettings(settings).json) } catch {
        throw .rejected(error.message)
      }
    case .sourceRecorded, .ruleVersioned, .ruleSet, .decisionMade:
      return .rules(try rules(type, fields))
    case .entryAdded, .entryRemoved:
      return .entry(try entry(fields), isRemoved: type == .entryRemoved)
    case .orderPaid, .orderCancelled, .orderRefunded:
      let state: Order.State =
        type == .orderPaid ? .paid : type == .orderCancelled ? .cancelled : .refunded
      return .order(
        try fields.required("order"), state, total: try fields.text("total", limit: 40))
    case .operationUndone, .operationRedone:
      return .undone(
        cart: try fields.required("cart"), target: try fields.required("target"),
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
      var known = try shopper(fields.json["shopper"] ?? .object([]))
      if let session = try fields.text("session", limit: 500) { known[.session] = session }
      return .create(currency, known)
    case .lineAdded: return .add(try line(fields), at: try fields.place())
    case .lineChanged: return .setQuantity(try reference(fields), try fields.quantity())
    case .lineRemoved: return .remove(try reference(fields))
    case .shopperIdentified:
      guard let json = fields.json["shopper"] else { throw .rejected("missing field 'shopper'") }
      return .identify(try shopper(json))
    case .addressSet:
      var known: [ShopperField: String] = [:]
      for (key, shipping) in [("shipping", true), ("billing", false)] {
        guard let json = fields.json[key] else { continue }
        known.merge(
          try self.fields(json, key, ShopperField.address(shipping: shipping))
        ) { $1 }
      }
      guard fields.json["shipping"] ?? fields.json["billing"] != nil else {
        throw .rejected("missing field 'shipping' or 'billing'")
      }
      return .setAddress(known)
    case .couponApplied:
      return .applyCoupon(try fields.required("code"), at: try fields.place())
    case .couponRemoved: return .removeCoupon(try fields.required("code"))
    case .paymentAttempted:
      return .attemptPayment(
        result: try fields.required("result"), card: try fields.text("card", limit: 200) ?? "")
    case .cartOrdered: return .order(try order(fields, currency))
    case .cartDeleted: return .delete
    case .cartHeld: return .hold(fields.json["rule"] == nil ? nil : try cause(fields))
    case .cartRestored: return .restore(judge: fields.json["judge"] == .bool(true))
    case .cartFlagged: return .flag(try cause(fields))
    case .cartUnflagged: return .unflag(try fields.required("rule"))
    default:
      return .send(
        to: try fields.text("to", limit: 320) ?? "",
        note: try fields.text("note", limit: 2000) ?? "")
    }
  }

  private func rules(_ type: EventType, _ fields: Fields) throws(Failure) -> EventBody {
    if type == .sourceRecorded {
      return .sourceRecorded(
        digest: try fields.required("source"), text: try fields.text("text", limit: 1 << 22) ?? "")
    }
    let rule = try fields.required("rule")
    guard let number = Int64(try fields.text("version", limit: 20) ?? "0"), number >= 0 else {
      throw .rejected("version: expected a whole number")
    }
    let cause = try fields.text("cause", limit: 2000) ?? ""
    switch type {
    case .ruleVersioned:
      func pairs(_ key: String) throws(Failure) -> [(String, String)] {
        guard case .object(let members)? = fields.json[key] else { return [] }
        return members.map { ($0.key, $0.value.scalar ?? "") }
      }
      return .ruleVersioned(
        RuleVersion(
          rule: rule, kind: try fields.text("kind", limit: 10) == "policy" ? .policy : .rule,
          number: number, file: try fields.text("file", limit: 255) ?? "",
          sources: try pairs("sources").map { .init(path: $0.0, digest: $0.1) },
          parameters: try pairs("params").map { .init(name: $0.0, value: $0.1) }))
    case .ruleSet:
      let mode = try fields.required("mode")
      let known: [RuleSetting.Mode] = [.shadow, .enforce, .off]
      guard let mode = known.first(where: { $0.name == mode }) else {
        throw .rejected("mode: expected shadow, enforce or off, got \(quoted(mode))")
      }
      var band: Percent?
      if let text = try fields.text("band", limit: 20) {
        do throws(ModelError) { band = try Percent(text) } catch { throw .rejected(error.message) }
      }
      return .ruleSet(
        RuleSetting(rule: rule, mode: mode, version: number, band: band, reason: cause))
    default:
      let outcome = try fields.required("outcome")
      let known: [Decision.Outcome] = [.hold, .flag, .error]
      guard let outcome = known.first(where: { $0.name == outcome }) else {
        throw .rejected("outcome: expected hold, flag or error, got \(quoted(outcome))")
      }
      return .decisionMade(
        Decision(
          cart: try fields.required("of"), rule: rule, version: number, outcome: outcome,
          isShadow: fields.json["shadow"] == .bool(true), reason: cause))
    }
  }

  private func cause(_ fields: Fields) throws(Failure) -> Cause {
    Cause(
      rule: try fields.required("rule"), source: try fields.text("source", limit: 200) ?? "",
      reason: try fields.text("cause", limit: 2000) ?? "",
      tell: try fields.text("tell", limit: 2000) ?? "")
  }

  private func entry(_ fields: Fields) throws(Failure) -> ListEntry {
    let name = try fields.text("list", limit: 20) ?? "blacklist"
    guard let list = ListEntry.List.allCases.first(where: { $0.name == name }) else {
      throw .rejected("list: expected blacklist or allowlist, got \(quoted(name))")
    }
    var given: [(ListEntry.Kind, String)] = []
    for kind in ListEntry.Kind.allCases {
      if let text = try fields.text(kind.name, limit: 320) { given.append((kind, text)) }
    }
    guard let (kind, text) = given.first, given.count == 1 else {
      throw .rejected("expected one of 'ip', 'email' and 'country', got \(given.count)")
    }
    let author = try fields.text("author", limit: 300) ?? "import"
    let (created, expires) = (try fields.time("created"), try fields.time("expires"))
    var entry: ListEntry
    let at = fields.json["at"]?.scalar ?? ""
    do throws(ModelError) {
      entry = ListEntry(
        id: "", list: list, pattern: try ListEntry.Pattern(kind, text), author: try Actor(author),
        created: try Timestamp(at), expires: expires)
    } catch { throw .rejected(error.message) }
    if let created { entry.created = created }
    entry.id = try fields.text("entry", limit: 100) ?? ""
    entry.reason = try fields.text("cause", limit: 2000) ?? ""
    entry.tell = try fields.text("tell", limit: 2000) ?? ""
    return entry
  }

  private func line(_ fields: Fields) throws(Failure) -> Line {
    let sku = try fields.required("sku")
    var options: [Line.Option] = []
    if let json = fields.json["options"] {
      guard case .object(let members) = json else {
        throw .rejected("options: expected an object, got \(json.kind)")
      }
      for member in members {
        guard let value = member.value.scalar else {
          throw .rejected("options: expected texts, got \(member.value.kind)")
        }
        options.append(.init(name: member.key, value: value))
      }
      options.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
    return Line(
      id: try fields.text("line", limit: 255), sku: sku,
      name: try fields.text("name", limit: 4000) ?? "", options: options,
      quantity: try fields.quantity(), price: try fields.price(),
      image: try fields.text("image", limit: 4000) ?? "")
  }

  private func reference(_ fields: Fields) throws(Failure) -> LineReference {
    if let line = try fields.text("line", limit: 255) { return .id(line) }
    guard let sku = try fields.text("sku", limit: 255) else {
      throw .rejected("missing field 'line' or 'sku'")
    }
    return .name(sku)
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
        let fields = Fields(item)
        lines.append(
          OrderLine(
            sku: try fields.required("sku"), name: try fields.text("name", limit: 4000) ?? "",
            quantity: try fields.quantity(), price: try fields.price()))
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

  private func product(_ fields: Fields) throws(Failure) -> Product {
    var stock: Int64?
    if let text = try fields.text("stock", limit: 20) {
      guard let count = Int64(text) else {
        throw .rejected("stock: expected a whole number, got \(quoted(text))")
      }
      stock = count
    }
    return Product(
      sku: try fields.required("sku"), name: try fields.text("name", limit: 4000) ?? "",
      price: try fields.price(), currency: try currency(fields) ?? currency,
      image: try fields.text("image", limit: 4000) ?? "", stock: stock)
  }

  private func currency(_ fields: Fields) throws(Failure) -> Currency? {
    guard let code = try fields.text("currency", limit: 10) else { return nil }
    guard let currency = Currency(code: code) else {
      throw .rejected("currency: expected a code of ISO 4217, got \(quoted(code))")
    }
    return currency
  }

  private func shopper(_ json: JSONValue) throws(Failure) -> [ShopperField: String] {
    var known = try fields(json, "shopper", ShopperField.byKey)
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
  private func fields(_ json: JSONValue, _ what: String, _ known: [String: ShopperField])
    throws(Failure) -> [ShopperField: String]
  {
    guard case .object(let members) = json else {
      throw .rejected("\(what): expected an object, got \(json.kind)")
    }
    var values: [ShopperField: String] = [:]
    for member in members {
      guard let field = known[member.key], member.value != .null else { continue }
      guard let text = member.value.scalar else {
        throw .rejected("\(what): \(member.key): expected a text, got \(member.value.kind)")
      }
      values[field] = text
    }
    return values
  }
}

/// Typed access to the members of one object.
private struct Fields {
  let json: JSONValue

  init(_ json: JSONValue) { self.json = json }

  typealias Failure = EventDecoder.Failure

  /// - Parameter limit: the most bytes of UTF-8.
  func text(_ key: String, limit: Int) throws(Failure) -> String? {
    guard let value = json[key], value != .null else { return nil }
    guard let text = value.scalar else {
      throw .rejected("\(key): expected a text, got \(value.kind)")
    }
    guard text.utf8.count <= limit else {
      throw .rejected("\(key): expected at most \(limit) bytes, got \(text.utf8.count)")
    }
    guard !text.containsNUL else { throw .rejected("\(key): a text cannot hold a NUL") }
    return text
  }

  func required(_ key: String) throws(Failure) -> String {
    guard let text = try text(key, limit: 255), !text.isEmpty else {
      throw .rejected("missing field '\(key)'")
    }
    return text
  }

  func time(_ key: String) throws(Failure) -> Timestamp? {
    guard let text = try text(key, limit: 40) else { return nil }
    do throws(ModelError) { return try Timestamp(text) } catch { throw .rejected(error.message) }
  }

  func quantity() throws(Failure) -> Int64 {
    guard let value = json["quantity"] else { throw .rejected("missing field 'quantity'") }
    guard let text = value.scalar, let number = Int64(text), number > 0 else {
      throw .rejected(
        "quantity: expected a positive whole number, got "
          + (value.scalar.map { quoted($0) } ?? value.kind))
    }
    return number
  }

  func price() throws(Failure) -> UnitPrice {
    guard let value = json["price"] else { throw .rejected("missing field 'price'") }
    guard let text = value.scalar else {
      throw .rejected("price: expected a decimal, got \(value.kind)")
    }
    do throws(ModelError) { return try UnitPrice(text) } catch { throw .rejected(error.message) }
  }

  func place() throws(Failure) -> Int? {
    guard let text = try text("position", limit: 20) else { return nil }
    guard let place = Int(text), place > 0 else {
      throw .rejected("position: expected a whole number from 1, got \(quoted(text))")
    }
    return place - 1
  }
}
