import CartEngine
import CartModel
import CartScripting
import CartStorage
import CartSupport
import LuaKit

/// One version of a rule or policy, compiled and ready to be asked.
class VersionInstance<Definition> {
  let version: RuleVersion
  /// As the file states it.
  private(set) var definition: Definition
  private let file: LoadedFile
  private let find: (ScriptSession) -> Definition?
  private var isBroken = false

  /// - Parameters:
  ///   - other: whose carts it judges, where that is another shop's.
  ///   - view: where fields of the carts that it is asked about are answered from.
  ///   - allowance: bounds the time that loading may take; nil for a rule's own budget.
  ///   - find: gives the definition that a session's file made.
  /// - Throws: `ScriptError` for a file that does not compile, `EngineError` for one that does not define
  ///   it.
  init(
    _ version: RuleVersion, _ handler: CommandHandler, asking other: CommandHandler? = nil,
    view: CartView?, allowance: ShadowAllowance? = nil, log: @escaping (String) -> Void,
    find: @escaping (ScriptSession) -> Definition?
  ) throws {
    self.version = version
    self.find = find
    file = try LoadedFile(version, handler, asking: other, allowance: allowance, log: log)
    file.session.view = view
    guard let found = find(file.session) else { throw LoadedFile.undefined(version) }
    definition = found
  }

  /// Notes from now on what reads the clock.
  func watchClock() { (file.session.watchesClock, file.session.clockRead) = (true, nil) }

  /// What of the latest questions read the clock: `cart.idle`, `now`; nil for nothing.
  var clockRead: String? { file.session.clockRead }

  /// What the latest question cost.
  var instructions: UInt64 { file.session.instructions }

  /// A fresh set of globals.
  func renew() throws {
    // Until it is loaded again there is nothing to ask.
    isBroken = true
    try file.renew()
    guard let found = find(file.session) else { throw LoadedFile.undefined(version) }
    definition = found
    isBroken = false
  }

  /// Asks it, with what was set in place of its own parameters.
  ///
  /// - Parameter allowance: bounds the time; nil for a rule's own budget.
  func ask<T>(
    _ allowance: ShadowAllowance? = nil,
    _ body: (ScriptSession, Definition, _ parameters: [String: String]) throws(ScriptError) -> T
  ) throws -> T {
    try file.within(allowance) {
      if isBroken { try renew() }
      do throws(ScriptError) { return try body(file.session, definition, file.parameters) } catch {
        // What was cut off has lost its VM.
        isBroken = error.code == .limit || error.code == .memory
        throw error
      }
    }
  }
}

/// One version of a rule.
final class RuleInstance: VersionInstance<ScriptRule> {
  init(
    _ version: RuleVersion, _ handler: CommandHandler, asking other: CommandHandler? = nil,
    view: CartView? = nil, allowance: ShadowAllowance? = nil, log: @escaping (String) -> Void
  ) throws {
    try super.init(
      version, handler, asking: other, view: view, allowance: allowance, log: log
    ) { session in
      session.rules.first { $0.name == version.rule }
    }
  }

  var rule: ScriptRule { definition }

  /// - Returns: the reason of a hit; nil for none.
  /// - Throws: what the rule raises, and limits.
  func judge(_ cart: Cart, _ allowance: ShadowAllowance? = nil) throws -> String? {
    guard rule.isAbout(cart) else { return nil }
    return try ask(allowance) { session, rule, parameters throws(ScriptError) in
      try session.judge(rule, cart.key, parameters).map { $0.isEmpty ? rule.reason : $0 }
    }
  }

  /// Asks the rule with some answers changed, and gives what it asked.
  func trace(_ cart: Cart, changed: [String: LuaValue]) throws -> (
    reason: String?, facts: [ScriptFact]
  ) {
    try ask { session, rule, parameters throws(ScriptError) in
      try session.trace(rule, cart.key, parameters, changed: changed)
    }
  }
}

/// One version of a policy.
final class PolicyInstance: VersionInstance<ScriptPolicy> {
  init(_ version: RuleVersion, _ handler: CommandHandler, log: @escaping (String) -> Void) throws {
    try super.init(version, handler, view: nil, log: log) { session in
      session.policies.first { $0.name == version.rule }
    }
  }

  var policy: ScriptPolicy { definition }

  /// - Returns: why and how the cart is to be ordered; nil where it is not.
  /// - Throws: what the policy raises, and limits.
  func decide(_ cart: Cart) throws -> (reason: String, terms: OrderTerms)? {
    try ask { session, policy, parameters throws(ScriptError) in
      try session.decide(policy, cart.key, parameters)
    }
  }
}

extension ScriptRule {
  /// Whether the cart's shopper is among the share that the rule is about: always the same shoppers.
  func isAbout(_ cart: Cart) -> Bool {
    guard share.millionths < 100_000_000 else { return true }
    let keys = [ShopperField.email, .customer, .session, .ip].map { cart.shopper[$0] }
    let person = keys.first { !$0.isEmpty } ?? cart.id
    let hash = Digest.key(of: "\(name):\(person)").high
    return Int64(hash % 100_000_000) < share.millionths
  }
}
