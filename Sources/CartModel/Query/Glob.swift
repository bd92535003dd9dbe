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

  public init(_ pattern: String) {
    var (parts, literal) = ([Part](), "")
    func close() -> [Part] {
      let bytes = TextFold.bytes(literal)
      literal = ""
      return bytes.map { .byte($0) }
    }
    for character in pattern {
      switch character {
      case "*": parts += close() + [.any]
      case "?": parts += close() + [.one]
      default: literal.append(character)
      }
    }
    description = pattern
    self.pattern = parts + close()
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
