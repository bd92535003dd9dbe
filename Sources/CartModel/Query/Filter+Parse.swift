/// Reads the words of a filter, as typed or given by a script.
public struct FilterParser {
  private let zone: ZoneRules
  private let now: Timestamp

  public init(zone: ZoneRules, now: Timestamp) {
    self.zone = zone
    self.now = now
  }

  /// - Throws: `malformed`, with a suggestion for a mistyped field.
  public func parse(_ words: [String]) throws(ModelError) -> Filter {
    var filter = Filter()
    for word in words { try add(word, to: &filter) }
    return filter
  }

  /// Adds one word: `field=value`, or a bare word to search for.
  public func add(_ word: String, to filter: inout Filter) throws(ModelError) {
    guard !word.isEmpty else {
      throw ModelError(.malformed, "filter: expected field=value or a word, got an empty text")
    }
    guard filter.words.count < Filter.most else {
      throw ModelError(.outOfRange, "filter: expected at most \(Filter.most) words")
    }
    let name = word.prefix { $0.isASCII && ($0.isLetter || $0 == "_") }
    let rest = word[name.endIndex...]
    let comparison = ["!=", "<=", ">=", "=", "<", ">", "~"].first { rest.hasPrefix($0) }
    guard let comparison, !name.isEmpty, let parsed = Filter.Comparison(rawValue: comparison)
    else {
      // Nobody looks for these: it was a condition with blanks in it, or meant for a shell.
      guard !word.allSatisfy("<>=!~|&".contains) else {
        throw ModelError(
          .malformed,
          "filter: \(quoted(word)) stands alone; expected field, sign and value as one word, as "
            + "total>100")
      }
      filter.words.append(word)
      return
    }
    try add(String(name), parsed, try unquoted(rest.dropFirst(comparison.count)), to: &filter)
  }

  /// Adds one condition by the name of its field, or `sort`, `limit`, `at`, `since`, `until`,
  /// `min_total`, `max_total`, `min_idle`.
  public func add(
    _ name: String, _ comparison: Filter.Comparison = .equal, _ value: String,
    to filter: inout Filter
  ) throws(ModelError) {
    guard filter.conditions.count < Filter.most else {
      throw ModelError(.outOfRange, "filter: expected at most \(Filter.most) conditions")
    }
    switch name {
    case "sort": filter.sort = try sort(value)
    case "limit":
      guard let limit = Int(value), limit > 0 else {
        throw ModelError(.malformed, "limit: expected a whole number from 1, got \(quoted(value))")
      }
      filter.limit = limit
    case "at":
      guard comparison == .equal else {
        throw ModelError(.malformed, "at: expected at=TIME, got at\(comparison.rawValue)\(value)")
      }
      let moment = try time(value)
      guard moment <= now else {
        throw ModelError(.outOfRange, "at: \(zone.text(moment)) is not over yet")
      }
      filter.at = moment
    case "since": try add("updated", .greaterOrEqual, value, to: &filter)
    case "until": try add("updated", .less, value, to: &filter)
    case "min_total": try add("total", .greaterOrEqual, value, to: &filter)
    case "max_total": try add("total", .lessOrEqual, value, to: &filter)
    case "min_idle": try add("idle", .greaterOrEqual, value, to: &filter)
    case "status" where value == "any": filter.anyStatus = true
    default:
      filter.conditions.append(try condition(try field(name), comparison, value))
    }
  }

  static let extras = [
    "sort", "limit", "at", "since", "until", "min_total", "max_total", "min_idle",
  ]

  private func field(_ name: String) throws(ModelError) -> FilterField {
    let name = name == "customer" ? "customer_id" : name == "flags" ? "flag" : name
    if let field = FilterField(rawValue: name) { return field }
    let known = FilterField.allCases.map(\.rawValue) + Self.extras
    throw ModelError(
      .malformed, "filter: no field \(quoted(name))\(didYouMean(name, among: known))")
  }

  private func sort(_ text: String) throws(ModelError) -> Filter.Sort {
    let descending = text.hasPrefix("-")
    let name = descending || text.hasPrefix("+") ? String(text.dropFirst()) : text
    return Filter.Sort(field: try field(name), descending: descending)
  }

  private func condition(_ field: FilterField, _ comparison: Filter.Comparison, _ value: String)
    throws(ModelError) -> Filter.Condition
  {
    var parts = [value]
    if comparison == .equal || comparison == .notEqual || comparison == .like, field.kind != .time {
      parts = value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let orders: Bool
    switch field.kind {
    case .text, .status, .country, .currency, .address: orders = false
    case .number, .amount, .time, .span: orders = true
    }
    switch comparison {
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      guard orders else {
        throw ModelError(
          .malformed,
          "filter: \(field.rawValue) has no order; use = != or ~, not "
            + comparison.rawValue)
      }
    case .like where field.kind != .text && field.kind != .address:
      throw ModelError(.malformed, "filter: ~ compares texts; \(field.rawValue) is none")
    default: break
    }
    guard parts.count <= Filter.most else {
      throw ModelError(
        .outOfRange,
        "filter: \(field.rawValue): expected at most \(Filter.most) values, got \(parts.count)")
    }
    var operands: [Filter.Operand] = []
    for part in parts { operands.append(try operand(field, comparison, part)) }
    return .init(field, comparison, operands)
  }

  private func operand(_ field: FilterField, _ comparison: Filter.Comparison, _ text: String)
    throws(ModelError) -> Filter.Operand
  {
    switch field.kind {
    case .status:
      guard let status = Status(rawValue: text) else {
        let known = Status.allCases.map(\.rawValue)
        throw ModelError(
          .malformed,
          "status: expected \(known.joined(separator: ", ")) or any, got \(quoted(text))"
            + didYouMean(text, among: known))
      }
      return .status(status)
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
    case .address:
      if comparison == .like || text.contains("*") { return .glob(Glob(text), text) }
      if text.isEmpty { return .text(text) }
      if let block = AddressBlock(address: text) { return .block(block, block.description) }
      return .block(try AddressBlock(text), text)
    case .number:
      guard let number = Int64(text) else {
        throw ModelError(
          .malformed, "\(field.rawValue): expected a whole number, got \(quoted(text))")
      }
      return .number(number)
    case .amount:
      guard let amount = try? UnitPrice(text) else {
        throw ModelError(
          .malformed, "\(field.rawValue): expected a decimal, not negative, got \(quoted(text))")
      }
      return .amount(amount)
    case .time: return .time(try time(text))
    case .span: return .number(try Span(text).milliseconds)
    case .text:
      let wild = comparison == .like || (field != .product && text.contains("*"))
      let text = field.normalised(text, isPattern: wild)
      return wild ? .glob(Glob(text), text) : .text(text)
    }
  }

  /// Reads a moment: ISO 8601 (the store's zone where none is written), or a span ago as `2h`.
  public func time(_ text: String) throws(ModelError) -> Timestamp {
    switch text {
    case "now": return now
    case "today", "yesterday":
      var civil = zone.civil(now.advanced(by: text == "today" ? 0 : -86_400_000))
      (civil.hour, civil.minute, civil.second, civil.millisecond) = (0, 0, 0, 0)
      return zone.timestamp(civil)
    default: break
    }
    if text.hasPrefix("yesterday ") || text.hasPrefix("today ") {
      let word = text.prefix { $0 != " " }
      let day = zone.civil(try time(String(word)))
      if let moment = ISO8601(day.dateText + text.dropFirst(word.count)) {
        return zone.timestamp(moment.civil)
      }
    }
    if let parsed = ISO8601(text) {
      return parsed.offset.map { parsed.civil.timestamp(offset: $0) }
        ?? zone.timestamp(parsed.civil)
    }
    do throws(ModelError) {
      return now.advanced(by: -(try Span(text)).milliseconds)
    } catch  where error.code == .outOfRange { throw error } catch {}
    throw ModelError(
      .malformed,
      "time: expected 2026-11-01 14:00, ISO 8601 or a span ago as 2h, got \(quoted(text))")
  }

  private func unquoted(_ text: Substring) throws(ModelError) -> String {
    guard let quote = text.first, quote == "\"" || quote == "'" else { return String(text) }
    guard text.count >= 2, text.last == quote else {
      throw ModelError(.malformed, "filter: a quote \(quote) has no end in \(quoted(text))")
    }
    return String(text.dropFirst().dropLast())
  }
}
