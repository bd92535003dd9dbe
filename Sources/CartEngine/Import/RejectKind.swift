import CartSupport

/// Rejected lines of one kind: their reasons differ at most in names, amounts and times.
struct RejectKind {
  private(set) var count = 0
  /// Without what it quotes; nil where they differ.
  private(set) var text: String?

  mutating func add(_ shown: String) {
    text = count == 0 || text == shown ? shown : nil
    count += 1
  }

  static func shown(_ text: String) -> String {
    text.count > 200 ? text.prefix(199) + "…" : text
  }

  /// A reason without what it quotes of its line.
  static func unquoted(_ reason: String) -> String {
    var text = ""
    var (isQuoted, last) = (false, Character(" "))
    let characters = Array(reason)
    for (place, character) in characters.enumerated() {
      let next = characters.indices.contains(place + 1) ? characters[place + 1] : " "
      // An apostrophe stands within a word: the cart's currency.
      if character == "'", !(isQuoted ? next : last).isWordPart {
        isQuoted.toggle()
        text += isQuoted ? "'…" : "'"
      } else if !isQuoted {
        text.append(character)
      }
      last = character
    }
    return text
  }

  /// What reasons of one kind share: ids, amounts, counts and times are left out.
  static func key(_ shown: String) -> String {
    var before: Substring = ""
    let words = shown.split(separator: " ", omittingEmptySubsequences: false).map { word in
      defer { before = word }
      let end = word.lastIndex { !",:;.)".contains($0) }.map(word.index(after:)) ?? word.startIndex
      let (bare, mark) = (word[..<end], word[end...])
      let isName = Self.named.contains(before) && (!mark.isEmpty || word.endIndex == shown.endIndex)
      return isName || bare.contains(where: \.isNumber) ? "…" + mark : word
    }
    return words.joined(separator: " ")
  }

  /// Words before the name of a thing.
  private static let named: Set<Substring> = ["cart", "order", "operation"]
}

extension Character {
  fileprivate var isWordPart: Bool { isLetter || isNumber }
}
