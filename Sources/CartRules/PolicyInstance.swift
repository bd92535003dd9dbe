import CartEngine
import CartModel
import CartScripting

/// One version of a policy, compiled and ready to decide.
final class PolicyInstance {
  let version: RuleVersion
  private let file: LoadedFile
  private(set) var policy: ScriptPolicy
  private var isBroken = false

  /// - Throws: `ScriptError` for a file that does not compile or define the policy, `EngineError`.
  init(_ version: RuleVersion, _ handler: CommandHandler, log: @escaping (String) -> Void) throws {
    self.version = version
    file = try LoadedFile(version, handler, log: log)
    policy = try Self.find(file, version)
  }

  private static func find(_ file: LoadedFile, _ version: RuleVersion) throws -> ScriptPolicy {
    guard let policy = file.session.policies.first(where: { $0.name == version.rule }) else {
      throw LoadedFile.undefined(version)
    }
    return policy
  }

  /// What the latest question cost.
  var instructions: UInt64 { file.session.instructions }

  /// A fresh set of globals.
  func renew() throws {
    isBroken = true
    try file.renew()
    policy = try Self.find(file, version)
    isBroken = false
  }

  /// - Returns: why and how the cart is to be ordered; nil where it is not.
  /// - Throws: what the policy raises, and limits.
  func decide(_ cart: Cart) throws -> (reason: String, terms: OrderTerms)? {
    if isBroken { try renew() }
    do { return try file.session.decide(policy, cart.key, file.parameters) } catch {
      isBroken = error.code == .limit || error.code == .memory
      throw error
    }
  }
}
