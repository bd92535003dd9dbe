import CartEngine
import CartModel
import CartRules
import CartSupport

/// Sets rules and policies of an open home: modes, parameters, and what they did undone.
public struct RuleSettings {
  private let application: Application
  private var handler: CommandHandler { application.handler }
  private var book: RuleBook { application.book }

  public init(_ application: Application) { self.application = application }

  /// - Throws: `refused` where nothing live is changed.
  static func requireLive(_ word: String, _ handler: CommandHandler) throws {
    guard handler.mode == .live else {
      throw EngineError(.refused, "rules \(word): a rule is set in live mode; see .live")
    }
  }

  /// Puts a rule or policy into shadow, or off.
  ///
  /// - Parameter command: what was asked for, for the list of operations.
  /// - Throws: `refused` for shadow where its file has errors.
  public func set(_ name: String, _ mode: RuleSetting.Mode, as command: String) throws {
    try Self.requireLive(mode.name, handler)
    let folder = RuleFolder(application)
    try folder.refresh(command)
    if mode == .shadow { try folder.requireSound(name, "shadow") }
    try application.perform(command) { run in _ = try book.set(name, mode, in: run) }
    book.refresh()
  }

  /// Sets parameters: a new version, in shadow until it is enforced.
  ///
  /// - Parameter command: what was asked for, for the list of operations.
  public func set(
    _ name: String, parameters: [(name: String, value: String)], as command: String
  ) throws -> RuleVersion {
    try Self.requireLive("set", handler)
    try RuleFolder(application).refresh(command)
    var version: RuleVersion?
    try application.perform(command) { run in
      version = try book.set(name, parameters: parameters, in: run)
    }
    book.refresh()
    guard let version else { throw EngineError(.notFound, "rule \(quoted(name)): was not set") }
    return version
  }

  /// Restores the carts that a rule held, and removes its flags and bans.
  ///
  /// - Throws: `refused` for a policy.
  public func rollBack(_ name: String, as command: String) throws -> Guard.RolledBack {
    try RuleFolder(application).refresh(command)
    guard try book.rule(name).newest.kind == .rule else {
      throw EngineError(
        .refused,
        "rules rollback: \(name) is a policy, and orders cannot be undone; 'rules off \(name)' "
          + "ends it")
    }
    var done = Guard.RolledBack()
    // It only restores.
    try handler.confirmer.unquestioned {
      try application.perform(command) { run in
        try run.note(reason: "rollback of \(name)")
        done = try run.guard.rollBack(rule: name)
      }
    }
    return done
  }
}
