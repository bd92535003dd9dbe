import CartEngine
import CartModel
import CartScripting
import CartStorage
import CartSupport

/// The texts that a version was made of: as they were then, whatever they are now.
struct VersionSource {
  let text: String
  let parameters: [String: String]
  /// The text of another file of the version; nil where it has none of that path.
  let read: (String) throws -> String?

  /// - Throws: `notFound` for a text that is not in the database.
  init(_ version: RuleVersion, _ handler: CommandHandler) throws {
    let digests = Dictionary(
      version.sources.map { ($0.path, $0.digest) }, uniquingKeysWith: { $1 })
    let what = "\(version.kind) \(quoted(version.rule))"
    let read: (String) throws -> String? = { path in
      guard let digest = digests[path] else { return nil }
      guard let text = try handler.ruleText(digest) else {
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
  private let rule: String
  var parameters: [String: String] { source.parameters }

  /// - Parameters:
  ///   - other: whose carts it judges, where that is another shop's.
  ///   - allowance: bounds the time that loading may take; nil for a rule's own budget.
  /// - Throws: `ScriptError` for a file that does not compile, `EngineError`.
  init(
    _ version: RuleVersion, _ handler: CommandHandler, asking other: CommandHandler? = nil,
    allowance: ShadowAllowance? = nil, log: @escaping (String) -> Void
  ) throws {
    source = try VersionSource(version, handler)
    (name, rule) = ("@" + version.file, version.rule)
    session = try ScriptSession(
      other ?? handler, profile: .rule, seed: 0, capacity: version.kind == .policy ? .policy : nil,
      output: log)
    session.messages = log
    session.readSource = source.read
    session.limit(.rule)
    session.isFenced = true
    try within(allowance) { try load() }
  }

  /// Runs work of the session; what it takes is taken from an allowance, and ends where that does.
  func within<T>(_ allowance: ShadowAllowance?, _ body: () throws -> T) throws -> T {
    guard let allowance else { return try body() }
    let before = session.time
    session.limit(allowance.budget)
    session.ruleBudget = allowance.budget
    session.isTimed = true
    defer {
      session.limit(.rule)
      session.ruleBudget = .rule
      session.isTimed = false
      allowance.spend(session.time - before, on: rule)
    }
    return try body()
  }

  private func load() throws { _ = try session.run(source.text, name: name) }

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
