import CartEngine
import CartModel
import CartScripting
import CartStorage
import CartSupport
import LuaKit

/// What the newest version of a rule or policy says of a cart, without anything that follows from it.
public struct RuleTrial: Sendable {
  /// Nil where it does not match.
  public var outcome: Decision.Outcome?
  public var reason = ""
  /// What a rule read, in its order.
  public var facts: [Explanation.Fact] = []
  /// The change of one fact with which a rule would not match.
  public var way: Explanation.Fact?
  /// Why it was not asked.
  public var note: String?
}

/// Why a rule matches a cart, and the smallest change of one fact with which it would not.
struct RuleExplainer: CatalogueWork {
  let catalogue: RuleCatalogue

  init(_ catalogue: RuleCatalogue) { self.catalogue = catalogue }

  /// - Parameter verdicts: what rules say of the cart, without anything that follows from it.
  func explain(_ cart: Cart, _ verdicts: [Verdict]) throws(EngineError) -> [Explanation] {
    do {
      return try verdicts.compactMap { verdict in
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
  func facts(of cause: Cause, _ event: Event) throws(EngineError) -> [Explanation.Fact]? {
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

  private func fact(_ fact: ScriptFact) -> Explanation.Fact {
    .init(
      name: fact.name, value: FactText.text(fact.value), carts: fact.carts,
      cartCount: fact.cartCount)
  }

  private func trace(_ version: RuleVersion, _ cart: Cart) throws -> (
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

  // MARK: Trials

  /// What the newest version of a rule or policy says of a cart.
  ///
  /// - Throws: `notFound`; `interrupted`, and what the file of the rule raises.
  func trial(
    of name: String, _ cart: Cart, _ policies: PolicyRuns, in run: Run
  ) throws -> RuleTrial {
    let state = try rule(name)
    var trial = RuleTrial()
    guard cart.state == .open || cart.state == .held else {
      trial.note = "the cart is \(cart.state), and only open carts are judged"
      return trial
    }
    guard state.newest.kind == .rule else {
      guard let (_, item) = try policies.proposal(of: state, state.newest, on: cart, in: run) else {
        return trial
      }
      (trial.outcome, trial.reason) = (item.outcome, item.reason)
      return trial
    }
    do {
      let instance = try RuleInstance(state.newest, handler) { [catalogue] in catalogue.say($0) }
      guard instance.rule.isAbout(cart) else {
        trial.note = "the shopper is not in the share that it is about"
        return trial
      }
      let (reason, facts) = try instance.trace(cart, changed: [:])
      trial.facts = facts.map { fact($0) }
      guard let reason else { return trial }
      trial.outcome = instance.rule.action == .hold ? .hold : .flag
      trial.reason = reason.isEmpty ? instance.rule.reason : reason
      trial.way = try trace(state.newest, cart).1
    } catch let error as ScriptError where error.code != .interrupted {
      (trial.outcome, trial.reason) = (.error, error.message)
    }
    return trial
  }
}
