extension Filter {
  /// The filter as texts that `FilterParser` reads, each by itself: blanks need no quotes there.
  public var texts: [String] {
    var texts = expression.parts.map(\.wholeText)
    if sort != Self.newest { texts.append("sort=\(sort.descending ? "-" : "")\(sort.field.name)") }
    if let limit { texts.append("limit=\(limit)") }
    if let page { texts.append("page=\(page)") }
    if let by { texts.append("by=\(by)") }
    if !columns.isEmpty {
      texts.append("columns=" + columns.map(\.name).joined(separator: ","))
    }
    if let at { texts.append("at=\(at.text)") }
    return texts
  }

  /// Whether a value or word reads as it is where it is the end of a text.
  static func isWhole(_ text: String) -> Bool {
    let folded = text.lowercased()
    return !text.contains { "\"',".contains($0) } && text.first != " " && text.last != " "
      && text.first.map { !"=<>~".contains($0) } ?? true
      && folded.firstRange(of: " or ") == nil && folded.firstRange(of: " and ") == nil
  }

  /// A pattern as it is read in a line and as one text: what stands for itself has quotes where it needs
  /// them, `*` and `?` outside them have none.
  static func patternText(_ word: TypedWord) -> String {
    var (text, run) = ("", "")
    func close() {
      defer { run = "" }
      if run.allSatisfy({ Operand.isPlain($0) && $0 != "*" && $0 != "?" }) {
        text += run
        return
      }
      // A single quote opens a text behind another one, or around a double one.
      for part in run.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
        if part.offset > 0 { text += "'\"'" }
        if !part.element.isEmpty { text += "\"\(part.element)\"" }
      }
    }
    for letter in word.letters {
      guard letter.isPlain("*") || letter.isPlain("?") else {
        run.append(letter.character)
        continue
      }
      close()
      text.append(letter.character)
    }
    close()
    return text
  }

  /// A value or word that reads as it is, with quotes where it needs them.
  static func quotedText(_ text: String) -> String {
    guard text.contains("\""), text.contains("'") else {
      return text.contains("\"") ? "'\(text)'" : "\"\(text)\""
    }
    // A quote of one kind stands between quotes of the other.
    var (quotedText, part, mark) = ("", "", Character("\""))
    for character in text {
      if character == mark {
        if !part.isEmpty { quotedText += "\(mark)\(part)\(mark)" }
        (part, mark) = ("", mark == "\"" ? "'" : "\"")
      }
      part.append(character)
    }
    return quotedText + "\(mark)\(part)\(mark)"
  }
}

extension Filter.Expression {
  /// The texts that all must hold, as words of a line.
  public var texts: [String] { parts.map(\.text) }

  fileprivate var parts: [Filter.Expression] {
    if case .all(let parts) = self { return parts }
    return [self]
  }

  fileprivate var wholeText: String {
    switch self {
    case .all, .any, .not: return text
    case .test(let test): return test.text { Filter.isWhole($0) ? $0 : Filter.quotedText($0) }
    case .word(let word):
      let isWhole = Filter.isWhole(word) && SearchWord.isPlain(word.replacing(" ", with: "-"))
      return isWhole && !word.lowercased().hasPrefix("not ") ? word : text
    }
  }

  /// As `FilterParser` reads it; several parts stand in parentheses.
  public var text: String {
    switch self {
    case .all(let parts): "(" + parts.map(\.text).joined(separator: " and ") + ")"
    case .any(let parts): "(" + parts.map(\.text).joined(separator: " or ") + ")"
    case .not(let part): "not " + part.text
    case .test(let test): test.text
    case .word(let word): SearchWord.isPlain(word) ? word : Filter.quotedText(word)
    }
  }
}

extension Filter.Condition {
  /// As `FilterParser` reads it.
  public var text: String { text(Filter.Operand.quotedIfNeeded) }

  fileprivate func text(_ quoting: (String) -> String) -> String {
    let isKeyed = field.name.contains(".")
    return (isKeyed ? Self.name(field.name) : field.name) + comparison.rawValue
      + operands.map { $0.text(quoting) }.joined(separator: ",")
  }

  /// Whether a pattern has nothing in it that stands for another text.
  public var isWholePattern: Bool {
    comparison == .like
      && operands.contains {
        if case .glob(let glob, _) = $0 { !glob.hasWildcard } else { false }
      }
  }

  /// Whether `*` stands for itself in a value, as it was in quotes.
  public var hasQuotedStar: Bool {
    operands.contains { operand in
      switch operand {
      case .text(let text): field.kind != .title && text.contains("*")
      case .glob(let glob, _): glob.hasLiteralStar
      case .block, .number, .span, .amount, .time, .status, .anyStatus, .flag, .unknown: false
      }
    }
  }

  /// A field of a key that is any text.
  private static func name(_ name: String) -> String {
    let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let key = String(parts[1])
    let isPlain = key.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0))
    }
    return isPlain ? name : "\(parts[0]).\(Filter.quotedText(key))"
  }
}

extension Filter.Operand {
  fileprivate func text(_ quoting: (String) -> String) -> String {
    switch self {
    // Without quotes it would be a pattern.
    case .text(let text): text.contains("*") ? Filter.quotedText(text) : quoting(text)
    case .glob(_, let text): text
    case .block(_, let text): quoting(text)
    case .number(let number): String(number)
    case .span(let milliseconds): "\(milliseconds / 1000)s"
    case .amount(let price): DecimalText.print(price.mantissa, scale: price.scale)
    case .time(let time): quoting(time.text)
    case .status(let status): status.rawValue
    case .anyStatus: "any"
    case .flag(let flag): flag ? "true" : "false"
    case .unknown: ""
    }
  }

  fileprivate static func quotedIfNeeded(_ text: String) -> String {
    text.allSatisfy(isPlain) ? text : Filter.quotedText(text)
  }

  /// Whether a character of a value needs no quotes.
  fileprivate static func isPlain(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "@._+-*?/:&%#".contains(character)
  }
}
