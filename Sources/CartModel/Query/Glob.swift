/// A pattern with `*` for any text and `?` for one character, any case (ASCII).
public struct Glob: Equatable, Sendable {
  private let pattern: [UInt8]

  public init(_ pattern: String) { self.pattern = pattern.utf8.map(lowered) }

  /// - Complexity: O(n·m) at worst, without recursion.
  public func matches(_ text: String) -> Bool {
    let text = Array(text.utf8)
    var (p, t) = (0, 0)
    var (star, mark) = (-1, 0)
    while t < text.count {
      if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
        star = p
        mark = t
        p += 1
      } else if p < pattern.count,
        pattern[p] == UInt8(ascii: "?") || pattern[p] == lowered(text[t])
      {
        p += 1
        t += 1
        if pattern[p - 1] == UInt8(ascii: "?") {
          while t < text.count, text[t] & 0xc0 == 0x80 { t += 1 }
        }
      } else if star >= 0 {
        p = star + 1
        mark += 1
        t = mark
      } else {
        return false
      }
    }
    while p < pattern.count, pattern[p] == UInt8(ascii: "*") { p += 1 }
    return p == pattern.count
  }
}

/// Case folding of ASCII, as SQLite's `LIKE` and `NOCASE` do it.
func lowered(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte }

func lowered(_ text: String) -> [UInt8] { text.utf8.map(lowered) }
