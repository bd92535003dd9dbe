/// How many lines functions have, read from the text of a file that is formatted as ours are.
///
/// A function whose body is one `switch` is a table: its cases count, each by itself.
struct FunctionLength: Equatable {
  var name: String
  /// With its declaration and its last brace; of a table, those of the longest case.
  var lines: Int

  private static let modifiers: Set<String> = [
    "public", "package", "private", "fileprivate", "internal", "final", "static", "class",
    "override", "mutating", "consuming", "borrowing", "nonisolated", "convenience", "required",
    "prefix", "postfix", "lazy",
  ]

  /// The functions, initializers and computed properties of a file that take more than a line.
  static func all(_ text: String) -> [FunctionLength] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.indices.compactMap { start in
      guard let name = name(lines, start) else { return nil }
      let depth = depth(lines[start])
      // A parameter list may end at the same depth: `) throws {`.
      let end = lines[(start + 1)...].firstIndex { line in
        Self.depth(line) == depth && line.drop { $0 == " " }.first == "}"
      }
      guard let end else { return nil }
      let body = lines[start...end]
      return FunctionLength(name: name, lines: longestCase(body, depth) ?? body.count)
    }
  }

  private static func depth(_ line: Substring) -> Int {
    line.isEmpty ? .max : line.prefix { $0 == " " }.count
  }

  /// What a line declares; nil for no function, and for one that ends on its line or has no body.
  private static func name(_ lines: [Substring], _ start: Int) -> String? {
    let words = lines[start].split(separator: " ").drop {
      modifiers.contains(String($0.prefix { $0 != "(" })) || $0.hasPrefix("@")
    }
    guard let first = words.first else { return nil }
    if first == "func", words.count > 1 {
      let name = words[words.startIndex + 1].prefix { $0 != "(" && $0 != "<" }
      return hasBody(lines, start) ? String(name) : nil
    }
    if first.hasPrefix("init(") || first.hasPrefix("init?(") || first.hasPrefix("init<") {
      return hasBody(lines, start) ? "init" : nil
    }
    guard first == "var" || first == "subscript" || first.hasPrefix("subscript("),
      lines[start].hasSuffix("{"), !words.contains("="), words.count > 1
    else { return nil }
    return first == "var"
      ? String(words[words.startIndex + 1].prefix { $0 != ":" }) : "subscript"
  }

  /// Whether the declaration that begins on a line opens a brace that stays open.
  private static func hasBody(_ lines: [Substring], _ start: Int) -> Bool {
    var parens = 0
    for line in lines[start...].prefix(20) {
      for character in line { parens += character == "(" ? 1 : character == ")" ? -1 : 0 }
      if line.hasSuffix("{"), parens == 0 { return true }
      // A body on the line itself, or a requirement of a protocol.
      if parens == 0, line.hasSuffix("}") { return false }
      if line.isEmpty { return false }
    }
    return false
  }

  /// The lines of the longest case where a function is nothing but a switch.
  private static func longestCase(_ body: ArraySlice<Substring>, _ depth: Int) -> Int? {
    let inner = body.dropFirst().dropLast()
    let place = inner.firstIndex { line in
      Self.depth(line) == depth + 2
        && (line.hasPrefix(String(repeating: " ", count: depth + 2) + "switch ")
          || line.drop { $0 == " " }.hasPrefix("return switch "))
    }
    guard let place, inner.last?.drop(while: { $0 == " " }) == "}",
      Self.depth(inner[inner.endIndex - 1]) == depth + 2,
      // No statement stands before it or after it.
      !inner[..<place].contains(where: { Self.depth($0) == depth + 2 && isStatement($0) }),
      !inner[(place + 1)...].dropLast().contains(where: {
        Self.depth($0) == depth + 2 && !isCase($0)
      })
    else { return nil }
    let cases = inner[place...].indices.filter {
      Self.depth(inner[$0]) == depth + 2 && isCase(inner[$0])
    }
    return zip(cases, cases.dropFirst() + [inner.endIndex - 1]).map { $1 - $0 }.max()
  }

  private static func isCase(_ line: Substring) -> Bool {
    let text = line.drop { $0 == " " }
    return text.hasPrefix("case ") || text.hasPrefix("default:") || text.hasPrefix("//")
  }

  /// Whether a line at the depth of a body is more than a rest of its declaration or a comment.
  private static func isStatement(_ line: Substring) -> Bool {
    let text = line.drop { $0 == " " }
    guard !text.hasPrefix("//"), !text.hasPrefix("}") else { return false }
    // What a declaration throws and returns, on a line of its own.
    guard !text.hasPrefix("throws"), !text.hasPrefix("-> ") else { return false }
    // Parameters of a declaration of several lines.
    return !text.hasPrefix("_ ") && text.firstMatch(of: #/^\w+( \w+)?: /#) == nil
  }
}
