import CLuaKit

/// What scripts have set, and what they can reach.
extension LuaVM {
  /// Sets a global to the first result of the last call for display.
  public func setLast(_ name: String, in environment: LuaEnvironment) throws(LuaFailure) {
    try check(lk_set_last(vm, environment.reference, name))
  }

  /// Names of the globals that scripts have set, each with the host object that it is, if it is one.
  public func globals(of environment: LuaEnvironment) throws(LuaFailure) -> [(
    name: String, object: LuaObject?
  )] {
    try check(lk_globals(vm, environment.reference))
    var list: [(name: String, object: LuaObject?)] = []
    for value in results() {
      switch value {
      case .string(let name): list.append((name, nil))
      case .object(let object): if !list.isEmpty { list[list.count - 1].object = object }
      default: break
      }
    }
    return list.sorted { $0.name < $1.name }
  }

  /// All that a script can reach without calling anything: `string.byte function`, sorted.
  public func inventory(of environment: LuaEnvironment) throws(LuaFailure) -> [String] {
    try check(lk_inventory(vm, environment.reference))
    return results().compactMap { if case .string(let name) = $0 { name } else { nil } }.sorted()
  }
}
