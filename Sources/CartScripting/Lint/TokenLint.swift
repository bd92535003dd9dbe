/// Looks at one chunk's tokens alone: for names that nothing reads, amounts that are compared with numbers,
/// and programs that Lua 5.4.4 compiles or runs wrongly.
struct TokenLint {
  let tokens: [LuaToken]
  private(set) var findings: [ScriptFinding] = []

  init(tokens: [LuaToken]) { self.tokens = tokens }

  mutating func run() {
    money()
    indexedByComparison()
    foldedBitwise()
    closingLoops()
    strayBytes()
    unusedLocals()
    unusedParameters()
  }

  /// A local that nothing names again.
  mutating func unusedLocals() {
    for index in tokens.indices where text(index) == "local" && tokens[index].kind == .keyword {
      let at = text(index + 1) == "function" ? index + 2 : index + 1
      guard tokens.indices.contains(at), tokens[at].kind == .name, !text(at).hasPrefix("_") else {
        continue
      }
      let name = text(at)
      let uses = tokens.indices.filter { $0 != at && tokens[$0].kind == .name && text($0) == name }
      if uses.isEmpty { warn(at, "local \(name): is never used") }
    }
  }

  /// Whether a rule reads its parameters otherwise than by `p.name`: all at once, or by a key that is
  /// worked out.
  private var readsParametersByKey: Bool {
    for index in tokens.indices.dropFirst(5) where text(index) == ")" {
      guard text(index - 4) == "(", text(index - 5) == "function" else { continue }
      let name = text(index - 1)
      for at in tokens.indices where at != index - 1 && text(at) == name {
        guard tokens[at].kind == .name, text(at - 1) != ".", text(at - 1) != ":" else { continue }
        if text(at + 1) != ".", text(at + 1) != "=" { return true }
      }
    }
    return false
  }

  /// A parameter of a rule or policy that no `p.name` reads.
  mutating func unusedParameters() {
    guard !readsParametersByKey else { return }
    for index in tokens.indices where text(index) == "params" && text(index + 1) == "=" {
      guard text(index + 2) == "{" else { continue }
      var (depth, at) = (1, index + 3)
      while at < tokens.count, depth > 0 {
        if text(at) == "{" { depth += 1 }
        if text(at) == "}" { depth -= 1 }
        if depth == 1, tokens[at].kind == .name, text(at + 1) == "=" {
          let name = text(at)
          let isRead = tokens.indices.contains {
            text($0) == name && [".", ":"].contains(text($0 - 1))
              || tokens[$0].kind == .text && tokens[$0].text.contains(name)
          }
          if !isRead { warn(at, "params: \(name): is never read") }
        }
        at += 1
      }
    }
  }

  mutating func warn(_ index: Int, _ message: String) {
    findings.append(
      ScriptFinding(line: tokens[index].line, isError: false, message: message))
  }

  mutating func fail(_ index: Int, _ message: String) {
    var finding = ScriptFinding(line: tokens[index].line, isError: true, message: message)
    finding.rules = Set(definition(around: index).map { [$0] } ?? [])
    findings.append(finding)
  }

  /// The rule or policy whose table has this token; nil for none, and for one of a computed name.
  func definition(around index: Int) -> String? {
    for at in tokens.indices where at < index && ["rule", "policy"].contains(text(at)) {
      let name = text(at + 1) == "(" ? at + 2 : at + 1
      guard tokens.indices.contains(name), tokens[name].kind == .text else { continue }
      let start = text(name + 1) == ")" ? name + 2 : name + 1
      if start < index, text(start) == "{", let end = bracketEnd(from: start), index < end {
        return tokens[name].text
      }
    }
    return nil
  }

  func text(_ index: Int) -> String {
    tokens.indices.contains(index) && tokens[index].kind != .text ? tokens[index].text : ""
  }

  /// Where an expression of names and fields that begins here ends.
  func chain(from index: Int) -> Int? {
    guard tokens.indices.contains(index), tokens[index].kind == .name else { return nil }
    var at = index
    while true {
      if [".", ":"].contains(text(at + 1)), tokens.indices.contains(at + 2),
        tokens[at + 2].kind == .name
      {
        at += 2
      } else if ["[", "("].contains(text(at + 1)), let end = bracketEnd(from: at + 1) {
        at = end
      } else {
        return at
      }
    }
  }

  /// The bracket that closes the one here.
  func bracketEnd(from index: Int) -> Int? {
    var depth = 0
    for at in tokens.indices.dropFirst(index) {
      if ["[", "(", "{"].contains(text(at)) { depth += 1 }
      if ["]", ")", "}"].contains(text(at)) { depth -= 1 }
      if depth == 0 { return at }
    }
    return nil
  }

  func isPlain(_ index: Int) -> Bool {
    guard tokens.indices.contains(index) else { return false }
    return tokens[index].kind == .number || tokens[index].kind == .text
  }
}
