import CartEngine
import CartModel
import CartScripting
import LuaKit

/// Why a rule matches a cart, and the smallest change of one fact with which it would not.
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
  /// - Returns: nil where that version no longer matches it, as with settings that were changed.
  public func facts(of cause: Cause, _ event: Event) throws(EngineError) -> [Explanation.Fact]? {
    do {
      guard let number = Int64(cause.source), let version = try rule(cause.rule).version(number),
        let cart = try handler.reader.cart(event.cart, before: event)
      else { return nil }
      return try handler.reader.looking(at: cart, for: event) {
        let (reason, facts) = try RuleInstance(version, handler) { _ in }.trace(cart, changed: [:])
        return reason == nil ? nil : facts.map { fact($0) }
      }
    } catch { throw EngineError(error) }
  }

  func fact(_ fact: ScriptFact) -> Explanation.Fact {
    .init(
      name: fact.name, value: FactText.text(fact.value), carts: fact.carts,
      cartCount: fact.cartCount)
  }

  func trace(_ version: RuleVersion, _ cart: Cart) throws -> (
    [Explanation.Fact], Explanation.Fact?
  ) {
    let instance = try RuleInstance(version, handler) { _ in }
    let (_, facts) = try instance.trace(cart, changed: [:])
    let hints = FactHints(
      try source(version), instance.rule.parameters.map(\.value),
      version.parameters.map(\.value), facts)
    let search = NearestChange(instance, cart, hints) { [handler] in
      handler.hooks.shouldStop?() == true
    }
    let found = try search.find(facts)
    return (
      facts.map { fact($0) },
      found.map { .init(name: $0.name, value: FactText.text($0.value)) }
    )
  }
}
