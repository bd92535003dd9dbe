import CartEngine
import CartModel
import CartScripting
import CartStore

/// Passes: all rules look at each stored cart in one VM, and what acts is asked again by itself.
extension RuleBook {
  /// The rules of a pass under way, in the order of their names.
  final class Pass {
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

  public func look(at row: borrowing CartRow) throws(EngineError) -> FirstSight {
    do {
      let pass = try currentPass()
      if pass.isPartial { return .unclear }
      do throws(ScriptError) {
        guard try pass.scripts.ask(row) else {
          wentWell(pass.states)
          return .clear
        }
      } catch {
        if error.code == .interrupted { throw error }
        // Its VM is done with; which rule it was is found out one by one.
        passing = nil
        return .unclear
      }
      return sight(pass)
    } catch { throw EngineError(error) }
  }

  private func sight(_ pass: Pass) -> FirstSight {
    var verdicts: [Verdict] = []
    for (index, state) in pass.states.enumerated() {
      switch pass.scripts.said(index) {
      case .no: wentWell([state])
      case .unsure: return .unclear
      case .yes(let text):
        let rule = pass.scripts.rules[index]
        guard state.setting.mode == .shadow, rule.share.millionths == 100_000_000 else {
          return .unclear
        }
        wentWell([state])
        verdicts.append(
          verdict(rule, state.current, text.isEmpty ? rule.reason : text, isShadow: true))
      }
    }
    return .counted(verdicts)
  }

  private func currentPass() throws -> Pass {
    if let passing, passing.revision == revision { return passing }
    let made = Pass(
      try ScriptPass(handler, view) { [weak self] in self?.say($0) },
      revision: revision)
    for state in try judging() where !isGivenUp(state.name) {
      let version = state.current
      do {
        let source = try VersionSource(version, handler.shop.store)
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
