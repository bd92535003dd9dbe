import CartModel
import CartScripting

/// A line that is no Lua: a verb without its dot, or plain words.
enum TypedLine {
  /// What people type for a verb.
  private static let synonyms = [
    "find": "carts", "search": "carts", "list": "carts", "show": "cart", "open": "cart",
    "lookup": "customer", "who": "customer", "cancel": "undo", "revert": "undo",
    "block": "blacklist",
    "ban": "blacklist", "pause": "hold", "buy": "order", "exit": "quit",
  ]

  /// The verb that people mean by another word.
  static func synonym(_ word: String) -> String? { synonyms[word.lowercased()] }

  /// Words that no argument of a verb is: with one of them a line is a sentence.
  private static let particles: Set = [
    "a", "an", "the", "this", "that", "of", "to", "for", "in", "on", "from", "with", "is", "are",
    "was",
    "does", "do", "me", "my", "i", "please", "all",
  ]

  private static let names = Verb.all.map(\.name)

  /// What to type instead of a line that Lua cannot compile.
  ///
  /// - Parameters:
  ///   - problem: what Lua says of it.
  /// - Returns: nil for what looks like Lua, whose own message then is the better one.
  static func advice(_ line: String, _ problem: String) -> String? {
    let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let first = words.first, !line.contains("\n") else { return nil }
    let isSentence =
      isProse(words) && words.dropFirst().contains { particles.contains($0.lowercased()) }
    if !isSentence, let verb = verb(first), !isLua(after: words) {
      var rest = Array(words.dropFirst())
      var name = verb
      // "open cart 5" says the verb itself.
      if synonyms[first.lowercased()] != nil,
        let place = rest.firstIndex(where: { names.contains($0.lowercased()) })
      {
        name = rest[place].lowercased()
        rest = Array(rest[(place + 1)...])
      }
      return "Type .\(([name] + rest).joined(separator: " ")) (verbs start with a dot)"
    }
    guard isProse(words) else { return nil }
    return
      "This is not Lua (\(problem)). .help lists what you can type; .carts NAME and .customer NAME find "
      + "carts and people"
  }

  /// What to type instead of a verb's name alone, which Lua reads as a variable.
  static func advice(name: String) -> String? {
    // Most chunks are no single word: then the verbs are not looked at.
    guard name.allSatisfy({ $0.isLetter || $0 == "-" }), names.contains(name) else { return nil }
    return "Type .\(name) (verbs start with a dot)"
  }

  /// The verb that a word means: its name, a near one, or what people say for it.
  private static func verb(_ word: String) -> String? {
    let word = word.lowercased()
    if names.contains(word) { return word }
    if let known = synonyms[word] { return known }
    // A short word is near to too many.
    guard word.count >= 4, !LuaKeyword.isOne(word) else { return nil }
    return suggestion(for: word, among: names.filter { $0.count >= 4 && isMistyped($0, word) })
  }

  /// Whether two words differ as by a slip: in the order of their letters, and in one of them at most.
  private static func isMistyped(_ name: String, _ word: String) -> Bool {
    var left = Array(word)
    var missing = 0
    for letter in name {
      if let place = left.firstIndex(of: letter) { left.remove(at: place) } else { missing += 1 }
    }
    return name.first == word.first && missing <= 1 && left.count <= 1
  }

  /// Whether what follows a name makes it a statement or an expression.
  private static func isLua(after words: [String]) -> Bool {
    guard words.count > 1, let sign = words[1].first else { return words.count > 1 }
    return "=({.:[,+*/<>~".contains(sign) || words[1].first == "\"" || words[0].contains("(")
  }

  /// Whether a line is words and no signs of Lua.
  private static func isProse(_ words: [String]) -> Bool {
    guard let first = words.first, words.count > 1, !LuaKeyword.isOne(first) else { return false }
    return words.allSatisfy { word in
      word.allSatisfy { $0.isLetter || $0.isNumber || ",.?!'’@-_&€$%/".contains($0) }
        && word.contains { $0.isLetter || $0.isNumber }
    }
  }
}
