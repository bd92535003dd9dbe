import CartEngine
import LuaKit

/// Compiling chunks, calling functions of scripts, and what a failure of the VM means.
extension ScriptSession {
  /// A fresh set of globals: what scripts did to theirs before is not seen from now on.
  public func renew() throws(ScriptError) {
    do throws(LuaFailure) {
      for rule in rules { vm.release(rule.when) }
      for policy in policies { policy.release(vm) }
      vm.release(environment)
      environment = try vm.environment(sealed: profile == .rule)
      modules = [:]
      (rules, policies, tests, definitions) = ([], [], [], [])
    } catch { throw failed(error) }
  }

  func compile(_ source: String, name: String, _ isExpression: Bool)
    throws(LuaFailure) -> LuaFunction
  {
    let globals = globalsOfContext
    if isExpression, let function = try? vm.compile("return " + source, name: name, globals) {
      return function
    }
    return try vm.compile(Self.withoutShebang(source), name: name, globals)
  }

  /// The globals of what runs now.
  var globalsOfContext: LuaEnvironment {
    context == 0 ? environment : contexts[context - 1].environment
  }

  /// A first line that begins with `#` is the system's, not Lua's; its line stays.
  static func withoutShebang(_ source: String) -> String {
    let source = source.hasPrefix("\u{FEFF}") ? String(source.dropFirst()) : source
    guard source.hasPrefix("#"), let end = source.firstIndex(of: "\n") else { return source }
    return String(source[end...])
  }

  /// Asks turns, under the budget of a rule each.
  func asking(_ body: () throws(LuaFailure) -> Bool) throws(ScriptError) -> Bool {
    try outermost(.rule) { () throws(LuaFailure) in
      try vm.pass { () throws(LuaFailure) in try body() }
    }
  }

  /// Notes which lines of a chunk run.
  public func note(_ lines: LuaLines) { vm.note(lines) }

  /// Calls a function that a script gave.
  func call(_ function: LuaFunction, _ arguments: [LuaValue]) throws -> [LuaValue] {
    do throws(LuaFailure) {
      return try vm.call(function, arguments)
    } catch {
      if case .killed = error.code { throw error }
      throw LuaRaise(error.message, positioned: false)
    }
  }

  /// Calls a function from outside any script, under a budget of its own.
  ///
  /// - Parameter record: the name of the first argument, where that is a record.
  func callFresh(
    _ function: LuaFunction, _ arguments: [LuaValue], _ budget: LuaVM.Budget, record: String? = nil
  ) throws(ScriptError) -> [LuaValue] {
    try outermost(budget) { () throws(LuaFailure) in
      guard profile == .rule, depth == 1 else {
        return try vm.call(function, arguments, record: record)
      }
      return try vm.pass { () throws(LuaFailure) in
        try vm.call(function, arguments, record: record)
      }
    }
  }

  /// Runs a chunk and holds its first result inside the VM.
  func hold(_ source: String) throws(ScriptError) -> LuaFunction {
    try outermost(budget) { () throws(LuaFailure) in
      let chunk = try vm.compile(source, name: "=host", environment)
      defer { vm.release(chunk) }
      return try vm.callKeeping(chunk)
    }
  }

  /// What the latest run spent; also when its VM was replaced.
  public var instructions: UInt64 { spentBefore ?? vm.instructions }

  /// After running out of memory the VM is replaced, and in the rule profile after any kill: what it
  /// was in the middle of must not be seen by the next run.
  func failed(_ failure: LuaFailure) -> ScriptError {
    var error = ScriptError(failure)
    if failure.code == .killed(.unsaved) {
      error = ScriptError(.limit, Run.exceeds(capacity.memory))
    }
    guard error.code == .memory || profile == .rule && error.code == .limit else { return error }
    let lost = globals.filter { $0 != "_" }
    do throws(LuaFailure) {
      let spent = vm.instructions
      (vm, environment) = try Self.open(capacity, profile, seed, holder)
      spentBefore = spent
    } catch { return ScriptError(error) }
    if let interruptFlag { vm.interrupt(on: interruptFlag) }
    modules = [:]
    reports = [:]
    importers = [:]
    (rules, policies, definitions, lists) = ([], [], [], [:])
    tests = []
    (isJudging, isDeciding) = (false, false)
    guard error.code == .memory else { return error }
    return ScriptError(
      .memory,
      "not enough memory; Lua was started afresh"
        + (lost.isEmpty ? "" : ", these globals are lost: \(lost.joined(separator: ", "))")
        + moreMemory)
  }

  /// How to allow more; only at the prompt and for scripts it can be.
  private var moreMemory: String {
    guard profile == .console, capacity.memory > 0 else { return "" }
    let megabytes = max(1, capacity.memory >> 20)
    return "; the limit is \(megabytes) MB, --memory \(2 * megabytes)M allows more"
  }
}
