import CartSupport

/// Reads a chunk that Lua has compiled into a tree (reference manual, 9).
///
/// What is not Lua ends the reading: the tree is nil then. Nesting is as deep as Lua's own parser lets it.
struct LuaParser {
  private let tokens: [LuaToken]
  private var at = 0

  /// What was read is no Lua.
  private struct Failure: Error {}

  static func parse(_ tokens: [LuaToken]) -> [LuaStatement]? {
    var parser = LuaParser(tokens: tokens)
    guard let block = try? parser.block(), parser.at >= tokens.count else { return nil }
    return block
  }

  private init(tokens: [LuaToken]) { self.tokens = tokens }

  // MARK: Tokens

  private var text: String {
    at < tokens.count && tokens[at].kind != .text ? tokens[at].text : ""
  }
  private var line: Int { at < tokens.count ? tokens[at].line : tokens.last?.line ?? 1 }

  private mutating func take(_ word: String) -> Bool {
    guard text == word else { return false }
    at += 1
    return true
  }

  private mutating func expect(_ word: String) throws {
    guard take(word) else { throw Failure() }
  }

  private mutating func name() throws -> String {
    guard at < tokens.count, tokens[at].kind == .name else { throw Failure() }
    at += 1
    return tokens[at - 1].text
  }

  // MARK: Statements

  private static let ends: Set<String> = ["end", "else", "elseif", "until"]

  private mutating func block() throws -> [LuaStatement] {
    var statements: [LuaStatement] = []
    while at < tokens.count, !Self.ends.contains(text) {
      if take(";") { continue }
      statements.append(try statement())
    }
    return statements
  }

  private mutating func statement() throws -> LuaStatement {
    switch text {
    case "local":
      at += 1
      if take("function") { return .localFunction(try name(), try body()) }
      return try local()
    case "function":
      at += 1
      return try function()
    case "if": return try branch()
    case "while":
      at += 1
      let condition = try expression()
      return .loop(condition, try closed("do"), isRepeat: false)
    case "repeat":
      at += 1
      let inner = try block()
      try expect("until")
      return .loop(try expression(), inner, isRepeat: true)
    case "for": return try forLoop()
    case "do": return .block(try closed("do"))
    case "return":
      at += 1
      var values: [LuaExpression] = []
      if at < tokens.count, !Self.ends.contains(text), text != ";" { values = try expressions() }
      _ = take(";")
      return .result(values)
    case "break":
      at += 1
      return .jump
    case "goto":
      at += 1
      _ = try name()
      return .jump
    case "::":
      at += 1
      _ = try name()
      try expect("::")
      return .jump
    default: return try simple()
    }
  }

  private mutating func closed(_ word: String) throws -> [LuaStatement] {
    try expect(word)
    let inner = try block()
    try expect("end")
    return inner
  }

  private mutating func local() throws -> LuaStatement {
    var names: [String] = []
    repeat {
      names.append(try name())
      if take("<") {
        _ = try name()
        try expect(">")
      }
    } while take(",")
    return .local(names, take("=") ? try expressions() : [])
  }

  private mutating func function() throws -> LuaStatement {
    let line = line
    var target = LuaExpression(kind: .name(try name()), line: line)
    var isMethod = false
    while text == "." || text == ":" {
      isMethod = text == ":"
      at += 1
      let key = LuaExpression(kind: .text(try name()), line: line)
      target = LuaExpression(kind: .index(target, key), line: line)
      if isMethod { break }
    }
    var body = try body()
    if isMethod { body.parameters.insert("self", at: 0) }
    return .function(target, body)
  }

  private mutating func branch() throws -> LuaStatement {
    var parts: [(condition: LuaExpression?, block: [LuaStatement])] = []
    repeat {
      at += 1
      let condition = try expression()
      try expect("then")
      parts.append((condition, try block()))
    } while text == "elseif"
    if take("else") { parts.append((nil, try block())) }
    try expect("end")
    return .branch(parts)
  }

  private mutating func forLoop() throws -> LuaStatement {
    at += 1
    var names = [try name()]
    if take("=") {
      let values = try expressions()
      return .numeric(names[0], values, try closed("do"))
    }
    while take(",") { names.append(try name()) }
    try expect("in")
    let values = try expressions()
    return .generic(names, values, try closed("do"))
  }

  private mutating func simple() throws -> LuaStatement {
    let first = try suffixed()
    guard text == "=" || text == "," else { return .call(first) }
    var targets = [first]
    while take(",") { targets.append(try suffixed()) }
    try expect("=")
    return .assign(targets, try expressions())
  }

  // MARK: Expressions

  private mutating func expressions() throws -> [LuaExpression] {
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

  private mutating func expression(_ limit: Int = 0) throws -> LuaExpression {
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

  private mutating func operand() throws -> LuaExpression {
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

  private mutating func suffixed() throws -> LuaExpression {
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
  private mutating func arguments() throws -> [LuaExpression]? {
    if at < tokens.count, tokens[at].kind == .text { return [try operand()] }
    if text == "{" { return [try table()] }
    guard take("(") else { return nil }
    if take(")") { return [] }
    let list = try expressions()
    try expect(")")
    return list
  }

  private mutating func table() throws -> LuaExpression {
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

  private mutating func body() throws -> LuaBody {
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

extension LuaTokens {
  /// The text that a literal stands for; escapes that name no character stay as they are.
  static func value(of token: String) -> String {
    if token.hasPrefix("[") {
      let level = token.dropFirst().prefix { $0 == "=" }.count + 2
      var inner = token.dropFirst(level).dropLast(level)
      if inner.first?.isNewline == true { inner.removeFirst() }
      return String(inner)
    }
    let inner = token.dropFirst().dropLast()
    guard inner.contains("\\") else { return String(inner) }
    let named: [Character: Character] = ["n": "\n", "t": "\t", "r": "\r", "a": "\u{7}"]
    var (text, rest) = ("", inner)
    while let character = rest.popFirst() {
      guard character == "\\", let next = rest.popFirst() else {
        text.append(character)
        continue
      }
      text.append(named[next] ?? next)
    }
    return text
  }
}
