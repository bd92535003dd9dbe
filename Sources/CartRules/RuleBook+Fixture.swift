import CartEngine
import CartModel
import CartScripting
import CartSupport
import LuaKit
import CartStore

/// A test made from a real cart, without personal data.
public struct CutFixture: Sendable {
  /// Lua: tests of what rules say of the fixture.
  public var text: String
  /// What a person should know before using it.
  public var notes: [String] = []
}

/// A cart as a fixture is cut from it.
private struct FixtureSubject {
  var cart: Cart
  /// The event by which a rule held or flagged it; nil where it is looked at as it is now.
  var event: Event?
  var cause: Cause?
  /// The clock when it is judged.
  var now: Timestamp
}

extension RuleBook {
  /// Cuts a fixture from a cart and from those that share something with it.
  ///
  /// Addresses, e-mails, names and the like are replaced, the same by the same; a mail's domain
  /// and a browser stay where at least three persons of the shop have them. Goods, prices,
  /// countries, groups and times stay. A cart that a rule has held or flagged is cut as it stood then.
  /// - Parameter only: a rule; nil for all that judge.
  /// - Throws: `refused` where the named rule says something else of the fixture than of the cart.
  public func fixture(of cart: Cart, for only: String?) throws -> CutFixture {
    let people = try Disguise(handler)
    let subject = try subject(cart, only)
    let names = try only.map { [$0] } ?? judging().map(\.name)
    let real = try names.map { try answer($0, subject) }
    let clock = real.contains { $0.readsClock } ? subject.now : nil
    let own = try members(subject.cart, people, subject.now) + surroundings(clock)
    func agrees(_ others: [String]) throws -> Bool {
      let body = Self.body(own, others)
      return try zip(names, real).allSatisfy { name, real in
        try answer(name, fixture: body, subject.now).isHit == real.isHit
      }
    }
    // Only as much of what was before as makes a difference.
    var others: [String] = []
    if try !agrees([]) {
      others = try before(subject).map {
        try members($0, people, subject.now).joined(separator: " ")
      }
      if try agrees(others) {
        for place in others.indices.reversed() {
          var fewer = others
          fewer.remove(at: place)
          if try agrees(fewer) { others = fewer }
        }
      }
    }
    let body = Self.body(own, others)
    var cut = CutFixture(text: "local cart = fixture {\n\(body)\n}\n")
    for (name, real) in zip(names, real) {
      let made = try answer(name, fixture: body, subject.now)
      guard real.isHit == made.isHit else {
        let matches =
          real.isHit ? "matches \(cart.id), but not" : "does not match \(cart.id), but"
        let words =
          "\(matches.replacing(cart.id, with: "cart " + cart.id)) the fixture that was cut from it: "
          + "they differ in \(real.differences(made))"
        guard only == nil else {
          throw EngineError(.refused, "rules fixture: rule \(name) \(words). No test was written")
        }
        cut.notes.append("rule \(name): \(words). No test of it was written")
        cut.text +=
          "\n-- rule \(name): \(matches.replacing(cart.id, with: "the cart")) this fixture; no test.\n"
        continue
      }
      guard only != nil || made.isHit else { continue }
      cut.text += try test(of: name, subject, made.isHit, &cut.notes)
    }
    return cut
  }

  /// The cart as it stood when a rule last held or flagged it; as it is now where none did.
  private func subject(_ cart: Cart, _ only: String?) throws -> FixtureSubject {
    let known = Set(try only.map { [$0] } ?? rules().map(\.name))
    for entry in try handler.reader.history(of: cart.key).reversed() where !entry.isUndone {
      guard let cause = entry.event.body.cause, known.contains(cause.rule),
        let before = try handler.reader.cart(cart.key, before: entry.event)
      else { continue }
      return FixtureSubject(
        cart: before, event: entry.event, cause: cause, now: entry.event.at)
    }
    return FixtureSubject(cart: cart, event: nil, cause: nil, now: handler.now)
  }

  private func test(
    of name: String, _ subject: FixtureSubject, _ isHit: Bool, _ notes: inout [String]
  )
    throws -> String
  {
    var text = "\n"
    let version = try rule(name).current.number
    if let cause = subject.cause, cause.rule == name, !isHit {
      let words = "version \(cause.source) matched the cart, version \(version) does not"
      text += "-- rule \(name): \(words).\n"
      notes.append("rule \(name): \(words): its test expects no hit")
    } else if isHit {
      notes.append(
        "rule \(name) matches the cart: its test expects a hit. If the cart is a good one, change the "
          + "rule")
    }
    return text + """
      test("\(name): a cart that it \(isHit ? "matches" : "does not match")", function()
        expect(judge("\(name)", cart).hit, \(isHit))
      end)

      """
  }

  /// What the test's shop decides, where that is not the usual, and the clock where a rule reads it.
  private func surroundings(_ clock: Timestamp?) throws -> [String] {
    var parts: [String] = []
    if let clock { parts.append("now = \(luaLiteral(clock.description)),") }
    let kept = [
      "currency", "timezone", "tax", "shipping", "coupons", "abandoned_after", "expires_after",
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

  private static func body(_ own: [String], _ others: [String]) -> String {
    let before = others.isEmpty ? [] : ["before = {"] + others.map { "  { \($0) }," } + ["},"]
    return (own + before).map { "  " + $0 }.joined(separator: "\n")
  }

  /// Carts that share a key with it and were there before, the latest twenty.
  private func before(_ subject: FixtureSubject) throws -> [Cart] {
    let cart = subject.cart
    var keys: Set<Int64> = []
    for kind in SharedKey.Kind.allCases where ![.country, .browser, .domain, .net].contains(kind) {
      keys.formUnion(try handler.shared.carts(sharing: kind, with: cart))
    }
    keys.remove(cart.key)
    var carts: [Cart] = []
    for key in keys.sorted() {
      if let other = try handler.reader.cart(key, at: subject.now), other.created <= cart.updated {
        carts.append(other)
      }
    }
    return carts.sorted { ($0.created, $0.key) < ($1.created, $1.key) }.suffix(20)
  }

  private func members(_ cart: Cart, _ people: Disguise, _ now: Timestamp) throws -> [String] {
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

  // MARK: Asking

  /// What the version that judges says, and what it asked.
  private struct Answer {
    var isHit: Bool
    var facts: [ScriptFact]
    var readsClock = false

    /// The facts that are not the same in another answer, for a message.
    func differences(_ other: Answer) -> String {
      let names = facts.filter { fact in
        other.facts.first { $0.name == fact.name }.map { $0.value != fact.value } ?? true
      }.map(\.name).prefix(5)
      return names.isEmpty ? "what a fixture does not have" : names.joined(separator: ", ")
    }
  }

  private func answer(_ name: String, _ subject: FixtureSubject) throws -> Answer {
    let file = try LoadedFile(try rule(name).current, handler) { _ in }
    guard let event = subject.event else { return try answer(name, file, subject.cart.key) }
    return try handler.reader.looking(at: subject.cart, for: event) {
      try answer(name, file, subject.cart.key)
    }
  }

  private func answer(_ name: String, fixture body: String, _ now: Timestamp) throws -> Answer {
    let scratch = try FixtureShop(now: now).handler
    let session = try ScriptSession(scratch, profile: .rule, seed: 0) { _ in }
    session.limit(.rule)
    session.isFenced = true
    guard let json = try session.fixture("return {\n\(body)\n}") else {
      return Answer(isHit: false, facts: [])
    }
    let (shop, key) = try FixtureShop.make(json, now: now)
    // The texts of versions lie in this shop's database; the carts in the other's.
    let file = try LoadedFile(try rule(name).current, handler, asking: shop.handler) { _ in }
    return try answer(name, file, key)
  }

  /// A share does not count: made-up persons are others.
  private func answer(_ name: String, _ file: LoadedFile, _ key: Int64) throws -> Answer {
    let session = file.session
    session.clockRead = nil
    var answer = Answer(isHit: false, facts: [])
    if let policy = session.policies.first(where: { $0.name == name }) {
      let (proposal, facts) = try session.trace(policy, key, file.parameters)
      answer = Answer(isHit: proposal != nil, facts: facts)
    } else if let rule = session.rules.first(where: { $0.name == name }) {
      let (reason, facts) = try session.trace(rule, key, file.parameters, changed: [:])
      answer = Answer(isHit: reason != nil, facts: facts)
    }
    answer.readsClock = session.clockRead != nil
    return answer
  }
}
