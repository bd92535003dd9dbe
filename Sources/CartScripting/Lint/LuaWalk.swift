/// Visits the statements and expressions of a block, each before its parts.
struct LuaWalk {
  /// Whether the bodies of functions are visited as well.
  var entersFunctions = true
  var statement: (LuaStatement) -> Void = { _ in }
  /// - Parameter isCondition: whether a branch or a loop tests the expression.
  var expression: (_ expression: LuaExpression, _ isCondition: Bool) -> Void = { _, _ in }

  func visit(_ block: [LuaStatement]) {
    for statement in block { visit(statement) }
  }

  private func visit(_ statement: LuaStatement) {
    self.statement(statement)
    switch statement {
    case .local(_, let values), .result(let values): visit(values)
    case .assign(let targets, let values):
      visit(targets)
      visit(values)
    case .call(let call): visit(call)
    case .block(let inner): visit(inner)
    case .loop(let condition, let inner, _):
      visit(condition, isCondition: true)
      visit(inner)
    case .branch(let parts):
      for part in parts {
        if let condition = part.condition { visit(condition, isCondition: true) }
        visit(part.block)
      }
    case .numeric(_, let values, let inner), .generic(_, let values, let inner):
      visit(values)
      visit(inner)
    case .localFunction(_, let body), .function(_, let body): visit(body)
    case .jump: break
    }
  }

  private func visit(_ body: LuaBody) {
    if entersFunctions { visit(body.block) }
  }

  private func visit(_ expressions: [LuaExpression]) {
    for expression in expressions { visit(expression) }
  }

  private func visit(_ expression: LuaExpression, isCondition: Bool = false) {
    self.expression(expression, isCondition)
    switch expression.kind {
    case .nil, .boolean, .number, .text, .rest, .name: break
    case .function(let body): visit(body)
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
