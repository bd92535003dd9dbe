import CartEngine
import CartModel
import CartScripting
import CartStorage
import CartSupport
import LuaKit

/// Sets rules and policies: their modes, and what stands in place of the parameters of their files.
struct RuleSetter: CatalogueWork {
  let catalogue: RuleCatalogue

  init(_ catalogue: RuleCatalogue) { self.catalogue = catalogue }

  /// Puts a rule into a mode.
  ///
  /// Enforcing pins the newest version and its band; without one of its own, twice the largest part of
  /// the carts that it matched, and at least 1 %.
  ///
  /// - Parameter judged: what looking at carts gave: the open ones, those of a backtest.
  func set(
    _ name: String, _ mode: RuleSetting.Mode, judged: [(hits: Int, of: Int)] = [], in run: Run
  ) throws -> RuleSetting {
    let state = try rule(name)
    var setting = RuleSetting(rule: name, mode: mode)
    if mode == .enforce {
      setting.version = state.newest.number
      if state.newest.kind == .rule {
        let own = try instanceBand(state.newest)
        let share =
          judged.map { $0.of == 0 ? 0 : Int64($0.hits) * 200_000_000 / Int64($0.of) }.max() ?? 0
        setting.band = own ?? Percent(millionths: min(100_000_000, max(1_000_000, share)))
      }
    }
    run.guard.record(rules: [.ruleSet(setting)])
    return setting
  }

  private func instanceBand(_ version: RuleVersion) throws -> Percent? {
    try RuleInstance(version, handler) { _ in }.rule.band
  }

  // MARK: Parameters

  /// Sets parameters of a rule: a new version, which judges in shadow until it is enforced.
  ///
  /// - Throws: `notFound` for a name that is no parameter, `malformed` for a value of another kind, and
  ///   for one that does not fit where the rule uses it.
  func set(_ name: String, parameters: [(name: String, value: String)], in run: Run) throws
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
