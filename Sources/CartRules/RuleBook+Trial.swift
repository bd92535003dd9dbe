import CartEngine
import CartModel
import CartScripting

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

extension RuleBook {
  /// - Throws: `notFound`; `interrupted`, and what the file of the rule raises.
  public func trial(of name: String, _ cart: Cart, in run: Run) throws -> RuleTrial {
    let state = try rule(name)
    var trial = RuleTrial()
    guard cart.state == .open || cart.state == .held else {
      trial.note = "the cart is \(cart.state), and only open carts are judged"
      return trial
    }
    guard state.newest.kind == .rule else {
      guard let (_, item) = try proposal(of: state, state.newest, on: cart, in: run) else {
        return trial
      }
      (trial.outcome, trial.reason) = (item.outcome, item.reason)
      return trial
    }
    do {
      let instance = try RuleInstance(state.newest, handler) { [weak self] in self?.say($0) }
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
