import CartEngine
import CartModel
import CartScripting
import CartStore
import LuaKit

/// The texts that a version was made of: as they were then, whatever they are now.
struct VersionSource {
  let text: String
  let parameters: [String: String]
  /// The text of another file of the version; nil where it has none of that path.
  let read: (String) throws -> String?

  /// - Throws: `notFound` for a text that is not in the database.
  init(_ version: RuleVersion, _ store: CartStore) throws {
    let digests = Dictionary(
      version.sources.map { ($0.path, $0.digest) }, uniquingKeysWith: { $1 })
    let what = "\(version.kind) \(quoted(version.rule))"
    let read: (String) throws -> String? = { path in
      guard let digest = digests[path] else { return nil }
      guard let text = try store.source(digest) else {
        throw EngineError(.notFound, "\(what): the text of \(path) is not in the database")
      }
      return text
    }
    guard let text = try read(version.file) else {
      throw EngineError(.notFound, "\(what): its file is not in the database")
    }
    (self.text, self.read) = (text, read)
    parameters = Dictionary(
      version.parameters.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }
}

/// The file that a version was made of, loaded.
final class LoadedFile {
  let session: ScriptSession
  private let source: VersionSource
  private let name: String
  var parameters: [String: String] { source.parameters }

  /// - Parameter other: whose carts it judges, where that is another shop's.
  /// - Throws: `ScriptError` for a file that does not compile, `EngineError`.
  init(
    _ version: RuleVersion, _ handler: CommandHandler, asking other: CommandHandler? = nil,
    log: @escaping (String) -> Void
  ) throws {
    source = try VersionSource(version, handler.shop.store)
    name = "@" + version.file
    session = try ScriptSession(
      other ?? handler, profile: .rule, seed: 0, capacity: version.kind == .policy ? .policy : nil,
      output: log)
    session.messages = log
    session.readSource = source.read
    session.limit(.rule)
    session.isFenced = true
    try load()
  }

  func load() throws { _ = try session.run(source.text, name: name) }

  /// A fresh set of globals: nothing that a script kept from one pass is seen by the next.
  func renew() throws {
    try session.renew()
    try load()
  }

  static func undefined(_ version: RuleVersion) -> EngineError {
    EngineError(
      .notFound, "\(version.file): no longer defines \(version.kind) \(quoted(version.rule))")
  }
}

/// One version of a rule, compiled and ready to judge.
final class RuleInstance {
  let version: RuleVersion
  fileprivate let file: LoadedFile
  private(set) var rule: ScriptRule
  private var isBroken = false

  /// - Parameter view: where fields of the carts that it judges are answered from.
  /// - Throws: `ScriptError` for a file that does not compile or define the rule, `EngineError`.
  init(
    _ version: RuleVersion, _ handler: CommandHandler, view: CartView? = nil,
    log: @escaping (String) -> Void
  ) throws {
    self.version = version
    file = try LoadedFile(version, handler, log: log)
    file.session.view = view
    rule = try Self.find(file, version)
  }

  private static func find(_ file: LoadedFile, _ version: RuleVersion) throws -> ScriptRule {
    guard let rule = file.session.rules.first(where: { $0.name == version.rule }) else {
      throw LoadedFile.undefined(version)
    }
    return rule
  }

  /// What the latest question cost.
  var instructions: UInt64 { file.session.instructions }

  /// A fresh set of globals.
  func renew() throws {
    // Until it is loaded again there is nothing to ask.
    isBroken = true
    try file.renew()
    rule = try Self.find(file, version)
    isBroken = false
  }

  /// - Returns: the reason of a hit; nil for none.
  /// - Throws: what the rule raises, and limits.
  func judge(_ cart: Cart) throws -> String? {
    guard rule.isAbout(cart) else { return nil }
    if isBroken { try renew() }
    do {
      return try file.session.judge(rule, cart.key, file.parameters).map {
        $0.isEmpty ? rule.reason : $0
      }
    } catch {
      // What was cut off has lost its VM.
      isBroken = error.code == .limit || error.code == .memory
      throw error
    }
  }
}

extension RuleInstance {
  /// Asks the rule with some answers changed, and gives what it asked.
  func trace(_ cart: Cart, changed: [String: LuaValue]) throws -> (
    reason: String?, facts: [ScriptFact]
  ) {
    try file.session.trace(rule, cart.key, file.parameters, changed: changed)
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
