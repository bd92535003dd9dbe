/// A small change of a script that a test should notice.
public struct ScriptMutant: Equatable, Sendable {
  public var line: Int
  /// `>` and what stands in its place; empty for nothing.
  public var before: String
  public var after: String
  /// Where it stands, in bytes.
  let range: Range<Int>

  /// The whole script with it.
  public func text(of source: String) -> String {
    let bytes = Array(source.utf8)
    return String(decoding: bytes[..<range.lowerBound], as: UTF8.self) + after
      + String(decoding: bytes[range.upperBound...], as: UTF8.self)
  }
}

/// Small changes to what rules and policies of a file decide: bounds, comparisons, conjunctions,
/// parameters. What only words them, and the tests beside them, is left alone.
public enum ScriptMutants {
  /// All changes, in the order of the text.
  public static func all(of source: String) -> [ScriptMutant] {
    let tokens = LuaTokens.split(source)
    var mutants: [ScriptMutant] = []
    for index in decisions(tokens) {
      let token = tokens[index]
      guard let after = change(tokens, index) else { continue }
      let range = token.offset..<token.offset + token.text.utf8.count
      mutants.append(
        ScriptMutant(line: token.line, before: token.text, after: after, range: range))
    }
    return mutants
  }

  private static let opposites = [
    ">": ">=", ">=": ">", "<": "<=", "<=": "<", "==": "~=", "~=": "==", "and": "or", "or": "and",
    "true": "false", "false": "true", "+": "-", "-": "+", "not": "",
  ]

  private static func change(_ tokens: [LuaToken], _ index: Int) -> String? {
    let token = tokens[index]
    switch token.kind {
    case .number:
      if let whole = Int64(token.text) { return String(whole &+ 1) }
      return Double(token.text).map { "\($0 * 2)" }
    case .keyword, .sign:
      // A minus before a single value is no difference.
      if token.text == "-", index == 0 || isOperator(tokens[index - 1]) { return nil }
      // A default as `x or ""` and what a hit says, `and "words"`, decide nothing.
      if token.text == "and" || token.text == "or", index + 1 < tokens.count,
        tokens[index + 1].kind == .text
      {
        return nil
      }
      return opposites[token.text]
    case .text:
      let beside = [index - 1, index + 1].contains {
        tokens.indices.contains($0) && ["==", "~="].contains(tokens[$0].text)
      }
      return beside ? "\"another\"" : nil
    case .name: return nil
    }
  }

  private static func isOperator(_ token: LuaToken) -> Bool {
    switch token.kind {
    case .keyword: true
    case .sign: ![")", "]", "}"].contains(token.text)
    default: false
    }
  }

  /// The places of tokens within `when`, `order` and `params` of what `rule` and `policy` define.
  private static func decisions(_ tokens: [LuaToken]) -> [Int] {
    var (places, index) = ([Int](), 0)
    while index + 2 < tokens.count {
      let isDefinition =
        tokens[index].kind == .name && ["rule", "policy"].contains(tokens[index].text)
        && tokens[index + 1].kind == .text && tokens[index + 2].text == "{"
      guard isDefinition else {
        index += 1
        continue
      }
      var (depth, at, key) = (1, index + 3, "")
      while at < tokens.count, depth > 0 {
        if depth == 1, tokens[at].kind == .name, at + 1 < tokens.count, tokens[at + 1].text == "=" {
          key = tokens[at].text
        } else if ["when", "order", "params"].contains(key) {
          places.append(at)
        }
        // `function … end` is as deep as a brace: the commas within it part nothing.
        switch tokens[at].text {
        case "{", "(", "[": depth += tokens[at].kind == .sign ? 1 : 0
        case "}", ")", "]": depth -= tokens[at].kind == .sign ? 1 : 0
        case "function", "if", "do", "repeat": depth += tokens[at].kind == .keyword ? 1 : 0
        case "end", "until": depth -= tokens[at].kind == .keyword ? 1 : 0
        default: break
        }
        at += 1
      }
      index = at
    }
    return places
  }
}
