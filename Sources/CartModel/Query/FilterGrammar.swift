import CartSupport

/// A piece of a filter.
enum FilterToken: Equatable {
  case open, close, or, and, not
  /// A test, a word to search for, or an option.
  case item(TypedWord)

  /// The pieces of a word without blanks: parentheses count at its beginning and its end.
  static func tokens(_ word: TypedWord) -> [FilterToken] {
    var (word, tokens) = (word, [FilterToken]())
    while let count = word.opening {
      if count > 1 { tokens.append(keyword(word.letters.prefix(count - 1)) ?? .not) }
      tokens.append(.open)
      word = word.dropFirst(count)
    }
    // One that belongs to the text, as in `Mug(blue)`, has its beginning there.
    let balance = word.letters.reduce(0) { sum, letter in
      sum + (letter.isPlain("(") ? -1 : letter.isPlain(")") ? 1 : 0)
    }
    let closing = min(max(balance, 0), word.letters.reversed().prefix { $0.isPlain(")") }.count)
    word.letters.removeLast(closing)
    if !word.letters.isEmpty || word.hasQuotes || tokens.isEmpty && closing == 0 {
      tokens.append(word.hasQuotes ? .item(word) : keyword(word.letters[...]) ?? .item(word))
    }
    return tokens + Array(repeating: .close, count: closing)
  }

  private static func keyword(_ letters: ArraySlice<TypedWord.Letter>) -> FilterToken? {
    switch String(letters.map(\.character)).lowercased() {
    case "or": .or
    case "and": .and
    case "not": .not
    default: nil
    }
  }
}

extension TypedWord {
  /// How many letters open a parenthesis at its beginning: one, or a keyword with it, as `not(`.
  fileprivate var opening: Int? {
    if letters.first?.isPlain("(") == true { return 1 }
    return ["not(", "and(", "or("].first { firstPlace(of: $0) == 0 }?.count
  }

  var hasBlanks: Bool { letters.contains { $0.isPlain(" ") || $0.isPlain("\t") } }

  /// Whether a text is an expression: it begins with `(` or `not `.
  var beginsExpression: Bool {
    letters.first?.isPlain("(") == true || firstPlace(of: "not ") == 0
      || firstPlace(of: "not(") == 0
  }
}

/// Makes the tree of a filter's pieces: `or` binds least, `not` most.
struct FilterGrammar {
  private let tokens: [FilterToken]
  private let parser: FilterParser
  private var index = 0
  private var depth = 0

  /// - Returns: nil where there are no pieces.
  static func parse(_ tokens: [FilterToken], _ parser: FilterParser) throws(ModelError)
    -> Filter.Expression?
  {
    guard !tokens.isEmpty else { return nil }
    var grammar = FilterGrammar(tokens: tokens, parser: parser)
    let expression = try grammar.or()
    guard grammar.index == tokens.count else {
      throw ModelError(
        .malformed, "filter: a ')' has no '(' before it; quotes make text of a parenthesis")
    }
    return expression
  }

  private init(tokens: [FilterToken], parser: FilterParser) {
    (self.tokens, self.parser) = (tokens, parser)
  }

  private var next: FilterToken? { index < tokens.count ? tokens[index] : nil }

  private mutating func or() throws(ModelError) -> Filter.Expression {
    var parts = [try and()]
    while next == .or {
      index += 1
      parts.append(try and())
    }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func and() throws(ModelError) -> Filter.Expression {
    var parts = [try not()]
    while let token = next, token != .or, token != .close {
      if token == .and { index += 1 }
      parts.append(try not())
    }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func not() throws(ModelError) -> Filter.Expression {
    let token = next
    index += 1
    switch token {
    case .item(let word): return try expression(word)
    case .not, .open:
      depth += 1
      guard depth <= Filter.depth else {
        throw ModelError(
          .outOfRange, "filter: expected parentheses at most \(Filter.depth) deep")
      }
      defer { depth -= 1 }
      if token == .not { return .not(try not()) }
      let inner = try or()
      guard next == .close else {
        throw ModelError(
          .malformed, "filter: a '(' has no ')' behind it; quotes make text of a parenthesis")
      }
      index += 1
      return inner
    case .close, .or, .and, nil:
      throw ModelError(
        .malformed,
        "filter: expected a test \(index > 1 ? "behind" : "before") "
          + "\(quoted(word(index > 1 ? tokens[index - 2] : tokens[0]))), as (country=DE or country=AT)"
      )
    }
  }

  private func word(_ token: FilterToken) -> String {
    switch token {
    case .open: "("
    case .close: ")"
    case .or: "or"
    case .and: "and"
    case .not: "not"
    case .item(let word): word.text
    }
  }

  private func expression(_ word: TypedWord) throws(ModelError) -> Filter.Expression {
    if let test = FilterTest(word) { return .test(try test.condition(parser)) }
    try SearchWord.check(word)
    return .word(word.text)
  }
}
