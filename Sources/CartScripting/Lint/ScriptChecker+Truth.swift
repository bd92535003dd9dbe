/// Tests of values that are never nil, which are always true.
extension ScriptChecker {
  /// Looks at what a branch or a loop tests.
  mutating func check(condition: LuaExpression) {
    _ = type(of: condition)
    check(endOf: condition)
  }

  /// Looks at what decides a condition last; what stands before it was looked at with its sign.
  mutating func check(endOf condition: LuaExpression) {
    switch condition.kind {
    case .group(let inner), .binary("and", _, let inner), .binary("or", _, let inner):
      check(endOf: inner)
    default: check(truthOf: condition)
    }
  }

  /// - Parameter isNegated: whether `not` stands before it.
  mutating func check(truthOf value: LuaExpression, isNegated: Bool = false) {
    guard let path = value.path else { return }
    var quiet = self
    let type = quiet.type(of: value)
    guard !type.isOptional, !type.isDefault else { return }
    let test: String
    switch type.base {
    case .unknown, .nil, .boolean, .function: return
    case .text: test = "\(path) \(isNegated ? "==" : "~=") \"\""
    case .number: test = "\(path) \(isNegated ? "==" : ">") 0"
    case .object(.money), .object(.price): test = isNegated ? "\(path):eq(0)" : "\(path) > 0"
    case .object(.lines): test = "#\(path) \(isNegated ? "==" : ">") 0"
    case .table where type.words == "a list": test = "#\(path) \(isNegated ? "==" : ">") 0"
    case .table, .object, .record: test = ""
    }
    say(
      value.line,
      "\(type.field.isEmpty ? path : type.field) is \(type.words), never nil, so that "
        + (isNegated ? "'not' of it is never true" : "this test is always true")
        + (test.isEmpty ? "" : "; write \(test)"),
      isWarning: true)
  }
}
