import CartSupport

/// Reads filters, as typed or given by a script.
///
/// The grammar: tests and words, all of which must hold, with `or`, `and`, `not` and parentheses;
/// `field=value,value` without blanks; options outside parentheses.
public struct FilterParser {
  let zone: ZoneRules
  /// The run's clock.
  public let now: Timestamp

  public init(zone: ZoneRules, now: Timestamp) {
    self.zone = zone
    self.now = now
  }

  /// Names that can stand before a sign.
  public static let names =
    Set(CartField.names).union(FilterTest.shortcuts.keys)
    .union(FilterOption.allCases.map(\.rawValue))

  var reader: TimeReader { TimeReader(zone: zone, now: now) }

  /// Reads a moment: ISO 8601 (the store's zone where none is written), or a span ago as `2h`.
  public func time(_ text: String) throws(ModelError) -> Timestamp { try reader.read(text).start }

  /// Reads the moment when something ends: of a day its last.
  ///
  /// - Throws: `malformed`, also for a span, which would be one ago.
  public func end(_ text: String) throws(ModelError) -> Timestamp {
    let time = try reader.read(text)
    guard !time.isCounted else {
      throw ModelError(
        .malformed,
        "time: expected 2026-11-28, 2026-11-28 14:00 or ISO 8601, got \(quoted(text))")
    }
    let isDay = time.last.milliseconds - time.start.milliseconds > 3_600_000
    return isDay ? time.last : time.start
  }

  /// Reads the words of a line, or the arguments of a command.
  ///
  /// An argument with blanks in it is an expression, or one test or text.
  /// - Throws: `malformed`, with a suggestion for a mistyped field.
  public func parse(_ words: [TypedWord]) throws(ModelError) -> Filter {
    var filter = Filter()
    var tokens: [FilterToken] = []
    for word in words {
      if !word.hasBlanks {
        tokens += FilterToken.tokens(word)
      } else if word.beginsExpression {
        let own = try withoutOptions(word.pieces.flatMap(FilterToken.tokens), &filter)
        // By itself, so that no parenthesis of it belongs to another argument.
        _ = try FilterGrammar.parse(own, self)
        tokens += own.isEmpty ? [] : [.open] + own + [.close]
      } else {
        try checkOneTest(word)
        tokens.append(.item(word))
      }
    }
    try add(tokens, to: &filter)
    return filter
  }

  /// Reads arguments of a command.
  public func parse(_ arguments: [String]) throws(ModelError) -> Filter {
    var words: [TypedWord] = []
    for argument in arguments { words.append(try TypedWord(whole: argument)) }
    return try parse(words)
  }

  /// Adds one text: an expression where it begins with `(` or `not `, else one test or one text that is
  /// searched.
  public func add(_ text: String, to filter: inout Filter) throws(ModelError) {
    let word = try TypedWord(whole: text)
    if word.beginsExpression {
      return try add(word.pieces.flatMap(FilterToken.tokens), to: &filter)
    }
    try checkOneTest(word)
    try add([.item(word)], to: &filter)
  }

  /// Adds a test of any of some values, or an option.
  public func add(_ name: String, _ values: [String], to filter: inout Filter) throws(ModelError) {
    try add(name, values, isSplit: false, to: &filter)
  }

  /// - Parameter isSplit: whether commas of one text separated the values.
  private func add(
    _ name: String, _ values: [String], isSplit: Bool, to filter: inout Filter
  ) throws(ModelError) {
    if let option = FilterOption(rawValue: name) {
      return try set(option, values.joined(separator: ","), in: &filter)
    }
    let words = values.map(TypedWord.init(value:))
    let test = FilterTest(name, .equal, words, isSplit: isSplit)
    filter.require(.test(try test.condition(self)))
    try checkSize(filter)
  }

  /// Adds a test of the values of a text, at whose commas it is split, or an option. Quotes and signs
  /// are part of a value.
  public func add(_ name: String, _ value: String, to filter: inout Filter) throws(ModelError) {
    if let option = FilterOption(rawValue: name) { return try set(option, value, in: &filter) }
    let values = value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    if values.count > 1, isOneAddress(value, name) {
      return try add(name, [value], to: &filter)
    }
    guard values.count == 1 || !values.contains(where: { $0.hasPrefix(" ") }) else {
      throw ModelError(
        .malformed,
        "filter: \(name): a value begins with a blank; give several values as a table, {\"a\", \"b\"}"
      )
    }
    try add(name, values, isSplit: true, to: &filter)
  }

  /// Whether a text with a comma is one IP or e-mail in a form that shops send: `203.0.113.7, 10.0.0.1`,
  /// `"Berg, Anna" <anna@example.com>`.
  ///
  /// Addresses without a blank between them are several: 203.0.113.7,198.51.100.1.
  private func isOneAddress(_ text: String, _ name: String) -> Bool {
    switch (try? CartField.named(name))?.kind {
    case .address?: text.contains(", ") && AddressBlock.normalised(text) != nil
    case .email?: EmailAddress.normalised(text) != nil
    default: false
    }
  }

  private func add(_ tokens: [FilterToken], to filter: inout Filter) throws(ModelError) {
    for case .item(let word) in tokens { try SearchWord.checkSign(word) }
    guard let expression = try FilterGrammar.parse(try withoutOptions(tokens, &filter), self)
    else { return }
    filter.require(expression)
    try checkSize(filter)
  }

  /// Whether a text would be a test without the quotes around it.
  public func isTest(_ text: String) -> Bool {
    guard let word = try? TypedWord(whole: text) else { return false }
    return word.beginsExpression || (try? FilterTest(word)?.condition(self)) != nil
  }

  /// - Throws: `outOfRange` for a filter of too many tests and words.
  public func checkSize(_ filter: Filter) throws(ModelError) {
    let count = filter.expression.tests.count + filter.expression.words.count
    guard count <= Filter.most else {
      throw ModelError(
        .outOfRange, "filter: expected at most \(Filter.most) tests and words, got \(count)")
    }
  }

  /// Takes the options out of what stands outside parentheses.
  private func withoutOptions(_ tokens: [FilterToken], _ filter: inout Filter)
    throws(ModelError) -> [FilterToken]
  {
    var (rest, depth) = ([FilterToken](), 0)
    for token in tokens {
      if token == .open { depth += 1 }
      if token == .close { depth -= 1 }
      guard case .item(let word) = token, let test = FilterTest(word),
        let option = FilterOption(rawValue: test.name)
      else {
        rest.append(token)
        continue
      }
      guard depth == 0 else {
        throw ModelError(.malformed, "filter: \(option.rawValue)= must stand outside parentheses")
      }
      let value = test.values.map(\.text).joined(separator: ",")
      guard test.comparison == .equal else {
        throw ModelError(
          .malformed,
          "\(option.rawValue): expected \(option.example), got "
            + "\(option.rawValue)\(test.comparison.rawValue)\(printable(value))")
      }
      try set(option, value, in: &filter)
    }
    return rest
  }

  /// - Throws: `malformed` for a text that looks like several tests.
  private func checkOneTest(_ word: TypedWord) throws(ModelError) {
    let joins = ["or", "and"].first { join in
      guard let place = word.firstPlace(of: " \(join) ") else { return false }
      // Names have an "and" in them, but no test behind it.
      return join == "or"
        || word.letters.dropFirst(place + 5).contains {
          !$0.isQuoted && "=<>".contains($0.character)
        }
    }
    if let joins {
      throw ModelError(
        .malformed,
        "filter: \(quoted(word.text)) has an \(quoted(joins)) outside parentheses; expected (A \(joins) B), "
          + "or quotes around a text")
    }
  }
}
