import CartEngine
import CartModel
import CartSupport

/// A cart as a fixture of a test describes it.
struct FixtureCart {
  var fields: [ShopperField: String] = [:]
  var attributes: [String: String] = [:]
  var currency: Currency?
  var lines: [Line] = []
  var coupons: [String] = []
  var declined = Declined()
  var isOrdered = false
  /// How long ago it was; milliseconds.
  var ago: Int64
  /// How many of its kind there are.
  var times: Int64 = 1
  var before: [FixtureCart] = []
  /// What the test's shop decides; only of the cart that is judged.
  var settings: StoreSettings?
  /// The test's clock, as it is typed; nil for the run's.
  var now: String?

  /// Payments that were declined.
  struct Declined {
    var count: Int64 = 0
    /// Of all of them; empty for another each time.
    var card = ""
    /// Why they were declined.
    var code = ""
  }

  private static let shared =
    ShopperField.own.map(\.key) + [
      "quantity", "subtotal", "lines", "coupons", "declined", "card", "code", "ordered", "ago",
      "currency", "shipping_address", "billing_address", "attr",
    ]
  /// How many carts, lines, coupons and declined cards a fixture may have together.
  private static let most: Int64 = 10_000
  private static let counts: ClosedRange<Int64> = 0...1000

  /// - Throws: `malformed`, naming the key, what was expected and what it got.
  init(_ fixture: JSONValue) throws {
    try self.init(fixture, known: Self.shared + ["before", "settings", "now"], ago: 0)
    let reader = try FixtureReader(fixture)
    for item in try reader.list("before") {
      before.append(try FixtureCart(item, known: Self.shared + ["times"], ago: 5 * 60_000))
    }
    if let json = reader["settings"] { settings = try StoreSettings(json, "fixture: settings") }
    now = try reader.text("now")
    let size = before.reduce(own) { $0 + $1.times * $1.own }
    guard size <= Self.most else {
      throw EngineError(
        .malformed,
        "fixture: expected at most \(Self.most) carts, lines, coupons and declined cards together, "
          + "got \(size)")
    }
  }

  private init(_ fixture: JSONValue, known: [String], ago usual: Int64) throws {
    let reader = try FixtureReader(fixture)
    try reader.allow(known)
    ago = try reader.span("ago") ?? usual
    for field in ShopperField.own {
      if let text = try reader.text(field.key) { fields[field] = text }
    }
    for (key, shipping) in [("shipping_address", true), ("billing_address", false)] {
      guard let json = reader[key] else { continue }
      let address = try FixtureReader(json, "fixture: \(key)")
      try address.allow(ShopperField.addressKeys)
      for (name, field) in ShopperField.address(shipping: shipping) {
        if let text = try address.text(name) { fields[field] = text }
      }
    }
    if let json = reader["attr"] {
      attributes = try FixtureReader(json, "fixture: attr").texts()
    }
    if let code = try reader.text("currency") {
      guard let known = Currency(code: code) else {
        throw reader.failure(
          "currency", "a code of ISO 4217", quoted(code) + didYouMean(code, among: Currency.codes))
      }
      currency = known
    }
    coupons = try reader.list("coupons").map { item in
      guard let code = item.scalar else { throw reader.failure("coupons", "codes", item.kind) }
      return code
    }
    declined.count = try reader.number("declined", Self.counts) ?? 0
    declined.card = try reader.text("card") ?? ""
    declined.code = try reader.text("code") ?? ""
    isOrdered = try reader.flag("ordered")
    times = try reader.number("times", 1...1000) ?? 1
    lines = try Self.lines(reader)
  }

  /// What one of it makes: the cart, its lines, coupons and cards.
  private var own: Int64 { 1 + Int64(lines.count + coupons.count) + declined.count }

  private static func lines(_ reader: FixtureReader) throws -> [Line] {
    let quantities = 0...Line.quantities.upperBound
    let items = try reader.list("lines")
    if items.isEmpty {
      let quantity = try reader.number("quantity", quantities)
      let subtotal = try reader.price("subtotal")
      guard quantity != nil || subtotal != nil, quantity != 0 else { return [] }
      // A sum that is given is one piece's price beside the others, which cost nothing.
      if let subtotal {
        let dear = Line(sku: "FIXTURE", quantity: 1, price: subtotal)
        guard let quantity, quantity > 1 else { return [dear] }
        return [dear, Line(sku: "FREE", quantity: quantity - 1, price: try UnitPrice("0"))]
      }
      return [Line(sku: "FIXTURE", quantity: quantity ?? 1, price: try UnitPrice("10"))]
    }
    for key in ["quantity", "subtotal"] where reader[key] != nil {
      throw reader.failure(key, "either it or lines", "both")
    }
    return try items.map { item in
      let line = try FixtureReader(item, "fixture: lines")
      try line.allow(["sku", "name", "quantity", "price", "options"])
      guard let sku = try line.text("sku") else {
        throw line.failure("sku", "a text", "nothing; example: {sku = \"MUG-01\", quantity = 2}")
      }
      return Line(
        sku: sku, name: try line.text("name") ?? "", options: try options(line),
        quantity: try line.number("quantity", Line.quantities) ?? 1,
        price: try line.price("price") ?? UnitPrice("10"))
    }
  }

  private static func options(_ line: FixtureReader) throws -> [Line.Option] {
    switch line["options"] {
    case nil, .null: return []
    case .array(let items)? where items.isEmpty: return []
    case .object(let members)?:
      return try members.map { member in
        guard let text = member.value.scalar else {
          throw line.failure("options", "texts by name", member.value.kind)
        }
        return Line.Option(name: member.key, value: text)
      }.sorted { $0.name < $1.name }
    case let other?: throw line.failure("options", "texts by name", other.kind)
    }
  }
}

/// One table of a fixture, with its name for messages.
private struct FixtureReader {
  private let name: String
  private let members: [JSONValue.Member]

  init(_ json: JSONValue, _ name: String = "fixture") throws {
    self.name = name
    switch json {
    case .object(let members): self.members = members
    case .array(let items) where items.isEmpty: members = []
    default: throw EngineError(.malformed, "\(name): expected a table with names")
    }
  }

  subscript(_ key: String) -> JSONValue? { members.first { $0.key == key }?.value }

  func allow(_ known: [String]) throws {
    for member in members where !known.contains(member.key) {
      throw EngineError(
        .malformed,
        "\(name): no key \(quoted(member.key))\(didYouMean(member.key, among: known))")
    }
  }

  func failure(_ key: String, _ expected: String, _ got: String) -> EngineError {
    EngineError(.malformed, "\(name): \(key): expected \(expected), got \(got)")
  }

  func text(_ key: String) throws -> String? {
    guard let value = self[key], value != .null else { return nil }
    guard let text = value.scalar else { throw failure(key, "a text", value.kind) }
    return text
  }

  /// All of its texts, by their keys.
  func texts() throws -> [String: String] {
    var texts: [String: String] = [:]
    for member in members { texts[member.key] = try text(member.key) }
    return texts
  }

  func number(_ key: String, _ range: ClosedRange<Int64>) throws -> Int64? {
    guard let text = try text(key) else { return nil }
    guard let number = Int64(text), range.contains(number) else {
      throw failure(key, "\(range.lowerBound) … \(range.upperBound)", text)
    }
    return number
  }

  func price(_ key: String) throws -> UnitPrice? {
    guard let text = try text(key) else { return nil }
    do { return try UnitPrice(text) } catch {
      throw failure(key, "a decimal as \"12.50\"", quoted(text))
    }
  }

  func flag(_ key: String) throws -> Bool {
    switch self[key] {
    case nil, .null: return false
    case .bool(let flag)?: return flag
    case let other?: throw failure(key, "true or false", other.scalar ?? other.kind)
    }
  }

  /// Milliseconds.
  func span(_ key: String) throws -> Int64? {
    guard let text = try text(key) else { return nil }
    guard let span = try? Span(text), span.milliseconds <= 100 * 366 * 86_400_000 else {
      throw failure(key, "a span of at most 100 years as \"10m\"", quoted(text))
    }
    return span.milliseconds
  }

  func list(_ key: String) throws -> [JSONValue] {
    switch self[key] {
    case nil, .null: return []
    case .array(let items)?: return items
    case .object(let members)? where members.isEmpty: return []
    case let other?: throw failure(key, "a list", other.kind)
    }
  }
}
