/// The names that a chunk assigns again somewhere, or makes global functions of.
enum AssignedNames {
  static func all(in block: [LuaStatement]) -> Set<String> {
    var names: Set<String> = []
    LuaWalk(statement: { statement in
      switch statement {
      case .assign(let targets, _):
        for target in targets {
          if case .name(let name) = target.kind { names.insert(name) }
        }
      case .function(let target, _):
        if case .name(let name) = target.kind { names.insert(name) }
      case .local, .call, .block, .loop, .branch, .numeric, .generic, .localFunction, .result,
        .jump:
        break
      }
    }).visit(block)
    return names
  }
}
