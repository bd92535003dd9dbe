import CartSupport

/// A test as it was written: a field's name, a sign and values.
struct FilterTest {
  let name: String
  let comparison: Filter.Comparison
  /// Any of these.
  let values: [TypedWord]
  /// Whether commas of one text separated them, none of it in quotes.
  let isSplit: Bool

  /// Names that stand for a field and a sign.
  static let shortcuts: [String: (field: String, comparison: Filter.Comparison)] = [
    "since": ("updated", .greaterOrEqual), "until": ("updated", .less),
    "min_total": ("total", .greaterOrEqual), "max_total": ("total", .lessOrEqual),
    "min_idle": ("idle", .greaterOrEqual),
  ]

  init(
    _ name: String, _ comparison: Filter.Comparison, _ values: [TypedWord], isSplit: Bool = false
  ) {
    (self.name, self.comparison, self.values) = (name, comparison, values)
    self.isSplit = isSplit
  }

  /// Nil for a word that is no test.
  init?(_ word: TypedWord) {
    let letters = word.letters
    guard let first = letters.first, !first.isQuoted, first.character.isASCII,
      first.character.isLetter,
      let end = letters.firstIndex(where: { !$0.isQuoted && "=<>~!".contains($0.character) })
    else { return nil }
    // A key may be any text: option."frame colour"=red.
    for letter in letters[..<end] {
      if letter.isPlain(".") { break }
      guard !letter.isQuoted, letter.character.isASCII,
        letter.character.isLetter || letter.character.isNumber || letter.character == "_"
      else { return nil }
    }
    let rest = letters[end...]
    let sign = ["!=", "<=", ">=", "=", "<", ">", "~"].first { sign in
      rest.count >= sign.count && zip(rest, sign).allSatisfy { $0.isPlain($1) }
    }
    guard let sign, let comparison = Filter.Comparison(rawValue: sign) else { return nil }
    name = String(letters[..<end].map(\.character))
    self.comparison = comparison
    let value = word.dropFirst(end + sign.count)
    values = comparison.isOrder ? [value] : value.parts
    // Quotes say that each is one value.
    isSplit = !value.letters.contains(where: \.isQuoted)
  }

  /// - Throws: `malformed`, with a suggestion for a mistyped name or value; `outOfRange`.
  func condition(_ parser: FilterParser) throws(ModelError) -> Filter.Condition {
    try checkCommas()
    if let short = Self.shortcuts[name] {
      guard comparison == .equal, values.count == 1 else {
        throw ModelError(
          .malformed,
          "\(name): expected \(name)=VALUE; use \(short.field) with another sign or several values")
      }
      return try FilterTest(short.field, short.comparison, values).condition(parser)
    }
    let field = try CartField.named(name)
    if comparison.isOrder, !field.isOrdered {
      throw ModelError(
        .malformed,
        "filter: \(field.name) has no order; use = != or ~, not \(comparison.rawValue)")
    }
    if comparison == .like, !field.takesPattern {
      throw ModelError(.malformed, "filter: ~ compares texts; \(field.name) is none")
    }
    guard !values.isEmpty else {
      throw ModelError(.malformed, "filter: \(field.name): expected a value, got none")
    }
    guard values.count <= Filter.most else {
      throw ModelError(
        .outOfRange,
        "filter: \(field.name): expected at most \(Filter.most) values, got \(values.count)")
    }
    var operands: [Filter.Operand] = []
    for value in values {
      if field.kind != .address, field.kind != .email { try checkBlank(value) }
      try check(value)
      operands.append(try operand(field, value, parser))
    }
    return .init(field, comparison, operands)
  }

  /// - Throws: `malformed` for what looks like a longer sign, or a value of several words.
  private func check(_ value: TypedWord) throws(ModelError) {
    guard let first = value.letters.first, !first.isQuoted else { return }
    if "=~<>".contains(first.character) {
      throw ModelError(
        .malformed,
        "filter: \(name)\(comparison.rawValue)\(first.character): expected one of = != < <= > >= ~; "
          + "quotes make text of a sign")
    }
  }

  private func checkBlank(_ value: TypedWord) throws(ModelError) {
    guard value.letters.first?.isPlain(" ") == true else { return }
    throw ModelError(
      .malformed,
      "filter: \(name)\(comparison.rawValue): a value begins with a blank; leave it out, or put the "
        + "value in quotes")
  }

  private func operand(_ field: CartField, _ word: TypedWord, _ parser: FilterParser)
    throws(ModelError) -> Filter.Operand
  {
    let text = word.text
    if text.isEmpty, field.isOptional, !comparison.isOrder { return .unknown }
    switch field.kind {
    case .text, .title, .email, .address: return try self.text(field, word)
    case .choice(let words): return try choice(field, text, words)
    case .status: return try status(text)
    case .country:
      if !text.isEmpty { try Country.check(text) }
      return .text(text)
    case .currency:
      guard Currency(code: text) != nil else {
        throw ModelError(
          .malformed,
          "currency: expected a code of ISO 4217, got \(quoted(text))"
            + didYouMean(text, among: Currency.codes))
      }
      return .text(text)
    case .number:
      guard let number = Int64(text) else {
        throw ModelError(
          .malformed, "\(field.name): expected a whole number, got \(quoted(text))")
      }
      return .number(number)
    case .amount:
      guard let amount = try? UnitPrice(text) else {
        throw ModelError(
          .malformed, "\(field.name): expected a decimal, not negative, got \(quoted(text))")
      }
      return .amount(amount)
    case .time:
      let time = try parser.reader.read(text)
      guard comparison.isOrder || !time.isCounted else {
        throw ModelError(
          .malformed,
          "\(field.name): \(quoted(text)) is one moment; use < or >, or = with a day as yesterday")
      }
      return .time(time)
    case .span: return .span(try Span(text).milliseconds)
    case .flag:
      guard ["true", "false", "yes", "no"].contains(text) else {
        throw ModelError(.malformed, "\(field.name): expected true or false, got \(quoted(text))")
      }
      return .flag(text == "true" || text == "yes")
    }
  }

  /// - Parameter word: what stands in quotes in it is no pattern.
  private func text(_ field: CartField, _ word: TypedWord) throws(ModelError) -> Filter.Operand {
    let text = word.text
    if comparison == .like
      || field.kind != .title
        && word.letters.contains(where: { $0.isPlain("*") }
        )
    {
      guard word.letters.contains(where: { !$0.isPlain("*") }) || text.isEmpty else {
        throw ModelError(
          .malformed,
          "\(field.name): \(quoted(text)) is every value; \(field.name)!=\"\" finds what is known")
      }
      let hasQuotedSign = word.letters.contains { $0.isQuoted && "*?".contains($0.character) }
      let pattern =
        hasQuotedSign ? word : TypedWord(normalised(field, text, isPattern: true))
      let typed = Filter.patternText(pattern)
      return .glob(Glob(pattern, description: typed), typed)
    }
    return try value(field, normalised(field, text, isPattern: false))
  }

  private func value(_ field: CartField, _ text: String) throws(ModelError) -> Filter.Operand {
    guard !text.isEmpty else { return .text(text) }
    switch field.kind {
    case .address:
      if let block = AddressBlock(address: text) { return .block(block, block.description) }
      return .block(try AddressBlock(text), text)
    case .email where !text.contains("@"):
      throw ModelError(
        .malformed,
        "email: expected an e-mail address, got \(quoted(text)); email=*\(printable(text))* finds it as a part"
      )
    default: return .text(text)
    }
  }

  /// A value to compare with in the form in which it is stored: e-mails and domains.
  private func normalised(_ field: CartField, _ text: String, isPattern: Bool) -> String {
    switch field {
    case .email where isPattern: EmailPattern.normalised(glob: text)
    case .email: EmailAddress.normalised(text) ?? text
    case .domain: DomainName.ascii(text)
    default: text
    }
  }

  private func choice(_ field: CartField, _ text: String, _ words: [String]) throws(ModelError)
    -> Filter.Operand
  {
    guard text.isEmpty || words.contains(text) else {
      throw ModelError(
        .malformed,
        "\(field.name): expected \(words.joined(separator: " or ")), got \(quoted(text))"
          + didYouMean(text, among: words))
    }
    return .text(text)
  }

  private static func isOrderStatus(_ text: String) -> Bool {
    guard case .choice(let words)? = (try? CartField.named("order_status"))?.kind else {
      return false
    }
    return words.contains(text)
  }

  private func status(_ text: String) throws(ModelError) -> Filter.Operand {
    if text == "any" {
      guard comparison == .equal else {
        throw ModelError(.malformed, "status: no cart is of no status; use status=any")
      }
      return .anyStatus
    }
    guard let status = Status(rawValue: text) else {
      let known = Status.allCases.map(\.rawValue)
      throw ModelError(
        .malformed,
        "status: expected \(known.joined(separator: ", ")) or any, got \(quoted(text))"
          + (Self.isOrderStatus(text)
            ? "; that is a status of orders: order_status=\(text)" : didYouMean(text, among: known))
      )
    }
    return .status(status)
  }
}
