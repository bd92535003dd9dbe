import CartModel

/// Splits a verb's line into words; quotes keep blanks together, also inside `field="a b"`.
enum Words {
  /// - Throws: `malformed` for a quote without an end.
  static func split(_ line: String) throws(ModelError) -> [String] {
    var (words, word, isWord) = ([String](), "", false)
    var quote: Character?
    for character in line {
      if let mark = quote {
        if character == mark { quote = nil } else { word.append(character) }
      } else if character == "\"" || (character == "'" && (word.isEmpty || word.hasSuffix("="))) {
        quote = character
        isWord = true
      } else if character == " " || character == "\t" {
        if isWord { words.append(word) }
        (word, isWord) = ("", false)
      } else {
        word.append(character)
        isWord = true
      }
    }
    if let quote {
      throw ModelError(.malformed, "a quote \(quote) has no end")
    }
    if isWord { words.append(word) }
    return words
  }
}
