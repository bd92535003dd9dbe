import CartEngine
import CartModel
import CartTesting

@testable import CartRules

/// What tests do with a rule book in the run of its handler, in short.
extension RuleBook {
  func scan() throws -> Scan { try scan(in: handler.run) }

  @discardableResult
  func set(_ name: String, _ mode: RuleSetting.Mode, judged: [(hits: Int, of: Int)] = []) throws
    -> RuleSetting
  {
    try set(name, mode, judged: judged, in: handler.run)
  }

  func set(_ name: String, parameters: [(name: String, value: String)]) throws -> RuleVersion {
    try set(name, parameters: parameters, in: handler.run)
  }

  func runPolicies(_ only: String? = nil, isTrial: Bool = false) throws -> [PolicyResult] {
    try runPolicies(only, isTrial: isTrial, in: handler.run)
  }

  func tryOut(policy name: String) throws -> PolicyResult {
    try tryOut(policy: name, in: handler.run)
  }

  func verdicts(on cart: Cart, fresh: Bool = false) throws(EngineError) -> [Verdict] {
    try verdicts(on: cart, fresh: fresh, in: handler.run)
  }

  func trial(of name: String, _ cart: Cart) throws -> RuleTrial {
    try trial(of: name, cart, in: handler.run)
  }

  func proposals(on cart: Cart) throws -> [(policy: PolicyResult, item: PolicyResult.Item)] {
    try proposals(on: cart, in: handler.run)
  }
}
