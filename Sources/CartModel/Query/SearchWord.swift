import CartSupport

/// What may be searched for without quotes: nothing that was meant as a test or an option.
public enum SearchWord {
  /// - Throws: `malformed`, saying what to write instead.
  static func check(_ word: TypedWord) throws(ModelError) {
    let text = word.text
    guard !text.isEmpty else {
      throw ModelError(.malformed, "filter: expected field=value or a word, got an empty text")
    }
    guard !word.hasQuotes else { return }
    func refuse(_ why: String) -> ModelError {
      ModelError(
        .malformed, "filter: \(quoted(text)) \(why), or in quotes to search for the text")
    }
    if text.hasPrefix("-") { throw refuse("is no option here; write options as limit=20") }
    let sign = text.firstIndex { "=<>".contains($0) } ?? text.firstRange(of: "!~")?.lowerBound
    if let sign = sign ?? text.firstRange(of: " ~")?.lowerBound,
      text[..<sign].contains(where: \.isLetter)
    {
      throw refuse("is no test; write field, sign and value without blanks, as total>100")
    }
    let head = String(text.prefix { $0 != ":" && $0 != " " })
    if reserved[head] != nil, head != text, text.dropFirst(head.count).hasPrefix(":") {
      throw refuse("is no test; write \(head)=VALUE")
    }
    if let instead = reserved[text.lowercased()] { throw refuse("stands alone; write \(instead)") }
  }

  /// - Throws: `malformed` for a sign, which nobody looks for: it was a test with blanks in it, or meant
  ///   for a shell.
  static func checkSign(_ word: TypedWord) throws(ModelError) {
    guard !word.hasQuotes, !word.letters.isEmpty,
      word.letters.allSatisfy({ "<>=!~|&".contains($0.character) })
    else { return }
    throw ModelError(
      .malformed,
      "filter: \(quoted(word.text)) stands alone; expected field, sign and value as one word, as "
        + "total>100")
  }

  /// A word of a list that is not of carts: it is no keyword, and no sign stands in it.
  ///
  /// - Parameter names: what can stand before a sign there.
  /// - Throws: `malformed`, saying what to write instead.
  public static func read(_ word: TypedWord, names: [String], _ place: String)
    throws(ModelError) -> String
  {
    let text = word.text
    guard !text.isEmpty else {
      throw ModelError(.malformed, "\(place): expected a word or name=value, got an empty text")
    }
    guard !word.hasQuotes else { return text }
    try checkSign(word)
    if names.contains(text) {
      throw ModelError(
        .malformed,
        "\(place): \(quoted(text)) stands alone; write \(text)=VALUE, or in quotes to search for it"
      )
    }
    let head = String(text.prefix { $0.isASCII && ($0.isLetter || $0 == "_") })
    if !head.isEmpty, let next = text.dropFirst(head.count).first, "=<>~!".contains(next) {
      guard names.contains(head) else {
        throw ModelError(
          .malformed, "\(place): no key \(quoted(head))\(didYouMean(head, among: names))")
      }
      throw ModelError(.malformed, "\(place): \(head): expected \(head)=VALUE, got \(quoted(text))")
    }
    guard !["or", "and", "not", "where"].contains(text.lowercased()), !text.hasPrefix("("),
      !text.hasSuffix(")"), !word.isDashed
    else {
      throw ModelError(
        .malformed,
        "\(place): takes words and name=value, all of which must hold, not \(quoted(text)); quotes "
          + "make text of it")
    }
    return text
  }

  /// Whether a word can stand without quotes.
  static func isPlain(_ text: String) -> Bool {
    let isSimple = text.allSatisfy { $0.isLetter || $0.isNumber || "@._+-".contains($0) }
    guard isSimple, !["or", "and", "not"].contains(text.lowercased()) else { return false }
    return (try? check(TypedWord(text))) != nil
  }

  /// Names and words of other languages, with what to write instead.
  private static let reserved: [String: String] = {
    var words: [String: String] = [:]
    for name in CartField.names + FilterTest.shortcuts.keys { words[name] = name + "=VALUE" }
    for option in FilterOption.allCases { words[option.rawValue] = option.example }
    for word in ["where", "select", "like", "between", "in", "having", "with"] {
      words[word] = "tests as country=DE total>100"
    }
    for word in ["or", "and", "not"] { words[word] = "(country=DE or country=AT)" }
    for word in ["asc", "desc"] { words[word] = "sort=total or sort=-total" }
    return words
  }()
}
