/// Swift source as text: its string literals, without comments.
struct SwiftText {
  struct Literal {
    /// From 1.
    var line: Int
    /// As written, with `…` for each interpolation.
    var text: String
  }

  private let bytes: [UInt8]
  private(set) var literals: [Literal] = []
  private var index = 0
  private var line = 1

  private static let (quote, hash, slash, star) = (
    UInt8(ascii: "\""), UInt8(ascii: "#"), UInt8(ascii: "/"), UInt8(ascii: "*")
  )

  init(_ text: String) {
    bytes = Array(text.utf8)
    while index < bytes.count { step() }
  }

  private func byte(_ offset: Int = 0) -> UInt8 {
    index + offset < bytes.count ? bytes[index + offset] : 0
  }

  private func isNext(_ mark: [UInt8]) -> Bool { bytes[index...].starts(with: mark) }

  private mutating func advance(_ count: Int = 1) {
    for _ in 0..<count where index < bytes.count {
      if bytes[index] == 0x0a { line += 1 }
      index += 1
    }
  }

  private mutating func step() {
    switch byte() {
    case Self.slash where byte(1) == Self.slash:
      while index < bytes.count, byte() != 0x0a { advance() }
    case Self.slash where byte(1) == Self.star:
      while index < bytes.count, !(byte() == Self.star && byte(1) == Self.slash) { advance() }
    case Self.slash where startsRegex: regex()
    case Self.quote: literal(hashes: 0)
    case Self.hash:
      let hashes = bytes[index...].prefix { $0 == Self.hash }.count
      if byte(hashes) == Self.quote { literal(hashes: hashes) } else { advance(hashes) }
    default: advance()
    }
  }

  /// Whether a slash begins a regular expression: behind a mark after which no operator stands.
  private var startsRegex: Bool {
    guard byte(1) != 0x20, let before = bytes[..<index].last(where: { $0 != 0x20 && $0 != 0x0a })
    else { return false }
    return "(,=:[{".utf8.contains(before)
  }

  /// Goes behind a regular expression, whose quotes begin no text.
  private mutating func regex() {
    advance()
    while index < bytes.count, byte() != Self.slash, byte() != 0x0a {
      advance(byte() == UInt8(ascii: "\\") ? 2 : 1)
    }
    advance()
  }

  private mutating func literal(hashes: Int) {
    let start = line
    let tail = [UInt8](repeating: Self.hash, count: hashes)
    advance(hashes)
    let isLong = byte(1) == Self.quote && byte(2) == Self.quote
    let mark = [UInt8](repeating: Self.quote, count: isLong ? 3 : 1) + tail
    let escape = [UInt8(ascii: "\\")] + tail
    advance(isLong ? 3 : 1)
    var text: [UInt8] = []
    while index < bytes.count, !isNext(mark) {
      if isNext(escape) {
        advance(escape.count)
        if byte() == UInt8(ascii: "(") {
          advance()
          interpolation()
          text += "…".utf8
        } else {
          text += escape + [byte()]
          advance()
        }
      } else {
        text.append(byte())
        advance()
      }
    }
    advance(mark.count)
    literals.append(Literal(line: start, text: String(decoding: text, as: UTF8.self)))
  }

  private mutating func interpolation() {
    var depth = 1
    while index < bytes.count, depth > 0 {
      switch byte() {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth -= 1
      case Self.quote:
        literal(hashes: 0)
        continue
      default: break
      }
      advance()
    }
  }
}

extension SwiftText {
  /// The declarations that other modules or targets may use, without their bodies.
  static func publicDeclarations(_ source: String) -> [String] {
    var (found, open) = ([String](), String?.none)
    for line in source.split(separator: "\n") {
      let text = line.drop { $0 == " " }
      if open == nil {
        guard text.hasPrefix("public ") || text.hasPrefix("package ") else { continue }
        open = ""
      }
      let joined = (open ?? "") + (open?.isEmpty == true ? "" : " ") + text
      // A body begins behind the last brace that opens; what stands before is the declaration.
      let parens = joined.reduce(0) { $1 == "(" ? $0 + 1 : $1 == ")" ? $0 - 1 : $0 }
      guard parens == 0 else {
        open = joined
        continue
      }
      found.append(
        String(joined.prefix { $0 != "{" }).trimmingSpaces)
      open = nil
    }
    return found
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    var text = self[...]
    while text.last == " " { text = text.dropLast() }
    return String(text)
  }
}
