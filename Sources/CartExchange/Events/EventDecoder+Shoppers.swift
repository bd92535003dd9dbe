import CartEngine
import CartModel
import CartSupport

/// Shoppers, their addresses, and customers of the shop.
extension EventDecoder {
  func creation(_ fields: Fields) throws(Failure) -> Command {
    var known = try shopper(fields.json["shopper"] ?? .object([]), log: fields.log)
    if let session = try fields.text("session", limit: 500) {
      try put(session, in: .session, of: &known)
    }
    let currency = try self.currency(fields) ?? currency
    return .create(currency, known, attributes: try fields.attributes() ?? [:])
  }

  func identity(_ fields: Fields) throws(Failure) -> [ShopperField: String] {
    guard let json = fields.json["shopper"] else { throw fields.missing("shopper") }
    return try shopper(json, log: fields.log)
  }

  func address(_ fields: Fields) throws(Failure) -> [ShopperField: String] {
    let known = try addresses(fields)
    guard fields.json["shipping"] ?? fields.json["billing"] != nil else {
      throw fields.missing("shipping", "billing")
    }
    return known
  }

  func customer(_ fields: Fields) throws(Failure) -> StatedEvent.Payload {
    var known = try shopper(fields.json["shopper"] ?? .object([]), log: fields.log)
    // Not `group`, which is the operation's.
    for key in ["email", "name", "phone", "company"] {
      if let field = ShopperField.byKey[key], let text = try fields.text(key, limit: 500) {
        try put(text, in: field, of: &known)
      }
    }
    known.merge(try addresses(fields)) { $1 }
    for (field, text) in known { known[field] = field.normalised(text) }
    let id = try fields.text("customer", limit: 320) ?? known[.customer] ?? ""
    let key =
      id.isEmpty || id == "0" ? known[.email] ?? "" : EmailAddress.normalised(id) ?? id
    guard !key.isEmpty else { throw fields.missing("customer") }
    // A number is a registered customer's, whether it stands beside the shopper or in it.
    if let number = Int64(key), number > 0 { try put(String(number), in: .customer, of: &known) }
    return .customer(key, known)
  }

  /// A field that may stand beside the shopper and in it.
  private func put(
    _ text: String, in field: ShopperField, of known: inout [ShopperField: String]
  ) throws(Failure) {
    let there = known.updateValue(text, forKey: field)
    guard let there, field.normalised(there) != field.normalised(text) else { return }
    throw .rejected(
      "\(field.key): is \(quoted(there)) in 'shopper' and \(quoted(text)) beside it")
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
