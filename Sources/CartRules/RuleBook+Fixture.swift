import CartEngine
import CartModel
import CartScripting
import LuaKit
import CartStore

/// A test cut from a real cart, with nobody in it that could be named.
public struct CutFixture: Sendable {
  /// Lua: tests of what rules say of the fixture.
  public var text: String
  /// Rules that say something else of the fixture than of the cart, and what.
  public var differences: [String]
}

extension RuleBook {
  /// Cuts a fixture from a cart and from those that share something with it.
  ///
  /// Addresses, e-mails, names and the like are replaced, the same by the same; a mail's domain
  /// and a browser stay where at least three persons of the shop have them. Goods, prices,
  /// countries, groups and times stay.
  /// - Parameter only: a rule; nil for all that judge.
  public func fixture(of cart: Cart, for only: String?) throws -> CutFixture {
    let people = try Disguise(handler)
    let own = try members(cart, people)
    let names = try only.map { [$0] } ?? judging().map(\.name)
    let real = try names.map { try reason($0, cart) != nil }
    func agrees(_ others: [String]) throws -> Bool {
      let body = Self.body(own, others)
      return try zip(names, real).allSatisfy { try (reason($0, fixture: body) != nil) == $1 }
    }
    // Only as much of what was before as makes a difference.
    var others: [String] = []
    if try !agrees([]) {
      others = try before(cart).map { try members($0, people).joined(separator: " ") }
      if try agrees(others) {
        for place in others.indices.reversed() {
          var fewer = others
          fewer.remove(at: place)
          if try agrees(fewer) { others = fewer }
        }
      }
    }
    let body = Self.body(own, others)
    var (text, differences) = ("local cart = fixture {\n\(body)\n}\n", [String]())
    for (name, real) in zip(names, real) {
      let cut = try reason(name, fixture: body) != nil
      if real != cut {
        differences.append(
          "rule \(name): says \(real ? "yes" : "no") of cart \(cart.id) and \(cut ? "yes" : "no") of the "
            + "fixture: it asks for what a fixture does not have")
      }
      guard only != nil || cut else { continue }
      text += """

        test("\(name): a cart that it \(cut ? "is against" : "lets pass")", function()
          expect(judge("\(name)", cart).hit, \(cut))
        end)

        """
    }
    return CutFixture(text: text, differences: differences)
  }

  private static func body(_ own: [String], _ others: [String]) -> String {
    let before = others.isEmpty ? [] : ["before = {"] + others.map { "  { \($0) }," } + ["},"]
    return (own + before).map { "  " + $0 }.joined(separator: "\n")
  }

  /// Carts that share a key with it and were there before, the latest twenty.
  private func before(_ cart: Cart) throws -> [Cart] {
    var keys: Set<Int64> = []
    for kind in SharedKey.Kind.allCases where ![.country, .browser, .domain, .net].contains(kind) {
      keys.formUnion(try handler.carts(sharing: kind, with: cart))
    }
    keys.remove(cart.key)
    var carts: [Cart] = []
    for key in keys.sorted() {
      if let other = try handler.cart(key), other.created <= cart.updated { carts.append(other) }
    }
    return carts.sorted { ($0.created, $0.key) < ($1.created, $1.key) }.suffix(20)
  }

  private func members(_ cart: Cart, _ people: Disguise) throws -> [String] {
    var parts: [String] = []
    func add(_ key: String, _ text: String) {
      if !text.isEmpty { parts.append("\(key) = \(luaLiteral(text)),") }
    }
    let shopper = cart.shopper
    add("ip", people.address(shopper[.ip]))
    add("email", try people.mail(shopper[.email]))
    add("country", shopper[.country])
    add("session", people.word("session", shopper[.session]))
    add("browser", try people.browser(shopper[.browser]))
    if shopper.customer != 0 { parts.append("customer = \(people.customer(shopper[.customer])),") }
    add("name", people.word("name", shopper[.name]))
    add("company", people.word("company", shopper[.company]))
    add("phone", people.word("phone", shopper[.phone]))
    add("group", shopper[.group])
    if cart.currency != handler.shop.settings.currency { add("currency", cart.currency.code) }
    if !cart.lines.isEmpty {
      let lines = cart.lines.map { line in
        "{ sku = \(luaLiteral(line.sku)), quantity = \(line.quantity), price = "
          + "\"\(line.price.text(cart.currency))\" }"
      }
      parts.append("lines = { \(lines.joined(separator: ", ")) },")
    }
    let declined = try handler.history(of: cart.key).compactMap { entry in
      if case .paymentAttempted("declined", let card) = entry.event.body { card } else { nil }
    }
    if !declined.isEmpty { parts.append("declined = \(declined.count),") }
    if let card = declined.last, !card.isEmpty, Set(declined).count == 1 {
      add("card", people.word("card", card))
    }
    if cart.state == .ordered { parts.append("ordered = true,") }
    let seconds = max(0, handler.now.milliseconds - cart.updated.milliseconds) / 1000
    if seconds > 0 { parts.append("ago = \"\(seconds)s\",") }
    return parts
  }

  /// The reason of the version that judges now; nil for no.
  private func reason(_ name: String, _ cart: Cart) throws -> String? {
    let state = try rule(name)
    return state.current.kind == .policy
      ? try PolicyInstance(state.current, handler) { _ in }.decide(cart)?.reason
      : try RuleInstance(state.current, handler) { _ in }.judge(cart)
  }

  private func reason(_ name: String, fixture body: String) throws -> String? {
    let session = try ScriptSession(handler, profile: .rule, seed: 0) { _ in }
    session.limit(.rule)
    session.isFenced = true
    guard let json = try session.fixture("return {\n\(body)\n}") else { return nil }
    let shop = try FixtureShop(handler.shop.settings, now: handler.now)
    let key = try shop.make(json)
    let state = try rule(name)
    guard let cart = try shop.handler.cart(key) else { return nil }
    // The texts of versions lie in this shop's database; the carts in the other's.
    let file = try LoadedFile(state.current, handler, asking: shop.handler) { _ in }
    if state.current.kind == .policy {
      guard let policy = file.session.policies.first(where: { $0.name == name }) else { return nil }
      return try file.session.decide(policy, cart.key, file.parameters)?.reason
    }
    guard let rule = file.session.rules.first(where: { $0.name == name }) else { return nil }
    return try file.session.judge(rule, cart.key, file.parameters)
  }
}

/// Puts made-up persons in the place of real ones, the same for the same.
private final class Disguise {
  private var known: [String: String] = [:]
  private var counts: [String: Int] = [:]
  private var domains: [String: Set<String>] = [:]
  private var browsers: [String: Set<String>] = [:]

  /// Blocks for documentation (RFC 5737).
  private static let blocks = ["203.0.113", "198.51.100", "192.0.2"]

  init(_ handler: CommandHandler) throws {
    try handler.shop.store.forEachCart { cart in
      if let mail = EmailAddress(cart.shopper[.email]) {
        if (domains[mail.domain]?.count ?? 0) < 3 {
          domains[mail.domain, default: []].insert(mail.description)
        }
      }
      let person = EmailAddress(cart.shopper[.email])?.description ?? cart.shopper[.session]
      if (browsers[cart.shopper[.browser]]?.count ?? 0) < 3 {
        browsers[cart.shopper[.browser], default: []].insert(person)
      }
    }
  }

  private func number(_ kind: String, _ text: String) -> Int {
    if let text = known[kind + "\u{1f}" + text], let number = Int(text) { return number }
    counts[kind, default: 0] += 1
    let number = counts[kind] ?? 1
    known[kind + "\u{1f}" + text] = String(number)
    return number
  }

  func word(_ kind: String, _ text: String) -> String {
    text.isEmpty ? "" : "\(kind) \(number(kind, text))"
  }

  func customer(_ text: String) -> Int { number("customer", text) }

  /// Addresses of one net stay in one net.
  func address(_ text: String) -> String {
    guard !text.isEmpty, let block = try? AddressBlock(text) else {
      return text.isEmpty ? "" : "address \(number("address", text))"
    }
    let net = block.around(block.isV6 ? 64 : 24).description
    let (place, host) = (number("net", net), number("host" + net, block.description))
    return block.isV6
      ? "2001:db8:\(place)::\(host)"
      : "\(Self.blocks[(place - 1) % Self.blocks.count]).\(min(host, 254))"
  }

  func mail(_ text: String) throws -> String {
    guard !text.isEmpty else { return "" }
    guard let mail = EmailAddress(text) else { return "no mail \(number("mail", text))" }
    let isShared = (domains[mail.domain]?.count ?? 0) >= 3
    let domain = isShared ? mail.domain : "domain\(number("domain", mail.domain)).example"
    return "shopper\(number("mail", mail.description))@\(domain)"
  }

  func browser(_ text: String) throws -> String {
    text.isEmpty || (browsers[text]?.count ?? 0) >= 3 ? text : "browser \(number("browser", text))"
  }
}
