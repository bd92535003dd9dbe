import LuaKit

/// What a session passes on to its VM.
extension ScriptSession {
  /// Holds a function that a script gave beyond the call.
  func keep(_ function: LuaFunction) { vm.keep(function) }

  func release(_ value: LuaValue) {
    if case .function(let function) = value { vm.release(function) }
  }

  /// Whether the run under way is interrupted or out of time.
  public var isExpired: Bool { vm.isExpired }

  /// Sets a global, as `arg` of a script.
  public func set(_ name: String, _ value: LuaValue) throws(ScriptError) {
    do throws(LuaFailure) { try vm.set(name, value, in: environment) } catch {
      throw ScriptError(error)
    }
  }

  /// Makes the n-th growth from now on fail, for tests; nil for none.
  func failAllocation(after count: Int?) { vm.failAllocation(after: count) }

  /// All that a script can reach without calling anything.
  func inventory() throws(LuaFailure) -> [String] { try vm.inventory(of: environment) }

  /// Names that the session's scripts have set.
  public var globals: [String] { ((try? vm.globals(of: environment)) ?? []).map(\.name) }

  /// Globals that hold one of our objects, with the name of its class.
  public var globalClasses: [String: String] {
    ((try? vm.globals(of: environment)) ?? []).reduce(into: [:]) { classes, global in
      classes[global.name] = global.object.flatMap { ScriptClassID(rawValue: $0.classID)?.name }
    }
  }

  /// Writes what a script asked for, as far as its budget of output goes.
  func write(_ text: String, to sink: (String) -> Void) {
    if spendOutput(text.utf8.count) { sink(text) }
  }

  /// Takes from the budget of output what is about to be written; false where there is not that much
  /// left, and the run then ends.
  func spendOutput(_ bytes: Int) -> Bool { vm.spendOutput(bytes) }

  /// Charges work that the host does for a script.
  func charge(_ amount: Int) { vm.charge(amount) }
}
