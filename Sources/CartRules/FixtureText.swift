import CartEngine
import CartModel
import CartScripting
import CartStorage
import CartSupport
import LuaKit

/// The Lua of a fixture.
struct FixtureText {
  private let handler: CommandHandler

  init(_ handler: CommandHandler) { self.handler = handler }

  /// What the test's shop decides, where that is not the usual, and the clock where a rule reads it.
  func surroundings(_ clock: Timestamp?) throws -> [String] {
    var parts: [String] = []
    if let clock { parts.append("now = \(luaLiteral(clock.description)),") }
    let kept = [
      "currency", "currencies", "timezone", "tax", "shipping", "coupons", "abandoned_after",
      "expires_after",
    ]
    let (own, usual) = (
      try JSONParser.parse(handler.shop.settings.json), try JSONParser.parse(StoreSettings().json)
    )
    let members = kept.compactMap { key in
      own[key].flatMap { $0 == usual[key] ? nil : "\(key) = \(Self.literal($0))" }
    }
    if !members.isEmpty { parts.append("settings = { \(members.joined(separator: ", ")) },") }
    return parts
  }

  private static func literal(_ json: JSONValue) -> String {
    switch json {
    case .null: "nil"
    case .bool(let flag): flag ? "true" : "false"
    case .number(let text): text
    case .string(let text): luaLiteral(text)
    case .array(let items): "{ " + items.map(literal).joined(separator: ", ") + " }"
    case .object(let members):
      "{ "
        + members.map { "[\(luaLiteral($0.key))] = \(literal($0.value))" }.joined(separator: ", ")
        + " }"
    }
  }

  static func body(_ own: [String], _ others: [String]) -> String {
    let before = others.isEmpty ? [] : ["before = {"] + others.map { "  { \($0) }," } + ["},"]
    return (own + before).map { "  " + $0 }.joined(separator: "\n")
  }

  func members(_ cart: Cart, _ people: Disguise, _ now: Timestamp) throws -> [String] {
    var parts: [String] = []
    func add(_ key: String, _ text: String) {
      if !text.isEmpty { parts.append("\(key) = \(luaLiteral(text)),") }
    }
    let shopper = cart.shopper
    for field in ShopperField.own where !shopper[field].isEmpty {
      switch (field, people.disguised(field, shopper[field])) {
      // A customer number says that the shopper is registered.
      case (.type, _) where shopper.customer != 0: break
      case (.customer, let number): parts.append("customer = \(number),")
      case (_, let text): add(field.key, text)
      }
    }
    for (key, isShipping) in [("shipping_address", true), ("billing_address", false)] {
      let known = shopper.fields.filter { $0.field.isAddress && $0.field.isShipping == isShipping }
      let members = known.map { entry in
        "\(entry.field.key) = \(luaLiteral(people.disguised(entry.field, entry.value)))"
      }
      if !members.isEmpty { parts.append("\(key) = { \(members.joined(separator: ", ")) },") }
    }
    if !cart.attributes.isEmpty {
      let members = cart.attributes.map { attribute in
        let value = people.word("attr." + attribute.name, attribute.value)
        return "[\(luaLiteral(attribute.name))] = \(luaLiteral(value))"
      }
      parts.append("attr = { \(members.joined(separator: ", ")) },")
    }
    if cart.currency != handler.shop.settings.currency { add("currency", cart.currency.code) }
    if !cart.lines.isEmpty {
      let lines = cart.lines.map { line in
        "{ sku = \(luaLiteral(line.sku)), quantity = \(line.quantity), price = "
          + "\"\(line.price.text(cart.currency))\"\(Self.options(line)) }"
      }
      parts.append("lines = { \(lines.joined(separator: ", ")) },")
    }
    if !cart.coupons.isEmpty {
      parts.append("coupons = { \(cart.coupons.map { luaLiteral($0) }.joined(separator: ", ")) },")
    }
    var codes: [String] = []
    let declined = try handler.reader.history(of: cart.key).compactMap { entry -> String? in
      guard entry.event.version <= cart.version, let payment = entry.event.body.payment,
        payment.isDeclined
      else { return nil }
      codes.append(payment.code)
      return payment.card
    }
    if !declined.isEmpty { parts.append("declined = \(declined.count),") }
    if let card = declined.last, !card.isEmpty, Set(declined).count == 1 {
      add("card", people.word("card", card))
    }
    if let code = codes.last, !code.isEmpty, Set(codes).count == 1 { add("code", code) }
    if cart.state == .ordered { parts.append("ordered = true,") }
    let seconds = max(0, now.milliseconds - cart.updated.milliseconds) / 1000
    if seconds > 0 { parts.append("ago = \"\(seconds)s\",") }
    return parts
  }

  private static func options(_ line: Line) -> String {
    guard !line.options.isEmpty else { return "" }
    let options = line.options.map { "[\(luaLiteral($0.name))] = \(luaLiteral($0.value))" }
    return ", options = { \(options.joined(separator: ", ")) }"
  }
}
