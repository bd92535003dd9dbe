import CartEngine
import CartModel
import CartScripting
import LuaKit

/// Why a rule is against a cart, and the smallest change of one fact with which it would not be.
extension RuleBook {
  public func explain(_ cart: Cart) throws(EngineError) -> [Explanation] {
    do {
      return try asked(cart).compactMap { verdict in
        let version = try rule(verdict.rule).version(verdict.version)
        guard let version else { return nil }
        let place = try version.file + (line(of: version).map { ":\($0)" } ?? "")
        let (facts, way) =
          verdict.outcome == .error ? ([], nil) : try trace(version, cart)
        return Explanation(verdict: verdict, place: place, facts: facts, way: way)
      }
    } catch { throw EngineError(error) }
  }

  /// What a rule read when it held or flagged a cart: its version is asked again of the cart as it
  /// stood, with what was known of others by then.
  ///
  /// - Parameter event: the cart's event of it.
  /// - Returns: nil where that version is not against it any more, as with settings that were changed.
  public func facts(of cause: Cause, _ event: Event) throws(EngineError) -> [Explanation.Fact]? {
    do {
      guard let number = Int64(cause.source), let version = try rule(cause.rule).version(number),
        let cart = try handler.cart(event.cart, before: event)
      else { return nil }
      return try handler.looking(at: cart, for: event) {
        let (reason, facts) = try RuleInstance(version, handler) { _ in }.trace(cart, changed: [:])
        return reason == nil ? nil : facts.map { fact($0) }
      }
    } catch { throw EngineError(error) }
  }

  private func fact(_ fact: ScriptFact) -> Explanation.Fact {
    .init(name: fact.name, value: Literals.text(fact.value, handler), carts: fact.carts)
  }

  private func trace(_ version: RuleVersion, _ cart: Cart) throws -> (
    [Explanation.Fact], Explanation.Fact?
  ) {
    let instance = try RuleInstance(version, handler) { _ in }
    let (_, facts) = try instance.trace(cart, changed: [:])
    let literals = Literals(
      try source(version), instance.rule.parameters.map(\.value),
      version.parameters.map(\.value), facts)
    var best: (cost: Double, fact: Explanation.Fact)?
    for fact in facts {
      for candidate in literals.candidates(for: fact) {
        if let best, best.cost <= candidate.cost { continue }
        // Each is tried in a fresh instance: nothing of the try before may help.
        try instance.renew()
        guard let tried = try? instance.trace(cart, changed: [fact.name: candidate.value]),
          tried.reason == nil
        else { continue }
        best = (
          candidate.cost, .init(name: fact.name, value: Literals.text(candidate.value, handler))
        )
      }
    }
    return (facts.map { fact($0) }, best?.fact)
  }
}

/// Values that a fact may be tried with: what the rule's text, its parameters and the other facts
/// name, and numbers near and far.
private struct Literals {
  private var numbers: Set<Double> = [0, 1]
  private var texts: Set<String> = ["", "x"]

  init(_ source: String, _ parameters: [LuaValue], _ set: [String], _ facts: [ScriptFact]) {
    for match in source.matches(of: /\d+(?:\.\d+)?/) {
      if let number = Double(String(match.output)) { numbers.insert(number) }
    }
    for match in source.matches(of: /"([^"\n]*)"|'([^'\n]*)'/) {
      texts.insert(String(match.output.1 ?? match.output.2 ?? ""))
    }
    for text in set {
      texts.insert(text)
      if let number = Double(text) { numbers.insert(number) }
    }
    for value in parameters + facts.map(\.value) {
      switch value {
      case .integer(let number): numbers.insert(Double(number))
      case .number(let number): numbers.insert(number)
      case .string(let text): texts.insert(text)
      case .object(let object): numbers.insert(Double(object.word) / 100)
      default: break
      }
    }
  }

  /// The cheapest first; the cost is how far it is from what was.
  func candidates(for fact: ScriptFact) -> [(value: LuaValue, cost: Double)] {
    switch fact.value {
    case .boolean(let flag): return [(.boolean(!flag), 1)]
    case .string(let text):
      return texts.filter { $0 != text }.sorted().map { (.string($0), 1) }
    case .integer(let number):
      return nearest(near(Double(number), step: 1), Double(number)) { .integer(Int64($0)) }
    case .number(let number):
      return nearest(near(number, step: 1), number) { .number($0) }
    case .object(let money):
      // Amounts count in minor units; a rule's text names whole ones.
      let scale = pow10(Currency(number: Int(money.slot))?.decimals ?? 2)
      let own = Double(money.word)
      let values = Set(near(own / scale, step: 1 / scale).map { ($0 * scale).rounded() })
      return nearest(values.filter { $0 >= 0 && $0 < 1e15 && $0 != own }, own) {
        .object(LuaObject(classID: money.classID, slot: money.slot, word: Int64($0)))
      }
    default: return []
    }
  }

  /// Numbers by their distance; of two that are as near the smaller first, so that the answer is
  /// always the same.
  private func nearest(_ values: Set<Double>, _ own: Double, _ value: (Double) -> LuaValue) -> [(
    value: LuaValue, cost: Double
  )] {
    values.sorted { (Self.cost($0, own), $0) < (Self.cost($1, own), $1) }
      .map { (value($0), Self.cost($0, own)) }
  }

  /// How much of itself a number would have to change.
  private static func cost(_ value: Double, _ own: Double) -> Double {
    abs(value - own) / max(abs(own), 1)
  }

  private func pow10(_ count: Int) -> Double { (0..<count).reduce(1) { value, _ in value * 10 } }

  /// Around each number that is named, and ever farther from what was.
  private func near(_ own: Double, step: Double) -> Set<Double> {
    var values: Set<Double> = []
    for number in numbers { values.formUnion([number - step, number, number + step]) }
    var distance = step
    while distance < 1e9 {
      values.formUnion([own - distance, own + distance])
      distance *= 2
    }
    return values.filter { $0 >= 0 && $0 != own && abs($0) < 9e15 }
  }

  static func text(_ value: LuaValue, _ handler: CommandHandler) -> String {
    switch value {
    case .string(let text): "\"\(text)\""
    case .integer(let number): String(number)
    case .number(let number): LuaValue.text(number)
    case .boolean(let flag): flag ? "true" : "false"
    case .object(let object):
      Currency(number: Int(object.slot)).map { Money(minor: object.word, $0).description } ?? ""
    default: value.kind
    }
  }
}
