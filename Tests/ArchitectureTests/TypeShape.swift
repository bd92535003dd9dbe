/// How many stored properties a type declares, read from the text of a file that is formatted as ours are.
struct TypeShape {
  var name: String
  var stored = 0
  fileprivate var depth: Int

  private static let modifiers: Set<String> = [
    "public", "package", "private", "fileprivate", "internal", "final", "lazy", "weak", "unowned",
    "indirect", "nonisolated",
  ]

  /// The words of a line without modifiers: `let shop: Shop`.
  private static func words(_ line: Substring) -> [Substring] {
    let words = line.split(separator: " ")
    return Array(words.drop { modifiers.contains(String($0.prefix { $0 != "(" })) })
  }

  /// The types that have extensions at the top of a file.
  static func extended(_ text: String) -> Set<String> {
    var names: Set<String> = []
    for line in text.split(separator: "\n") where !line.hasPrefix(" ") {
      let words = words(line)
      guard words.count > 1, words[0] == "extension" else { continue }
      names.insert(String(words[1].prefix { $0 != ":" }))
    }
    return names
  }

  static func types(_ text: String) -> [TypeShape] {
    var (open, done) = ([TypeShape](), [TypeShape]())
    for line in text.split(separator: "\n") {
      let depth = line.prefix { $0 == " " }.count
      let words = words(line)
      guard let first = words.first, !first.hasPrefix("//") else { continue }
      while let last = open.last, depth <= last.depth { done.append(open.removeLast()) }
      if ["class", "struct", "enum", "actor"].contains(first), words.count > 1,
        line.last == "{"
      {
        open.append(
          TypeShape(name: String(words[1].prefix { $0 != ":" && $0 != "<" }), depth: depth))
      } else if let type = open.last, depth == type.depth + 2, isStored(words) {
        open[open.count - 1].stored += 1
      }
    }
    return done + open
  }

  private static func isStored(_ words: [Substring]) -> Bool {
    guard words.count > 1, words[0] == "let" || words[0] == "var" else { return false }
    guard words[0] == "var", let brace = words.firstIndex(where: { $0.hasPrefix("{") }) else {
      return true
    }
    // A value stands before the brace, or the brace only watches.
    return words[..<brace].contains("=") || words.dropFirst(brace).contains("didSet")
  }
}
