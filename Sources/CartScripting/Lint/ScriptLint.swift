import CartModel
import LuaKit

/// Looks at a script without running it.
///
/// Finds names that do not exist and comparisons that are never true, and warns of programs that Lua
/// 5.4.4, as Debian 12 ships it, compiles wrongly or runs wrongly.
public enum ScriptLint {
  /// - Parameters:
  ///   - name: as positions in messages show it: `@rule.lua`.
  ///   - list: the text of a file of `lists/`; nil where there is none.
  ///   - folders: the files of `lists` and of `lib` beside it; nil where that is not known.
  ///   - settings: texts that stand in place of parameters, by the rule or policy and their names.
  ///   - module: the text of a file of `lib` by its module's name; nil where there is none.
  public static func check(
    _ source: String, name: String, list: @escaping (String) -> String? = { _ in nil },
    folders: ((String) -> [String])? = nil, settings: [String: [String: String]] = [:],
    module: @escaping (String) -> String? = { _ in nil }
  ) throws(ScriptError) -> [ScriptFinding] {
    if let failure = try compileError(source, name) { return [failure] }
    let tokens = LuaTokens.split(ScriptSession.withoutShebang(source))
    let checker = ScriptChecker.checked(
      tokens, list: list, folders: folders, settings: settings, module: module)
    var found = checker?.findings ?? []
    // A finding about a known amount of money names it.
    found += findings(of: tokens, beside: found, settled: checker?.settled ?? [])
    for name in checker?.modules.keys.sorted() ?? [] {
      let file = "lib/\(name).lua"
      let text = ScriptSession.withoutShebang(module(name) ?? "")
      let own = findings(
        of: LuaTokens.split(text), beside: found.filter { $0.file == file }, settled: [])
      found += own.map { finding in
        var finding = finding
        finding.file = file
        return finding
      }
    }
    return found.sorted { ($0.file, $0.line) < ($1.file, $1.line) }
  }

  /// What tokens alone show.
  ///
  /// - Parameters:
  ///   - known: what was found otherwise; an error of a line is said once.
  ///   - settled: lines that compare what is no money.
  private static func findings(
    of tokens: [LuaToken], beside known: [ScriptFinding], settled: Set<Int>
  ) -> [ScriptFinding] {
    var lint = Lint(tokens: tokens)
    lint.run()
    let lines = Set(known.map(\.line)).union(settled)
    return lint.findings.filter { !$0.isError || !lines.contains($0.line) }
  }

  /// Whether a file defines rules, policies, reports, importers or tests: another is a script, which is
  /// never run to be checked.
  public static func isDefining(_ source: String) -> Bool {
    ScriptChecker.isDefining(LuaTokens.split(ScriptSession.withoutShebang(source)))
  }

  /// Comparisons of money with `==` in a chunk; for a note at the prompt.
  public static func moneyComparisons(_ source: String) -> [ScriptFinding] {
    guard source.contains("==") || source.contains("~=") else { return [] }
    var lint = Lint(tokens: LuaTokens.split(source))
    lint.money()
    return lint.findings
  }

  /// What Lua says of a chunk of the prompt that it cannot compile; nil for one that it can, or that may
  /// go on.
  public static func syntaxError(_ chunk: String) -> String? {
    guard let found = try? compileError(chunk, "@chunk") else { return nil }
    let mayGoOn = found.message.hasSuffix("near <eof>")
    // No line behind it ends a text of one line.
    guard !mayGoOn || found.message.hasPrefix("unfinished string") else { return nil }
    return (try? compileError("return " + chunk, "@chunk")) == nil ? nil : found.message
  }

  private static func compileError(_ source: String, _ name: String) throws(ScriptError)
    -> ScriptFinding?
  {
    do throws(LuaFailure) {
      let vm = try LuaVM(.report, seed: 0) { _, _ in }
      do throws(LuaFailure) {
        _ = try vm.compile(template: ScriptSession.withoutShebang(source), name: name)
        return nil
      } catch {
        guard error.code == .error || error.code == .incomplete else { throw error }
        let prefix = name.dropFirst() + ":"
        let rest = error.message.hasPrefix(prefix) ? error.message.dropFirst(prefix.count) : ""
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard let line = Int(digits) else {
          return ScriptFinding(line: 1, isError: true, message: error.message)
        }
        return ScriptFinding(
          line: line, isError: true, message: String(rest.dropFirst(digits.count + 2)))
      }
    } catch { throw ScriptError(error) }
  }
}

/// The rules, over one chunk's tokens.
private struct Lint {
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
  private mutating func unusedLocals() {
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
  private mutating func unusedParameters() {
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

  private mutating func warn(_ index: Int, _ message: String) {
    findings.append(
      ScriptFinding(line: tokens[index].line, isError: false, message: message))
  }

  private mutating func fail(_ index: Int, _ message: String) {
    var finding = ScriptFinding(line: tokens[index].line, isError: true, message: message)
    finding.rules = Set(definition(around: index).map { [$0] } ?? [])
    findings.append(finding)
  }

  /// The rule or policy whose table has this token; nil for none, and for one of a computed name.
  private func definition(around index: Int) -> String? {
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

  private func text(_ index: Int) -> String {
    tokens.indices.contains(index) && tokens[index].kind != .text ? tokens[index].text : ""
  }

  private static let amounts: Set<String> = [
    "total", "subtotal", "discount", "shipping", "tax", "price_amount",
  ]

  /// Where an expression ends that is certainly money: `x.total`, `money("…")`.
  private func isMoney(endingAt index: Int) -> Bool {
    guard tokens.indices.contains(index) else { return false }
    if tokens[index].kind == .name, Self.amounts.contains(text(index)) {
      return text(index - 1) == "."
    }
    guard text(index) == ")" else { return false }
    var (depth, at) = (0, index)
    while at >= 0 {
      if text(at) == ")" { depth += 1 }
      if text(at) == "(" { depth -= 1 }
      if depth == 0 { break }
      at -= 1
    }
    return text(at - 1) == "money" && ![".", ":"].contains(text(at - 2))
  }

  /// Whether an expression that ends here is divided by: money / money is a number.
  private func isQuotient(endingAt index: Int) -> Bool {
    var (depth, at) = (0, index)
    while at >= 0 {
      if [")", "]", "}"].contains(text(at)) { depth += 1 }
      if ["(", "[", "{"].contains(text(at)) { depth -= 1 }
      if depth < 0 { return false }
      if depth == 0, text(at) == "/" { return true }
      if depth == 0, tokens[at].kind == .keyword || ["=", ",", ";"].contains(text(at)) {
        return false
      }
      at -= 1
    }
    return false
  }

  /// Where an expression of names and fields that begins here ends.
  private func chain(from index: Int) -> Int? {
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
  private func bracketEnd(from index: Int) -> Int? {
    var depth = 0
    for at in tokens.indices.dropFirst(index) {
      if ["[", "(", "{"].contains(text(at)) { depth += 1 }
      if ["]", ")", "}"].contains(text(at)) { depth -= 1 }
      if depth == 0 { return at }
    }
    return nil
  }

  private func isPlain(_ index: Int) -> Bool {
    guard tokens.indices.contains(index) else { return false }
    return tokens[index].kind == .number || tokens[index].kind == .text
  }

  /// Whether a value is the right side of an operation, as the 2 of `price * 2`; a sign alone is none.
  private func isOperand(_ index: Int) -> Bool {
    let sign = text(index - 1)
    guard ["*", "/", "//", "%", "^", "+", "-", ".."].contains(sign) else { return false }
    guard sign == "-", tokens.indices.contains(index - 2) else { return true }
    let before = tokens[index - 2]
    return before.kind == .name || isPlain(index - 2) || [")", "]"].contains(before.text)
  }

  mutating func money() {
    for index in tokens.indices where text(index) == "==" || text(index) == "~=" {
      let minus = text(index + 1) == "-" ? 1 : 0
      let onLeft =
        isMoney(endingAt: index - 1) && isPlain(index + 1 + minus)
        && !isQuotient(endingAt: index - 1)
      let onRight =
        isPlain(index - 1) && !isOperand(index - 1)
        && (chain(from: index + 1).map { isMoney(endingAt: $0) && text($0 + 1) != "/" } == true)
      guard onLeft || onRight else { continue }
      fail(
        index,
        "money \(text(index)) a number or text is always "
          + "\(text(index) == "==" ? "false" : "true"); write x:eq(12.5), or compare with "
          + "money(\"…\")")
    }
  }

  /// Lua 5.4.4 reads nil for `t[a < b]` where `t` is an upvalue (fixed by 782ef85b).
  private mutating func indexedByComparison() {
    for index in tokens.indices where text(index) == "[" {
      let before = index > 0 ? tokens[index - 1] : nil
      guard before?.kind == .name || ["]", ")"].contains(before?.text ?? "") else { continue }
      var (depth, at) = (0, index)
      while at < tokens.count {
        if ["[", "(", "{"].contains(text(at)) { depth += 1 }
        if ["]", ")", "}"].contains(text(at)) { depth -= 1 }
        if depth == 0 { break }
        if depth == 1, ["<", ">", "<=", ">=", "==", "~="].contains(text(at)) {
          warn(
            at,
            "Lua 5.4.4 may read nil when a table is indexed by a comparison; put the comparison "
              + "into a local first")
          break
        }
        at += 1
      }
    }
  }

  /// Lua 5.4.4 computes `1 ~ (2 or 3)` wrongly in functions of many constants (c764ca71).
  private mutating func foldedBitwise() {
    let constants = Set(tokens.filter { $0.kind == .number || $0.kind == .text }.map(\.text))
    let names = Set(tokens.filter { $0.kind == .name }.map(\.text))
    guard constants.count + names.count > 200 else { return }
    for index in tokens.indices where ["~", "&", "|"].contains(text(index)) {
      guard index > 0, tokens[index - 1].kind == .number, text(index + 1) == "(" else { continue }
      var (depth, at) = (0, index + 1)
      while at < tokens.count {
        if text(at) == "(" { depth += 1 }
        if text(at) == ")" { depth -= 1 }
        if depth == 0 { break }
        if depth == 1, text(at) == "or" || text(at) == "and" {
          warn(
            index,
            "Lua 5.4.4 may compute this wrongly in a chunk of many constants; put the part in "
              + "parentheses into a local first")
          break
        }
        at += 1
      }
    }
  }

  /// Lua 5.4.4 may not close the fourth value of a generic `for` on `break` (997f11f5).
  private mutating func closingLoops() {
    for index in tokens.indices where text(index) == "for" {
      guard let start = tokens[index...].firstIndex(where: { ["in", "="].contains($0.text) }),
        text(start) == "in"
      else { continue }
      var (depth, commas, at) = (0, 0, start + 1)
      while at < tokens.count, !(depth == 0 && text(at) == "do") {
        if ["(", "{", "["].contains(text(at)) || text(at) == "function" { depth += 1 }
        if [")", "}", "]"].contains(text(at)) || text(at) == "end" { depth -= 1 }
        if depth == 0, text(at) == "," { commas += 1 }
        at += 1
      }
      guard commas >= 3, let end = blockEnd(from: at),
        tokens[at..<end].contains(where: { $0.kind == .keyword && $0.text == "break" })
      else { continue }
      warn(
        index,
        "Lua 5.4.4 may not close a loop's closing value on 'break'; close it in a local <close> "
          + "around the loop")
    }
  }

  /// The `end` of a block whose `do` stands here.
  private func blockEnd(from index: Int) -> Int? {
    var depth = 0
    for at in tokens.indices.dropFirst(index) where tokens[at].kind == .keyword {
      switch tokens[at].text {
      // A `while` or `for` opens with its `do`.
      case "do", "function", "if", "repeat": depth += 1
      case "end", "until": depth -= 1
      default: break
      }
      if depth == 0 { return at }
    }
    return nil
  }

  /// `utf8.codes` of 5.4.4 takes stray continuation bytes for characters (a1089b41).
  private mutating func strayBytes() {
    for index in tokens.indices where text(index) == "codes" {
      guard text(index - 1) == ".", text(index - 2) == "utf8" else { continue }
      warn(
        index,
        "utf8.codes of Lua 5.4.4 accepts stray continuation bytes; check the text with "
          + "utf8.len first")
    }
  }
}
