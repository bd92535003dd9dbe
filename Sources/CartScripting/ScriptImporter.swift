import CartModel
import CartSupport
import LuaKit

/// A script that turns the rows of a file into events; one instance for the whole file.
public struct ScriptImporter: Sendable {
  public let name: String
  /// Of the file; nil for UTF-8, or UTF-16 with a byte order mark.
  public let encoding: TextEncoding?
  let format: Format
  let dialect: CSVDialect
  /// The decimal mark of amounts in events, where it was given; the other mark then groups digits.
  let decimal: DecimalMark?
  let hasHeader: Bool
  let isRagged: Bool
  let row: LuaFunction
  let finish: LuaFunction?

  enum Format: String, CaseIterable { case csv, jsonl }

  /// The keys of `importer "name" { … }`.
  enum Key: String, CaseIterable {
    case format, delimiter, quote, decimal, encoding, header, ragged, row, finish

    var help: String {
      switch self {
      case .format: "csv (the default) or jsonl"
      case .delimiter: "between the cells, as \";\" or \"\\t\" (the comma, or what sep= names)"
      case .quote: "around cells (\"), or \"\" for none"
      case .decimal: "the decimal mark of amounts: \",\" reads 1.234,56"
      case .encoding: "of the file, as cp1252 (UTF-8)"
      case .header: "false where the first row is data: r[1], r[2]"
      case .ragged: "true where rows may be shorter or longer than the header"
      case .row: "function(r, n, emit, reject), called for each row"
      case .finish: "function(emit), called at the end"
      }
    }
  }

  static let keys = Key.allCases.map(\.rawValue)

  static let help = Key.allCases.map { "\($0.rawValue): \($0.help)" }.joined(separator: "; ")
}

extension ScriptImporter {
  /// Reads the table that follows `importer "name"`.
  ///
  /// - Throws: for unknown keys, and values of the wrong form.
  init(_ name: String, _ session: ScriptSession, _ what: String, _ pairs: [LuaValue.Pair]) throws {
    let known = Self.keys
    let members: DefinitionMembers
    do throws(LuaRaise) {
      members = try DefinitionMembers(session, what, pairs, known: known)
    } catch {
      throw LuaRaise("\(error.message); the keys are \(known.joined(separator: ", "))")
    }
    func text(_ key: Key) throws(LuaRaise) -> String? { try members.string(key.rawValue) }
    func flag(_ key: Key) throws(LuaRaise) -> Bool? {
      guard let value = members[key.rawValue] else { return nil }
      guard case .boolean(let flag) = value else {
        throw members.bad(key.rawValue, "true or false")
      }
      return flag
    }
    func mark(_ key: Key) throws(LuaRaise) -> UInt8? {
      guard let text = try text(key) else { return nil }
      guard text.utf8.count == 1, let byte = text.utf8.first, CSVDialect.canMark(byte) else {
        throw LuaRaise("\(what): \(key): expected one character of ASCII, got \(quoted(text))")
      }
      return byte
    }
    self.name = name
    let format = try text(.format) ?? "csv"
    guard let form = Format(rawValue: format) else {
      throw LuaRaise("\(what): format: expected csv or jsonl, got \(quoted(format))")
    }
    self.format = form
    var dialect = CSVDialect(delimiter: try mark(.delimiter))
    if let quote = try text(.quote) { dialect.quote = quote.isEmpty ? nil : try mark(.quote) }
    guard dialect.quote == nil || (dialect.delimiter ?? UInt8(ascii: ",")) != dialect.quote else {
      throw LuaRaise("\(what): delimiter: expected another character than the quote")
    }
    self.dialect = dialect
    decimal = try text(.decimal).map { given throws(LuaRaise) in
      guard let mark = DecimalMark(rawValue: given) else {
        throw LuaRaise("\(what): decimal: expected . or , got \(quoted(given))")
      }
      return mark
    }
    encoding = try text(.encoding).map { given throws(LuaRaise) in
      guard let encoding = TextEncoding(given) else {
        throw LuaRaise(
          "\(what): encoding: expected a name as cp1252 or utf-16le, got \(quoted(given))")
      }
      return encoding
    }
    hasHeader = try flag(.header) ?? true
    isRagged = try flag(.ragged) ?? false
    if form == .jsonl { try Self.checkJSONL(members, what) }
    row = try members.function(Key.row.rawValue)
    finish =
      members[Key.finish.rawValue] == nil ? nil : try members.function(Key.finish.rawValue)
    session.keep(row)
    if let finish { session.keep(finish) }
  }

  private static func checkJSONL(_ members: DefinitionMembers, _ what: String) throws(LuaRaise) {
    for key in [Key.delimiter, .quote, .header, .ragged] where members[key.rawValue] != nil {
      throw LuaRaise("\(what): \(key): only a csv has it, not a jsonl")
    }
  }
}

/// What separates the whole part of an amount from its fraction.
enum DecimalMark: String {
  case point = "."
  case comma = ","

  /// An amount with a point and without marks between its digits: `1.234,56` gives `1234.56`.
  ///
  /// - Returns: nil for what is no number in this form.
  func plain(_ text: String) -> String? {
    let parts = text.split(
      separator: Character(rawValue), maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = parts.count == 2 ? parts[1] : "0"
    var whole = parts[0]
    let sign = whole.hasPrefix("-") ? "-" : ""
    if !sign.isEmpty { whole.removeFirst() }
    let other: Character = self == .comma ? "." : ","
    let marks: [Character] = [other, " ", "\u{a0}", "\u{202f}", "'", "\u{2019}"]
    let groups = whole.split(omittingEmptySubsequences: false) { marks.contains($0) }
    let used = Set(whole.filter { marks.contains($0) })
    let isDigits = { (text: Substring) in
      !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    guard groups.allSatisfy(isDigits), isDigits(fraction), used.count <= 1,
      groups.count == 1 || groups.dropFirst().allSatisfy({ $0.count == 3 }) && groups[0].count <= 3
    else { return nil }
    return sign + groups.joined() + (parts.count == 2 ? "." + fraction : "")
  }
}
