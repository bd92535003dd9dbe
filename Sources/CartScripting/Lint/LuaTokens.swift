import CartSupport

/// A word, number, text or sign of a Lua chunk (reference manual, 3.1).
struct LuaToken: Equatable {
  enum Kind: Equatable {
    case name
    case keyword
    case number
    case text
    case sign
  }

  var kind: Kind
  var text: String
  var line: Int
  /// Where it begins; bytes.
  var offset = 0
}

/// The words of the language, for those who look at what a person typed.
public enum LuaKeyword {
  public static func isOne(_ word: String) -> Bool { LuaTokens.keywords.contains(word) }
}

/// Splits a chunk into tokens; comments and blanks are left out.
///
/// For looking at programs that Lua has compiled: what is not Lua gives tokens of some kind, never an
/// error.
struct LuaTokens {
  private let bytes: [UInt8]
  private var index = 0
  private var line = 1
  private var tokens: [LuaToken] = []

  static func split(_ source: String) -> [LuaToken] {
    var splitter = LuaTokens(bytes: Array(source.utf8))
    splitter.run()
    return splitter.tokens
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  fileprivate static let keywords: Set<String> = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
    "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
  ]
  private static let signs = [
    "...", "..", "==", "~=", "<=", ">=", "//", "::", "<<", ">>",
  ]

  private func byte(_ ahead: Int = 0) -> UInt8 {
    index + ahead < bytes.count ? bytes[index + ahead] : 0
  }

  private mutating func run() {
    while index < bytes.count {
      switch byte() {
      case 0x0a:
        line += 1
        index += 1
      case 0x20, 0x09, 0x0d: index += 1
      case UInt8(ascii: "-") where byte(1) == UInt8(ascii: "-"): comment()
      case UInt8(ascii: "\""), UInt8(ascii: "'"): quoted()
      case UInt8(ascii: "[") where level() != nil: long(level() ?? 0, isComment: false)
      case let first where isDigit(first) || first == 0x2e && isDigit(byte(1)): number()
      case let first where isLetter(first): name()
      default: sign()
      }
    }
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
  private func isLetter(_ byte: UInt8) -> Bool {
    byte == 0x5f || byte >= 0x41 && byte <= 0x5a || byte >= 0x61 && byte <= 0x7a
  }

  private mutating func add(_ kind: LuaToken.Kind, _ range: Range<Int>, _ line: Int) {
    let range = range.clamped(to: 0..<bytes.count)
    tokens.append(
      LuaToken(
        kind: kind, text: String(decoding: bytes[range], as: UTF8.self), line: line,
        offset: range.lowerBound))
  }

  /// The `=` of a long bracket that begins here.
  private func level() -> Int? {
    guard byte() == UInt8(ascii: "[") else { return nil }
    var count = 0
    while byte(1 + count) == UInt8(ascii: "=") { count += 1 }
    return byte(1 + count) == UInt8(ascii: "[") ? count : nil
  }

  private mutating func comment() {
    index += 2
    if let level = level() { return long(level, isComment: true) }
    while index < bytes.count, byte() != 0x0a { index += 1 }
  }

  private mutating func long(_ level: Int, isComment: Bool) {
    let (start, first) = (index, line)
    index += level + 2
    while index < bytes.count {
      if byte() == 0x0a { line += 1 }
      if byte() == UInt8(ascii: "]") {
        var count = 0
        while byte(1 + count) == UInt8(ascii: "=") { count += 1 }
        if count == level, byte(1 + count) == UInt8(ascii: "]") {
          index += level + 2
          break
        }
      }
      index += 1
    }
    if !isComment { add(.text, start..<index, first) }
  }

  private mutating func quoted() {
    let (start, first, mark) = (index, line, byte())
    index += 1
    while index < bytes.count, byte() != mark {
      if byte() == 0x0a { line += 1 }
      index += byte() == UInt8(ascii: "\\") ? 2 : 1
    }
    index += 1
    add(.text, start..<index, first)
  }

  private mutating func number() {
    let start = index
    while isDigit(byte()) || isLetter(byte()) || byte() == 0x2e
      || (byte() == 0x2b || byte() == 0x2d) && [0x65, 0x45, 0x70, 0x50].contains(bytes[index - 1])
        && index > start
    {
      index += 1
    }
    add(.number, start..<index, line)
  }

  private mutating func name() {
    let start = index
    while isDigit(byte()) || isLetter(byte()) { index += 1 }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    add(Self.keywords.contains(text) ? .keyword : .name, start..<index, line)
  }

  private mutating func sign() {
    let rest = String(decoding: bytes[index..<min(index + 3, bytes.count)], as: UTF8.self)
    let length = Self.signs.first { rest.hasPrefix($0) }?.utf8.count ?? 1
    add(.sign, index..<index + length, line)
    index += length
  }
}
