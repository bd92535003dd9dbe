import CartSupport

/// Expressions.
extension LuaParser {
  mutating func expressions() throws -> [LuaExpression] {
    var list = [try expression()]
    while take(",") { list.append(try expression()) }
    return list
  }

  /// The two sides' binding power of each operator, weakest first.
  private static let powers: [String: (left: Int, right: Int)] = [
    "or": (1, 1), "and": (2, 2), "<": (3, 3), ">": (3, 3), "<=": (3, 3), ">=": (3, 3),
    "~=": (3, 3), "==": (3, 3), "|": (4, 4), "~": (5, 5), "&": (6, 6), "<<": (7, 7), ">>": (7, 7),
    "..": (9, 8), "+": (10, 10), "-": (10, 10), "*": (11, 11), "/": (11, 11), "//": (11, 11),
    "%": (11, 11), "^": (14, 13),
  ]
  private static let unary = 12

  mutating func expression(_ limit: Int = 0) throws -> LuaExpression {
    let line = line
    var left: LuaExpression
    if ["not", "-", "#", "~"].contains(text) {
      let sign = text
      at += 1
      left = LuaExpression(kind: .unary(sign, try expression(Self.unary)), line: line)
    } else {
      left = try operand()
    }
    while let power = Self.powers[text], power.left > limit {
      let (sign, line) = (text, self.line)
      at += 1
      left = LuaExpression(kind: .binary(sign, left, try expression(power.right)), line: line)
    }
    return left
  }

  mutating func operand() throws -> LuaExpression {
    guard at < tokens.count else { throw Failure() }
    let token = tokens[at]
    func leaf(_ kind: LuaExpression.Kind) -> LuaExpression {
      LuaExpression(kind: kind, line: token.line)
    }
    switch (token.kind, token.text) {
    case (.number, let digits):
      at += 1
      return leaf(.number(digits))
    case (.text, let quoted):
      at += 1
      return leaf(.text(LuaTokens.value(of: quoted)))
    case (.keyword, "nil"), (.keyword, "true"), (.keyword, "false"):
      at += 1
      return leaf(token.text == "nil" ? .nil : .boolean(token.text == "true"))
    case (.sign, "..."):
      at += 1
      return leaf(.rest)
    case (.sign, "{"): return try table()
    case (.keyword, "function"):
      at += 1
      return leaf(.function(try body()))
    default: return try suffixed()
    }
  }

  mutating func suffixed() throws -> LuaExpression {
    let line = line
    var value: LuaExpression
    if take("(") {
      value = LuaExpression(kind: .group(try expression()), line: line)
      try expect(")")
    } else {
      value = LuaExpression(kind: .name(try name()), line: line)
    }
    while true {
      let line = self.line
      if take(".") {
        let key = LuaExpression(kind: .text(try name()), line: line)
        value = LuaExpression(kind: .index(value, key), line: line)
      } else if take("[") {
        let key = try expression()
        try expect("]")
        value = LuaExpression(kind: .index(value, key), line: line)
      } else if take(":") {
        let method = try name()
        guard let given = try arguments() else { throw Failure() }
        value = LuaExpression(kind: .method(value, method, given), line: line)
      } else if let given = try arguments() {
        value = LuaExpression(kind: .call(value, given), line: line)
      } else {
        return value
      }
    }
  }

  /// What a call is given; nil where no call follows.
  mutating func arguments() throws -> [LuaExpression]? {
    if at < tokens.count, tokens[at].kind == .text { return [try operand()] }
    if text == "{" { return [try table()] }
    guard take("(") else { return nil }
    if take(")") { return [] }
    let list = try expressions()
    try expect(")")
    return list
  }

  mutating func table() throws -> LuaExpression {
    let line = line
    try expect("{")
    var items: [LuaTableItem] = []
    while !take("}") {
      if take("[") {
        let key = try expression()
        try expect("]")
        try expect("=")
        items.append(LuaTableItem(key: key, value: try expression()))
      } else if at + 1 < tokens.count, tokens[at].kind == .name, tokens[at + 1].kind == .sign,
        tokens[at + 1].text == "="
      {
        let key = LuaExpression(kind: .text(tokens[at].text), line: self.line)
        at += 2
        items.append(LuaTableItem(key: key, value: try expression()))
      } else {
        items.append(LuaTableItem(value: try expression()))
      }
      guard take(",") || take(";") || text == "}" else { throw Failure() }
    }
    return LuaExpression(kind: .table(items), line: line)
  }

  mutating func body() throws -> LuaBody {
    let (line, place) = (line, at)
    try expect("(")
    var parameters: [String] = []
    while !take(")") {
      if take("...") { continue }
      parameters.append(try name())
      _ = take(",")
    }
    let inner = try block()
    try expect("end")
    return LuaBody(parameters: parameters, block: inner, line: line, place: place)
  }
}
