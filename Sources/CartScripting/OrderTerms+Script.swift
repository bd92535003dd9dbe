import CartEngine
import CartModel
import CartSupport
import LuaKit

/// What `c:order{…}` and a policy's `order` say of an order.
extension ScriptSession {
  private static let termKeys = ["note", "reference", "shipping", "payment", "status", "address"]

  /// - Parameter what: the function or definition, for messages.
  func terms(_ value: LuaValue, _ what: String) throws -> OrderTerms {
    if value == .nil { return OrderTerms() }
    guard case .table(let pairs) = value else {
      throw LuaRaise("\(what): expected a table, got \(kind(value))")
    }
    let members = try DefinitionMembers(self, what, pairs, known: Self.termKeys)
    var terms = OrderTerms()
    terms.note = [
      try members.string("note"), try members.string("reference"),
      try members.string("shipping").map { "shipping: " + $0 },
      try members.string("payment").map { "payment: " + $0 },
    ].compactMap { $0 }.joined(separator: " · ")
    let status = try members.string("status") ?? "placed"
    guard ["placed", "paid"].contains(status) else {
      throw LuaRaise(
        "\(what): status: expected placed or paid, got \(quoted(status))"
          + didYouMean(status, among: ["placed", "paid"]))
    }
    terms.isPaid = status == "paid"
    if let value = members["address"] { terms.address = try address(value, what) }
    return terms
  }

  /// Fields of a shipping address, or `{shipping={…}, billing={…}}`.
  func address(_ value: LuaValue, _ what: String) throws -> [ShopperField: String] {
    guard case .table(let pairs) = value, !pairs.isEmpty else {
      let got = value == .table([]) ? "an empty one" : kind(value)
      throw LuaRaise("\(what): address: expected a table with fields, got \(got)")
    }
    var fields: [ShopperField: String] = [:]
    for pair in pairs {
      guard case .string(let key) = pair.key else {
        throw LuaRaise("\(what): address: expected names as keys")
      }
      if key == "shipping" || key == "billing", case .table(let inner) = pair.value {
        for pair in inner { try set(pair, shipping: key == "shipping") }
      } else {
        try set(pair, shipping: true)
      }
    }
    return fields

    func set(_ pair: LuaValue.Pair, shipping: Bool) throws {
      let known = ShopperField.address(shipping: shipping)
      guard case .string(let key) = pair.key, let field = known[key] else {
        let shown = text(pair.key)
        throw LuaRaise(
          "\(what): address: no field \(quoted(shown))"
            + didYouMean(shown, among: known.keys.sorted()))
      }
      guard case .string(let text) = pair.value else {
        throw LuaRaise(
          "\(what): address: \(key): expected a text, got \(kind(pair.value))")
      }
      if key == "country", !text.isEmpty { try Country.check(text) }
      fields[field] = text
    }
  }
}
