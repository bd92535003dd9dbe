import LuaKit

extension ScriptSession {
  /// The lines of what its rules and policies decide that can run.
  ///
  /// - Parameters:
  ///   - name: of the chunk: `@hoard.lua`.
  ///   - count: how many lines it has.
  public func decidingLines(of name: String, count: Int) throws(ScriptError) -> LuaLines {
    let lines = LuaLines(of: name, count: count)
    do throws(LuaFailure) {
      for rule in rules { try vm.addLines(of: rule.when, to: lines) }
      for policy in policies {
        try vm.addLines(of: policy.when, to: lines)
        if case .function(let order) = policy.order { try vm.addLines(of: order, to: lines) }
      }
    } catch { throw ScriptError(error) }
    return lines
  }
}
