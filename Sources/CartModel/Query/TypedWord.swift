import CartSupport

/// A word as it was typed, with what stood between quotes.
///
/// Quotes make text of anything: a keyword, a sign or a comma between them is none.
public struct TypedWord: Equatable, Sendable {
  public struct Letter: Equatable, Sendable {
    public let character: Character
    public let isQuoted: Bool

    init(_ character: Character, isQuoted: Bool = false) {
      self.character = character
      self.isQuoted = isQuoted
    }

    /// Whether it is this character, outside quotes.
    func isPlain(_ other: Character) -> Bool { !isQuoted && character == other }
  }

  public internal(set) var letters: [Letter]
  /// Whether quotes stood in it, perhaps around nothing.
  public internal(set) var hasQuotes: Bool

  public init(_ letters: [Letter] = [], hasQuotes: Bool = false) {
    self.letters = letters
    self.hasQuotes = hasQuotes
  }

  /// Without its quotes.
  public var text: String { String(letters.map(\.character)) }

  /// Splits a line at blanks; quotes keep them together, also inside `field="a b"`.
  ///
  /// - Throws: `malformed` for a quote without an end.
  public static func split(_ line: String) throws(ModelError) -> [TypedWord] {
    var (words, word, isWord) = ([TypedWord](), TypedWord(), false)
    var quote: Character?
    for (index, character) in zip(line.indices, line) {
      if let mark = quote {
        if character == mark { quote = nil } else { word.append(character, isQuoted: true) }
      } else if character == "\""
        || character == "'"
          && (word.opensQuote
            || word.isBehindWildcard(character, line[line.index(after: index)...].first))
      {
        quote = character
        (isWord, word.hasQuotes) = (true, true)
      } else if character == " " || character == "\t" {
        if isWord { words.append(word) }
        (word, isWord) = (TypedWord(), false)
      } else {
        word.append(character, isQuoted: false)
        isWord = true
      }
    }
    if let quote { throw ModelError(.malformed, "a quote \(quote) has no end") }
    if isWord { words.append(word) }
    return words
  }

  /// One text, as a script or a single argument of a command gives it: its blanks are its own.
  ///
  /// Quotes count at its beginning and behind a sign or a comma; in an expression as in a line.
  /// - Throws: `malformed` for a quote without an end.
  public init(whole text: String) throws(ModelError) {
    self.init(String(text.drop { $0 == " " }.prefix(4)))
    if beginsExpression {
      let pieces = try TypedWord.split(text)
      self.init(Array(pieces.map(\.letters).joined(separator: [Letter(" ")])))
      return
    }
    self.init()
    var (quote, start) = (Character?.none, text.startIndex)
    for (index, character) in zip(text.indices, text) {
      if let mark = quote {
        if character == mark { quote = nil } else { append(character, isQuoted: true) }
      } else if character == "\"" || character == "'",
        opensQuote || letters.last?.isPlain(",") == true || isFamily
          || isBehindWildcard(character, text[text.index(after: index)...].first)
      {
        (quote, start) = (character, index)
        hasQuotes = true
      } else {
        append(character, isQuoted: false)
      }
    }
    if let quote {
      throw ModelError(
        .malformed, "filter: a quote \(quote) has no end in \(quoted(text[start...]))")
    }
    while letters.first?.isPlain(" ") == true { letters.removeFirst() }
    while letters.last?.isPlain(" ") == true { letters.removeLast() }
  }

  private mutating func append(_ character: Character, isQuoted: Bool) {
    letters.append(Letter(character, isQuoted: isQuoted))
  }

  /// Whether a quote that comes next opens a text: at the beginning, behind a sign, and behind
  /// another text in quotes.
  private var opensQuote: Bool {
    guard let last = letters.last else { return true }
    return last.isQuoted || "=<>~(".contains(last.character)
  }

  /// Whether a quote that comes next opens a text behind `*` or `?`; a single one only around a double
  /// one, as it stands in names: `*'Brien`.
  private func isBehindWildcard(_ quote: Character, _ next: Character?) -> Bool {
    guard let last = letters.last, last.isPlain("*") || last.isPlain("?") else { return false }
    return quote == "\"" || next == "\""
  }

  /// Whether it is the beginning of a field whose key comes next, as `option.`.
  private var isFamily: Bool {
    letters.last?.isPlain(".") == true
      && CartFieldFamily.all.contains { $0.name + "." == text }
  }

  /// Where this text stands outside quotes, in any case; nil where it does not.
  func firstPlace(of wanted: String) -> Int? {
    let wanted = Array(wanted.lowercased())
    guard letters.count >= wanted.count else { return nil }
    return (0...letters.count - wanted.count).first { start in
      wanted.indices.allSatisfy { offset in
        let letter = letters[start + offset]
        return !letter.isQuoted && letter.character.lowercased() == String(wanted[offset])
      }
    }
  }

  /// Split at commas outside quotes.
  var parts: [TypedWord] {
    letters.split(omittingEmptySubsequences: false) { $0.isPlain(",") }.map {
      TypedWord(Array($0), hasQuotes: $0.contains(where: \.isQuoted))
    }
  }

  /// Split at blanks outside quotes.
  var pieces: [TypedWord] {
    letters.split { $0.isPlain(" ") || $0.isPlain("\t") }.map {
      TypedWord(Array($0), hasQuotes: $0.contains(where: \.isQuoted))
    }
  }

  func dropFirst(_ count: Int) -> TypedWord {
    TypedWord(Array(letters.dropFirst(count)), hasQuotes: hasQuotes)
  }
}

extension TypedWord {
  /// A text without quotes.
  public init(_ text: String) { self.init(text.map { Letter($0) }) }

  /// A text that stands for itself: nothing in it is a sign.
  public init(quoting text: String) {
    self.init(text.map { Letter($0, isQuoted: true) }, hasQuotes: true)
  }

  /// A value that is given as it is: only `*` in it is a sign.
  init(value text: String) {
    self.init(text.map { Letter($0, isQuoted: $0 != "*") }, hasQuotes: true)
  }

  /// `name=` with what stands behind it.
  public init(_ name: String, _ value: TypedWord) {
    self.init((name + "=").map { Letter($0) } + value.letters, hasQuotes: value.hasQuotes)
  }

  /// A name and what is given to it by `=`; nil for another word.
  public var assignment: (name: String, value: TypedWord)? {
    guard let sign = letters.firstIndex(where: { $0.isPlain("=") }), sign > 0,
      letters[..<sign].allSatisfy({ !$0.isQuoted && Self.isName($0.character) })
    else { return nil }
    let value = TypedWord(Array(letters[(sign + 1)...]), hasQuotes: hasQuotes)
    return (String(letters[..<sign].map(\.character)), value)
  }

  /// A name and what is given to it, also where quotes stand around both.
  public var looseAssignment: (name: String, value: TypedWord)? {
    guard let sign = letters.firstIndex(where: { $0.character == "=" }), sign > 0,
      letters[..<sign].allSatisfy({ Self.isName($0.character) })
    else { return nil }
    let value = TypedWord(Array(letters[(sign + 1)...]), hasQuotes: hasQuotes)
    return (String(letters[..<sign].map(\.character)), value)
  }

  /// What stands behind two dashes at its beginning; nil for another word.
  public var dashed: TypedWord? {
    guard letters.count > 2, letters[0].isPlain("-"), letters[1].isPlain("-") else { return nil }
    return dropFirst(2)
  }

  /// Whether it looks like an option: a dash outside quotes, and a letter or another dash.
  public var isDashed: Bool {
    guard letters.count > 1, letters[0].isPlain("-"), !letters[1].isQuoted else { return false }
    return letters[1].character == "-" || letters[1].character.isLetter
  }

  private static func isName(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || "_-".contains(character))
  }
}
