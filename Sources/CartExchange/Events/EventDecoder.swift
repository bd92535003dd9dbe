import CartEngine
import CartModel
import CartSupport

/// Reads the contract's event format (section 4) from JSON.
struct EventDecoder: Sendable {
  /// The store's, for what names no currency and is of no cart.
  var currency: Currency
  /// The decimals of currencies that are not the standard's where an event does not say them.
  var currencies: [String: Int] = [:]

  /// - Parameter settings: the shop's, or those that a file recorded.
  init(_ settings: StoreSettings) {
    (currency, currencies) = (settings.currency, settings.currencies)
  }

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
    // Staff say it, also where the file does not say who wrote it down.
    if actor == nil, type.traits.statedBy == .staff { actor = try author(fields) }
    return StatedEvent(
      type: type, at: at, actor: actor, id: try fields.text("id", limit: 200) ?? "",
      group: try fields.text("group", limit: 200) ?? "",
      reason: try fields.text("reason", limit: 2000) ?? "", payload: payload,
      quantityBefore: try quantityBefore(type, fields))
  }

  /// What an event says; nil for one that would be rejected.
  func stated(_ json: JSONValue) -> StatedEvent? { try? decode(json) }

  private func payload(_ type: EventType, _ fields: Fields) throws(Failure)
    -> StatedEvent.Payload
  {
    switch type {
    case .declared(let type): return try cart(fields, .declare(try declared(type, fields)))
    case .core(let type): return try payload(type, fields)
    }
  }

  private func payload(_ type: CoreType, _ fields: Fields) throws(Failure)
    -> StatedEvent.Payload
  {
    switch type {
    case .cartCreated: return try cart(fields, try creation(fields))
    case .lineAdded: return try cart(fields, .add(try line(fields), at: try fields.place()))
    case .lineChanged:
      return try cart(fields, .setQuantity(try reference(fields), try fields.quantity()))
    case .lineRemoved: return try cart(fields, .remove(try reference(fields)))
    case .lineRestated:
      return try cart(fields, .restate(try reference(fields), try changes(fields)))
    case .shopperIdentified: return try cart(fields, .identify(try identity(fields)))
    case .addressSet: return try cart(fields, .setAddress(try address(fields)))
    case .attributesSet:
      return try cart(
        fields, .setAttributes(try fields.required(fields.attributes(), "attributes")))
    case .couponApplied:
      return try cart(
        fields, .applyCoupon(try fields.required("code"), at: try fields.place()))
    case .couponRemoved: return try cart(fields, .removeCoupon(try fields.required("code")))
    case .cartOrdered: return try ordered(fields)
    case .cartDeleted: return try cart(fields, .delete)
    case .cartHeld:
      return try cart(fields, .hold(fields.json["rule"] == nil ? nil : try cause(fields)))
    case .cartRestored:
      return try cart(fields, .restore(judge: try fields.flag("judge") ?? false))
    case .cartFlagged: return try cart(fields, .flag(try cause(fields)))
    case .cartUnflagged: return try cart(fields, .unflag(try fields.required("rule")))
    case .cartClaimed: return try cart(fields, try claim(fields))
    case .cartReleased: return try cart(fields, try release(fields))
    case .cartNoted: return try cart(fields, .note(try note(fields), at: try fields.place()))
    case .cartUnnoted: return try cart(fields, .removeNote(try note(fields)))
    case .orderPaid: return try order(.paid, fields)
    case .orderCancelled: return try order(.cancelled, fields)
    case .orderRefunded: return try order(.refunded, fields)
    case .operationUndone:
      return try undone(fields, groups: try fields.texts("groups", limit: 200), redo: false)
    case .operationRedone: return try undone(fields, groups: [], redo: true)
    case .productUpserted: return .product(try product(fields))
    case .customerUpserted: return try customer(fields)
    case .settingsChanged: return try settings(fields)
    case .entryAdded: return .entry(try entry(fields), isRemoved: false)
    case .entryRemoved: return .entry(try entry(fields), isRemoved: true)
    case .sourceRecorded: return .rules(try source(fields))
    case .ruleVersioned: return .rules(.version(try version(fields)))
    case .ruleSet: return .rules(.setting(try setting(fields)))
    case .decisionMade: return .rules(.decision(try decision(fields)))
    case .policyRan: return .rules(.policyRun(try policyRun(fields)))
    }
  }

  private func settings(_ fields: Fields) throws(Failure) -> StatedEvent.Payload {
    guard let settings = fields.json["settings"] else { throw fields.missing("settings") }
    do throws(EngineError) { return .settings(try StoreSettings(settings, "settings").json) } catch
    {
      throw .rejected(error.message)
    }
  }

  /// An event of a cart: its name and currency are read before what the command needs.
  private func cart(
    _ fields: Fields, _ command: @autoclosure () throws(Failure) -> Command
  ) throws(Failure) -> StatedEvent.Payload {
    let name = try fields.required("cart")
    let currency = try currency(fields)
    return .cart(name, try command(), currency: currency)
  }

  private func ordered(_ fields: Fields) throws(Failure) -> StatedEvent.Payload {
    let name = try fields.required("cart")
    let currency = try currency(fields)
    return .ordered(cart: name, try order(fields), currency: currency)
  }

  private func order(_ state: Order.State, _ fields: Fields) throws(Failure) -> StatedEvent.Payload
  {
    .order(
      try fields.required("order"), state,
      // What is cancelled keeps its total: another one is named as ignored.
      total: state == .cancelled ? nil : try fields.text("total", limit: 40),
      cart: try fields.text("cart", limit: 255) ?? "")
  }

  private func undone(_ fields: Fields, groups: [String], redo: Bool) throws(Failure)
    -> StatedEvent.Payload
  {
    .undone(
      cart: try fields.required("cart"), target: try fields.required("target"), groups: groups,
      redo: redo)
  }

  /// Nil where it names none that there is.
  func currency(of json: JSONValue) -> Currency? {
    (try? currency(Fields(json, nil))).flatMap { $0 }
  }

  func currency(_ fields: Fields) throws(Failure) -> Currency? {
    guard let code = try fields.text("currency", limit: 10) else { return nil }
    guard let standard = Currency(code: code) else {
      throw .rejected("currency: expected a code of ISO 4217, got \(quoted(code))")
    }
    let stated = try fields.text("decimals", limit: 10)
    guard let stated else {
      return currencies[code].flatMap { Currency(code: code, decimals: $0) } ?? standard
    }
    guard let currency = Int(stated).flatMap({ Currency(code: code, decimals: $0) }) else {
      throw .rejected(
        "decimals: expected 0 … \(Currency.mostDecimals), got \(quoted(stated))")
    }
    return currency
  }
}
