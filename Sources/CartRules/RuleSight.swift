import CartEngine
import CartModel
import CartScripting
import CartStorage

/// The first look at stored carts: all rules ask each in one VM, and what acts is asked again by itself.
final class RuleSight: CatalogueWork {
  let catalogue: RuleCatalogue
  private let breaker: RuleBreaker
  /// The VM of the pass under way.
  private var passing: Pass?

  init(_ catalogue: RuleCatalogue, _ breaker: RuleBreaker) {
    (self.catalogue, self.breaker) = (catalogue, breaker)
  }

  /// A pass has ended.
  func end() { passing = nil }

  /// The rules of a pass under way, in the order of their names.
  private final class Pass {
    let scripts: ScriptPass
    let revision: Int
    var states: [RuleState] = []
    /// A rule that does not load must fail on each cart by itself.
    var isPartial = false

    init(_ scripts: ScriptPass, revision: Int) {
      self.scripts = scripts
      self.revision = revision
    }
  }

  /// What all rules say of a row, as far as that is clear.
  ///
  /// - Parameter rules: those that judge; asked for where they may have changed.
  func look(
    at row: borrowing CartRow, _ view: CartView, _ rules: @autoclosure () throws -> [RuleState]
  ) throws -> FirstSight {
    let pass = try currentPass(view, try rules())
    if pass.isPartial { return .unclear }
    do throws(ScriptError) {
      guard try pass.scripts.ask(row) else {
        breaker.wentWell(pass.states)
        return .clear
      }
    } catch {
      if error.code == .interrupted { throw error }
      // Its VM is done with; which rule it was is found out one by one.
      passing = nil
      return .unclear
    }
    return answer(pass)
  }

  private func answer(_ pass: Pass) -> FirstSight {
    var verdicts: [Verdict] = []
    for (index, state) in pass.states.enumerated() {
      switch pass.scripts.said(index) {
      case .no: breaker.wentWell([state])
      case .unsure: return .unclear
      case .yes(let text):
        let rule = pass.scripts.rules[index]
        guard state.setting.mode == .shadow, rule.share.millionths == 100_000_000 else {
          return .unclear
        }
        breaker.wentWell([state])
        verdicts.append(
          Verdict(rule, state.current, text.isEmpty ? rule.reason : text, isShadow: true))
      }
    }
    return .counted(verdicts)
  }

  private func currentPass(_ view: CartView, _ rules: @autoclosure () throws -> [RuleState]) throws
    -> Pass
  {
    if let passing, passing.revision == catalogue.revision { return passing }
    let made = Pass(
      try ScriptPass(handler, view) { [catalogue] in catalogue.say($0) },
      revision: catalogue.revision)
    for state in try rules() where !breaker.isGivenUp(state.name) {
      let version = state.current
      do {
        let source = try VersionSource(version, handler)
        // Each rule has globals and upvalues of its own, as when it is asked alone.
        let texts = version.sources.map { "\($0.path) \($0.digest)" }.joined(separator: "\n")
        let isThere = try made.scripts.add(
          version.rule, of: source.text, file: version.file, key: version.rule + "\n" + texts,
          texts: texts,
          parameters: source.parameters, readSource: source.read)
        guard isThere else { throw LoadedFile.undefined(version) }
        made.states.append(state)
      } catch { made.isPartial = true }
    }
    passing = made
    return made
  }
}
