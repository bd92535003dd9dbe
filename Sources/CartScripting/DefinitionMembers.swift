import CartModel
import CartSupport
import LuaKit

/// The table that follows `rule "name"` or `policy "name"`, by its keys.
struct DefinitionMembers {
  private let session: ScriptSession
  /// `rule "name"`, for messages.
  private let what: String
  private var values: [String: LuaValue] = [:]

  /// - Throws: for a key that is none of `known`.
  init(
    _ session: ScriptSession, _ what: String, _ pairs: [LuaValue.Pair], known: [String]
  ) throws(LuaRaise) {
    self.session = session
    self.what = what
    for pair in pairs {
      let key = session.text(pair.key)
      guard known.contains(key) else {
        throw LuaRaise("\(what): no key \(quoted(key))\(didYouMean(key, among: known))")
      }
      values[key] = pair.value
    }
  }

  subscript(_ key: String) -> LuaValue? { values[key] }

  func bad(_ key: String, _ expected: String) -> LuaRaise {
    LuaRaise(
      "\(what): \(key): expected \(expected), got \(values[key].map(session.kind) ?? "nothing")")
  }

  func string(_ key: String) throws(LuaRaise) -> String? {
    guard let value = values[key] else { return nil }
    guard case .string(let text) = value else { throw bad(key, "a text") }
    return text
  }

  func function(_ key: String) throws(LuaRaise) -> LuaFunction {
    guard case .function(let function)? = values[key] else { throw bad(key, "a function") }
    return function
  }

  func integer(_ key: String) throws(LuaRaise) -> Int64? {
    guard let value = values[key] else { return nil }
    guard case .integer(let number) = value else { throw bad(key, "a whole number") }
    return number
  }

  /// `"2%"`, from 0 to 100.
  func percent(_ key: String) throws(LuaRaise) -> Percent? {
    guard let value = values[key] else { return nil }
    guard case .string(let text) = value, let percent = Self.share(text) else {
      throw bad(key, Form.share.expected)
    }
    return percent
  }

  /// `"7d"`, more than nothing and at most a year.
  func span(_ key: String) throws(LuaRaise) -> Span? {
    guard let value = values[key] else { return nil }
    guard case .string(let text) = value, let span = Self.span(text) else {
      throw bad(key, Form.span.expected)
    }
    return span
  }

  // MARK: Forms of values

  /// What a text of a definition can be.
  enum Form {
    case share, span, amount, banKey

    var expected: String {
      switch self {
      case .share: "a share as \"2%\""
      case .span: "a span of at most 366d as \"15m\""
      case .amount: "an amount as \"5000\""
      case .banKey: "ip or email"
      }
    }

    /// Whether a number cannot stand for it.
    var isTextOnly: Bool { self == .share || self == .span }

    func accepts(_ text: String) -> Bool {
      switch self {
      case .share: DefinitionMembers.share(text) != nil
      case .span: DefinitionMembers.span(text) != nil
      // As many decimals as any currency has.
      case .amount: ((try? MoneyClass.signed(text))?.mantissa ?? -1) >= 0
      case .banKey: DefinitionMembers.banKey(text) != nil
      }
    }
  }

  /// Of the keys of rules and policies whose texts have a form.
  static let forms: [String: Form] = [
    "share": .share, "band": .share, "drift": .share, "every": .span, "ban.by": .banKey,
    "ban.ttl": .span, "max.total": .amount, "max.per": .span,
  ]

  fileprivate static func share(_ text: String) -> Percent? {
    guard text.hasSuffix("%"), let percent = try? Percent(text.dropLast()),
      (0...100_000_000).contains(percent.millionths)
    else { return nil }
    return percent
  }

  fileprivate static func span(_ text: String) -> Span? {
    guard let span = try? Span(text), (1...(366 * 86_400_000)).contains(span.milliseconds) else {
      return nil
    }
    return span
  }

  /// What a ban may be by.
  static func banKey(_ text: String) -> ListEntry.Kind? {
    ListEntry.Kind.allCases.first { $0.name == text && $0 != .country }
  }

  /// A table of names with numbers, texts and truth values, by name.
  func parameters() throws(LuaRaise) -> [(name: String, value: LuaValue)] {
    guard let value = values["params"] else { return [] }
    guard case .table(let pairs) = value else { throw bad("params", "a table") }
    var list: [(name: String, value: LuaValue)] = []
    for pair in pairs {
      guard case .string(let key) = pair.key else { throw bad("params", "names") }
      switch pair.value {
      case .integer, .number, .string, .boolean: break
      default:
        throw LuaRaise(
          "\(what): params: \(key): expected a number, a text, true or false, got "
            + session.kind(pair.value))
      }
      list.append((key, pair.value))
    }
    return list.sorted { $0.name < $1.name }
  }

  /// A table within it.
  func table(_ key: String, known: [String]) throws(LuaRaise) -> DefinitionMembers? {
    guard let value = values[key] else { return nil }
    guard case .table(let pairs) = value else {
      throw bad(key, "{" + known.map { $0 + "=" }.joined(separator: ", ") + "}")
    }
    return try DefinitionMembers(session, "\(what): \(key)", pairs, known: known)
  }
}
