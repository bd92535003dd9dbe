/// The names that a chunk assigns again somewhere, or makes global functions of.
struct AssignedNames {
  private(set) var names: Set<String> = []

  init(_ block: [LuaStatement]) { visit(block) }

  private mutating func visit(_ block: [LuaStatement]) {
    for statement in block { visit(statement) }
  }

  private mutating func visit(_ statement: LuaStatement) {
    switch statement {
    case .local(_, let values), .result(let values): visit(values)
    case .assign(let targets, let values):
      for target in targets {
        if case .name(let name) = target.kind { names.insert(name) }
      }
      visit(targets)
      visit(values)
    case .call(let call): visit(call)
    case .block(let inner): visit(inner)
    case .loop(let condition, let inner, _):
      visit(condition)
      visit(inner)
    case .branch(let parts):
      for part in parts {
        if let condition = part.condition { visit(condition) }
        visit(part.block)
      }
    case .numeric(_, let values, let inner), .generic(_, let values, let inner):
      visit(values)
      visit(inner)
    case .localFunction(_, let body): visit(body.block)
    case .function(let target, let body):
      if case .name(let name) = target.kind { names.insert(name) }
      visit(body.block)
    case .jump: break
    }
  }

  private mutating func visit(_ expressions: [LuaExpression]) {
    for expression in expressions { visit(expression) }
  }

  private mutating func visit(_ expression: LuaExpression) {
    switch expression.kind {
    case .nil, .boolean, .number, .text, .rest, .name: break
    case .function(let body): visit(body.block)
    case .index(let a, let b), .binary(_, let a, let b):
      visit(a)
      visit(b)
    case .call(let function, let given):
      visit(function)
      visit(given)
    case .method(let owner, _, let given):
      visit(owner)
      visit(given)
    case .unary(_, let inner), .group(let inner): visit(inner)
    case .table(let items):
      for item in items {
        if let key = item.key { visit(key) }
        visit(item.value)
      }
    }
  }
}
