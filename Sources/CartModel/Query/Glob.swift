/// A pattern with `*` for any text and `?` for one character; case, accents and width are folded.
public struct Glob: Hashable, Sendable, CustomStringConvertible {
  private enum Part: Hashable {
    case byte(UInt8)
    case one
    case any
  }

  /// As it was written.
  public let description: String
  private let pattern: [Part]

  public init(_ pattern: String) { self.init(TypedWord(pattern), description: pattern) }

  /// A pattern as it was typed: what stands in quotes stands for itself.
  init(_ word: TypedWord, description: String) {
    var (parts, literal) = ([Part](), "")
    func close() -> [Part] {
      let bytes = TextFold.bytes(literal)
      literal = ""
      return bytes.map { .byte($0) }
    }
    for letter in word.letters {
      switch letter {
      case _ where letter.isPlain("*"): parts += close() + [.any]
      case _ where letter.isPlain("?"): parts += close() + [.one]
      default: literal.append(letter.character)
      }
    }
    self.description = description
    pattern = parts + close()
  }

  /// Whether an asterisk in it stands for itself.
  var hasLiteralStar: Bool { pattern.contains(.byte(0x2a)) }

  /// Whether something in it stands for another text.
  var hasWildcard: Bool {
    pattern.contains { if case .byte = $0 { false } else { true } }
  }

  /// - Complexity: O(n·m) at worst, without recursion.
  public func matches(_ text: String) -> Bool {
    let (text, starts) = TextFold.characters(text)
    var (p, t) = (0, 0)
    var (star, mark) = (-1, 0)
    while t < text.count {
      if p < pattern.count, pattern[p] == .any {
        (star, mark) = (p, t)
        p += 1
      } else if p < pattern.count, pattern[p] == .one {
        p += 1
        t += 1
        while t < starts.count, !starts[t] { t += 1 }
      } else if p < pattern.count, pattern[p] == .byte(text[t]) {
        p += 1
        t += 1
      } else if star >= 0 {
        p = star + 1
        mark += 1
        t = mark
      } else {
        return false
      }
    }
    while p < pattern.count, pattern[p] == .any { p += 1 }
    return p == pattern.count
  }
}

/// Case folding of ASCII.
func lowered(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte }
