import CartEngine
import CartModel
import CartScripting
import CartStorage
import CartSupport
import LuaKit

/// A test made from a real cart, without personal data.
public struct CutFixture: Sendable {
  /// Lua: tests of what rules say of the fixture.
  public var text: String
  /// What a person should know before using it.
  public var notes: [String] = []
}

/// What the version that judges says, and what it asked.
struct FixtureAnswer {
  var isHit: Bool
  var facts: [ScriptFact]
  var readsClock = false

  /// The facts that are not the same in another answer, for a message.
  func differences(_ other: FixtureAnswer) -> String {
    let names = facts.filter { fact in
      other.facts.first { $0.name == fact.name }.map { $0.value != fact.value } ?? true
    }.map(\.name).prefix(5)
    return names.isEmpty ? "what a fixture does not have" : names.joined(separator: ", ")
  }
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

/// Cuts a fixture from a cart and from those that share something with it.
struct FixtureCutter: CatalogueWork {
  let catalogue: RuleCatalogue

  init(_ catalogue: RuleCatalogue) { self.catalogue = catalogue }

  /// Cuts a fixture from a cart and from those that share something with it.
  ///
  /// Addresses, e-mails, names and the like are replaced, the same by the same; a mail's domain
  /// and a browser stay where at least three persons of the shop have them. Goods, prices,
  /// countries, groups and times stay. A cart that a rule has held or flagged is cut as it stood then.
  /// - Parameter only: a rule; nil for all that judge.
  /// - Throws: `refused` where the named rule says something else of the fixture than of the cart.
  func cut(_ cart: Cart, for only: String?, _ judging: [RuleState]) throws -> CutFixture {
    let people = try Disguise(handler)
    let text = FixtureText(handler)
    let subject = try subject(cart, only)
    let names = only.map { [$0] } ?? judging.map(\.name)
    let real = try names.map { try answer($0, subject) }
    let clock = real.contains { $0.readsClock } ? subject.now : nil
    let own = try text.members(subject.cart, people, subject.now) + text.surroundings(clock)
    func agrees(_ others: [String]) throws -> Bool {
      let body = FixtureText.body(own, others)
      return try zip(names, real).allSatisfy { name, real in
        try answer(name, fixture: body, subject.now).isHit == real.isHit
      }
    }
    // Only as much of what was before as makes a difference.
    var others: [String] = []
    if try !agrees([]) {
      others = try before(subject).map {
        try text.members($0, people, subject.now).joined(separator: " ")
      }
      if try agrees(others) {
        for place in others.indices.reversed() {
          var fewer = others
          fewer.remove(at: place)
          if try agrees(fewer) { others = fewer }
        }
      }
    }
    let body = FixtureText.body(own, others)
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

  // MARK: Asking

  private func answer(_ name: String, _ subject: FixtureSubject) throws -> FixtureAnswer {
    let file = try LoadedFile(try rule(name).current, handler) { _ in }
    guard let event = subject.event else { return try answer(name, file, subject.cart.key) }
    return try handler.reader.looking(at: subject.cart, for: event) {
      try answer(name, file, subject.cart.key)
    }
  }

  private func answer(_ name: String, fixture body: String, _ now: Timestamp) throws
    -> FixtureAnswer
  {
    let scratch = try FixtureShop(now: now).handler
    let session = try ScriptSession(scratch, profile: .rule, seed: 0) { _ in }
    session.limit(.rule)
    session.isFenced = true
    guard let json = try session.fixture("return {\n\(body)\n}") else {
      return FixtureAnswer(isHit: false, facts: [])
    }
    let (shop, key) = try FixtureShop.make(json, now: now)
    // The texts of versions lie in this shop's database; the carts in the other's.
    let file = try LoadedFile(try rule(name).current, handler, asking: shop.handler) { _ in }
    return try answer(name, file, key)
  }

  /// A share does not count: made-up persons are others.
  private func answer(_ name: String, _ file: LoadedFile, _ key: Int64) throws -> FixtureAnswer {
    let session = file.session
    session.clockRead = nil
    var answer = FixtureAnswer(isHit: false, facts: [])
    if let policy = session.policies.first(where: { $0.name == name }) {
      let (proposal, facts) = try session.trace(policy, key, file.parameters)
      answer = FixtureAnswer(isHit: proposal != nil, facts: facts)
    } else if let rule = session.rules.first(where: { $0.name == name }) {
      let (reason, facts) = try session.trace(rule, key, file.parameters, changed: [:])
      answer = FixtureAnswer(isHit: reason != nil, facts: facts)
    }
    answer.readsClock = session.clockRead != nil
    return answer
  }
}
