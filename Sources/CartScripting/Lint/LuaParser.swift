import CartSupport

/// Reads a chunk that Lua has compiled into a tree (reference manual, 9).
///
/// What is not Lua ends the reading: the tree is nil then. Nesting is as deep as Lua's own parser lets it.
struct LuaParser {
  let tokens: [LuaToken]
  var at = 0

  /// What was read is no Lua.
  struct Failure: Error {}

  static func parse(_ tokens: [LuaToken]) -> [LuaStatement]? {
    var parser = LuaParser(tokens: tokens)
    guard let block = try? parser.block(), parser.at >= tokens.count else { return nil }
    return block
  }

  private init(tokens: [LuaToken]) { self.tokens = tokens }

  // MARK: Tokens

  var text: String {
    at < tokens.count && tokens[at].kind != .text ? tokens[at].text : ""
  }
  var line: Int { at < tokens.count ? tokens[at].line : tokens.last?.line ?? 1 }

  mutating func take(_ word: String) -> Bool {
    guard text == word else { return false }
    at += 1
    return true
  }

  mutating func expect(_ word: String) throws {
    guard take(word) else { throw Failure() }
  }

  mutating func name() throws -> String {
    guard at < tokens.count, tokens[at].kind == .name else { throw Failure() }
    at += 1
    return tokens[at - 1].text
  }

  // MARK: Statements

  private static let ends: Set<String> = ["end", "else", "elseif", "until"]

  mutating func block() throws -> [LuaStatement] {
    var statements: [LuaStatement] = []
    while at < tokens.count, !Self.ends.contains(text) {
      if take(";") { continue }
      statements.append(try statement())
    }
    return statements
  }

  mutating func statement() throws -> LuaStatement {
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

  mutating func closed(_ word: String) throws -> [LuaStatement] {
    try expect(word)
    let inner = try block()
    try expect("end")
    return inner
  }

  mutating func local() throws -> LuaStatement {
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

  mutating func function() throws -> LuaStatement {
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

  mutating func branch() throws -> LuaStatement {
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

  mutating func forLoop() throws -> LuaStatement {
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

  mutating func simple() throws -> LuaStatement {
    let first = try suffixed()
    guard text == "=" || text == "," else { return .call(first) }
    var targets = [first]
    while take(",") { targets.append(try suffixed()) }
    try expect("=")
    return .assign(targets, try expressions())
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
