import CartEngine
import CartModel
import CartScripting
import CartSupport
import LuaKit

/// What stands in place of the parameters that a file gives its rules.
extension RuleBook {
  /// Sets parameters of a rule: a new version, which judges in shadow until it is enforced.
  ///
  /// - Throws: `notFound` for a name that is no parameter, `malformed` for a value of another kind, and
  ///   for one that does not fit where the rule uses it.
  public func set(_ name: String, parameters: [(name: String, value: String)], in run: Run) throws
    -> RuleVersion
  {
    let state = try rule(name)
    let own =
      state.newest.kind == .policy
      ? try PolicyInstance(state.newest, handler) { _ in }.policy.parameters
      : try RuleInstance(state.newest, handler) { _ in }.rule.parameters
    let lists = Files.list(folder + "/lists")
    var version = state.newest
    version.number += 1
    for (key, value) in parameters {
      guard let parameter = own.first(where: { $0.name == key }) else {
        throw EngineError(
          .notFound,
          "rule \(quoted(name)): no parameter \(quoted(key))"
            + didYouMean(key, among: own.map(\.name)))
      }
      let form = ParameterForm(of: parameter.value, lists: lists)
      if let expected = form.refusal(value, lists: lists) {
        throw EngineError(
          .malformed, "rule \(quoted(name)): \(key): expected \(expected), got \(quoted(value))")
      }
      let before = version
      version.parameters.removeAll { $0.name == key }
      version.parameters.append(.init(name: key, value: value))
      try checkUses(of: key, version, before)
    }
    version.parameters.sort { $0.name < $1.name }
    run.guard.record(rules: [.ruleVersioned(version)])
    return version
  }

  /// - Throws: `malformed` for a text that does not fit a place where the rule uses it.
  private func checkUses(
    of name: String, _ version: RuleVersion, _ before: RuleVersion
  ) throws {
    let text = try source(version)
    func findings(_ version: RuleVersion) throws -> [ScriptFinding] {
      let set = Dictionary(
        version.parameters.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
      return try ScriptLint.check(
        text, name: "@" + version.file, folders: { [folder] in Files.list(folder + "/" + $0) },
        settings: [version.rule: set],
        module: { [folder] in try? Files.text("\(folder)/lib/\($0).lua") })
    }
    let known = try findings(before)
    guard let new = try findings(version).first(where: { !known.contains($0) }) else { return }
    throw EngineError(
      .malformed,
      "rule \(quoted(version.rule)): \(name): line \(new.line) of \(version.file): "
        + new.message)
  }
}
