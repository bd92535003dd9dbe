import CartModel
import CartSupport

extension StoreSettings {
  /// Reads settings as the event log records them.
  ///
  /// - Throws: `malformed`.
  public init(json text: String) throws(EngineError) {
    try self.init(try EngineError.mapping { try JSONParser.parse(text) }, "recorded settings")
  }

  /// Reads settings from the table that `store.lua` gives.
  ///
  /// - Parameters:
  ///   - name: what the settings are of, for messages.
  ///   - stated: the decimals that a connected store gives its currencies, which no file says; nil for
  ///     settings that were recorded, which say them.
  /// - Throws: `malformed`, naming the key, with a suggestion for one that does not exist.
  public init(
    _ json: JSONValue, _ name: String = "store.lua", currencies stated: [String: Int]? = nil
  ) throws(EngineError) {
    self.init()
    let reader = try SettingsReader(json, name)
    let known = [
      "name", "currency", "timezone", "tax", "shipping", "coupons", "abandoned_after",
      "expires_after", "confirm_above", "claim_for", "lists", "rules", "synchronous",
      "store",
    ]
    try reader.allow(known, beside: stated == nil ? "currencies" : nil)
    if let stated { currencies = stated } else { currencies = try Self.currencies(reader) }
    self.name = try reader.text("name") ?? self.name
    if let code = try reader.text("currency") {
      guard let currency = self.currency(code) else {
        throw reader.failure(
          "currency", "a code of ISO 4217", quoted(code) + didYouMean(code, among: Currency.codes))
      }
      self.currency = currency
    }
    timezone = try reader.text("timezone") ?? timezone
    abandonedAfter = try reader.span("abandoned_after") ?? abandonedAfter
    expiresAfter = try reader.span("expires_after") ?? expiresAfter
    if let span = try reader.span("claim_for") {
      guard (1...Claim.longest.milliseconds).contains(span.milliseconds) else {
        throw reader.failure(
          "claim_for", "more than 0 s and at most \(Claim.longest)", span.description)
      }
      claimFor = span
    }
    if let number = try reader.text("confirm_above") {
      guard let count = Int64(number), count >= 0 else {
        throw reader.failure("confirm_above", "a whole number", quoted(number))
      }
      confirmAbove = count
    }
    if let word = try reader.text("synchronous") {
      guard let synchronous = Synchronous(rawValue: word) else {
        throw reader.failure(
          "synchronous", Synchronous.allCases.map { quoted($0.rawValue) }.joined(separator: " or "),
          quoted(word))
      }
      self.synchronous = synchronous
    }
    if let tax = try reader.object("tax") { try read(tax: tax) }
    if let shipping = try reader.object("shipping") { try read(shipping: shipping) }
    if let lists = try reader.object("lists") { try read(lists: lists) }
    if let rules = try reader.object("rules") {
      try rules.allow("lost")
      if let share = try rules.text("lost") { ordersLost = try rules.percent("lost", share) }
    }
    if let store = try reader.object("store") { connection = try Connection(store) }
    if let coupons = try reader.object("coupons") {
      for member in coupons.members {
        self.coupons.append(try Coupon(member, self, name))
      }
      self.coupons.sort { $0.code.utf8.lexicographicallyPrecedes($1.code.utf8) }
    }
  }

  private mutating func read(lists: SettingsReader) throws(EngineError) {
    try lists.allow("own", "share")
    if let share = try lists.text("share") {
      self.lists.share = try lists.percent("share", share)
    }
    guard let own = lists.json["own"] else { return }
    guard case .array(let items) = own else {
      throw lists.failure("own", "a list of addresses and e-mails", own.kind)
    }
    for item in items {
      guard let text = item.scalar,
        (try? AddressBlock(text)) != nil || (try? EmailPattern(text)) != nil
      else {
        throw lists.failure(
          "own", "addresses and e-mails", item.scalar.map { quoted($0) } ?? item.kind)
      }
      self.lists.own.append(text)
    }
  }

  /// The canonical text, which the event log records when it changes.
  public var json: String {
    var writer = JSONWriter()
    func amount(_ minor: Int64) -> String { Money(minor: minor, currency).description }
    writer.object { writer in
      writer.string("name", name)
      writer.string("currency", currency.code)
      writeCurrencies(&writer)
      writer.string("timezone", timezone)
      writer.object("tax") { write(tax: &$0) }
      writer.object("shipping") { write(shipping: &$0) }
      writer.object("coupons") { writer in
        for coupon in coupons {
          writer.object(coupon.code) {
            switch coupon.kind {
            case .percent(let percent): $0.string("percent", percent.description)
            case .fixed(let minor): $0.string("fixed", amount(minor))
            case .freeShipping: $0.bool("free_shipping", true)
            }
            if let minimum = coupon.minimum { $0.string("minimum", amount(minimum)) }
            if !coupon.skus.isEmpty {
              $0.array("skus") { for sku in coupon.skus { $0.string(nil, sku) } }
            }
            if let starts = coupon.starts { $0.string("starts", starts.text) }
            if let expires = coupon.expires { $0.string("expires", expires.text) }
            if let uses = coupon.uses { $0.number("uses", uses) }
            if let uses = coupon.perCustomer { $0.number("per_customer", uses) }
          }
        }
      }
      writer.string("abandoned_after", "\(abandonedAfter.milliseconds / 1000)s")
      writer.string("expires_after", "\(expiresAfter.milliseconds / 1000)s")
      writer.number("confirm_above", confirmAbove)
      // Only where it is not the usual: what older versions recorded stays the same text.
      if claimFor != StoreSettings().claimFor {
        writer.string("claim_for", "\(claimFor.milliseconds / 1000)s")
      }
      if lists != Lists() {
        writer.object("lists") { writer in
          writer.array("own") { for text in lists.own { $0.string(nil, text) } }
          writer.string("share", lists.share.description)
        }
      }
      if ordersLost != StoreSettings().ordersLost {
        writer.object("rules") { $0.string("lost", ordersLost.description) }
      }
      if synchronous != StoreSettings().synchronous {
        writer.string("synchronous", synchronous.rawValue)
      }
      if connection != Connection() { writer.object("store") { connection.write(&$0) } }
    }
    return writer.text
  }
}

extension Coupon {
  fileprivate init(_ member: JSONValue.Member, _ settings: StoreSettings, _ name: String)
    throws(EngineError)
  {
    let reader = try SettingsReader(member.value, "\(name): coupon \(quoted(member.key))")
    try reader.allow(
      "percent", "fixed", "free_shipping", "minimum", "skus", "starts", "expires", "uses",
      "per_customer")
    var kinds: [Kind] = []
    if let percent = try reader.text("percent") {
      let value = try reader.percent("percent", percent)
      guard value.millionths > 0, value.millionths <= 100_000_000 else {
        throw reader.failure("percent", "more than 0 and at most 100", quoted(percent))
      }
      kinds.append(.percent(value))
    }
    if let fixed = try reader.amount("fixed", settings) { kinds.append(.fixed(fixed)) }
    if try reader.bool("free_shipping") == true { kinds.append(.freeShipping) }
    guard let kind = kinds.first, kinds.count == 1, !member.key.isEmpty else {
      throw EngineError(
        .malformed,
        "\(reader.name): expected one of percent, fixed, free_shipping, got \(kinds.count)")
    }
    var skus: [String] = []
    if let list = reader.json["skus"] {
      guard case .array(let items) = list else {
        throw reader.failure("skus", "a list of SKUs", list.kind)
      }
      for item in items {
        guard let sku = item.scalar else { throw reader.failure("skus", "texts", item.kind) }
        skus.append(sku)
      }
    }
    self.init(
      code: member.key, kind: kind, minimum: try reader.amount("minimum", settings), skus: skus)
    starts = try reader.time("starts")
    expires = try reader.time("expires", isEnd: true)
    if let starts, let expires, expires.moment <= starts.moment {
      throw reader.failure("expires", "a time after starts", quoted(expires.text))
    }
    uses = try reader.count("uses")
    perCustomer = try reader.count("per_customer")
  }
}

/// One table of the settings, with its name for messages.
struct SettingsReader {
  let json: JSONValue
  let name: String
  let members: [JSONValue.Member]

  init(_ json: JSONValue, _ name: String) throws(EngineError) {
    self.json = json
    self.name = name
    switch json {
    case .object(let members): self.members = members
    case .array(let items) where items.isEmpty: members = []
    default: throw EngineError(.malformed, "\(name): expected a table, got \(json.kind)")
    }
  }

  func failure(_ key: String, _ expected: String, _ got: String) -> EngineError {
    EngineError(.malformed, "\(name): \(key): expected \(expected), got \(got)")
  }

  func allow(_ keys: String...) throws(EngineError) { try allow(keys, beside: nil) }

  /// - Parameter recorded: a key that only recorded settings have.
  func allow(_ keys: [String], beside recorded: String?) throws(EngineError) {
    for member in members where member.key != recorded && !keys.contains(member.key) {
      throw EngineError(
        .malformed,
        "\(name): no setting \(quoted(member.key))\(didYouMean(member.key, among: keys)) (it takes "
          + keys.joined(separator: ", ") + ")")
    }
  }

  func text(_ key: String) throws(EngineError) -> String? {
    guard let value = json[key], value != .null else { return nil }
    guard let text = value.scalar else { throw failure(key, "a text", value.kind) }
    return text
  }

  func bool(_ key: String) throws(EngineError) -> Bool? {
    guard let value = json[key] else { return nil }
    guard case .bool(let flag) = value else { throw failure(key, "true or false", value.kind) }
    return flag
  }

  func object(_ key: String) throws(EngineError) -> SettingsReader? {
    guard let value = json[key] else { return nil }
    return try SettingsReader(value, "\(name): \(key)")
  }

  func span(_ key: String) throws(EngineError) -> Span? {
    guard let text = try text(key) else { return nil }
    do throws(ModelError) { return try Span(text) } catch {
      throw EngineError(.malformed, in: "\(name): \(key)", error)
    }
  }

  func percent(_ key: String, _ text: String) throws(EngineError) -> Percent {
    do throws(ModelError) {
      let percent = try Percent(text)
      guard percent.millionths >= 0 else {
        throw ModelError(.outOfRange, "expected 0 or more, got \(quoted(text))")
      }
      guard percent.millionths <= 100_000_000 else {
        throw ModelError(.outOfRange, "expected at most 100, got \(quoted(text))")
      }
      return percent
    } catch { throw EngineError(.malformed, in: "\(name): \(key)", error) }
  }

  /// - Parameter isEnd: whether a day alone means its end.
  func time(_ key: String, isEnd: Bool = false) throws(EngineError) -> CouponTime? {
    guard let text = try text(key) else { return nil }
    do throws(ModelError) { return try CouponTime(text, isEnd: isEnd) } catch {
      throw EngineError(.malformed, in: "\(name): \(key)", error)
    }
  }

  /// A whole number from 1.
  func count(_ key: String) throws(EngineError) -> Int64? {
    guard let text = try text(key) else { return nil }
    guard let count = Int64(text), count > 0 else {
      throw failure(key, "a whole number from 1", quoted(text))
    }
    return count
  }
}
