/// How many columns a terminal gives a text.
package enum CellWidth {
  package static func of(_ text: String) -> Int {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return text.utf8.count }
    return text.reduce(0) { $0 + of($1) }
  }

  /// The widest scalar counts; a flag, and what asks for the picture form (U+FE0F), takes two.
  package static func of(_ character: Character) -> Int {
    let scalars = character.unicodeScalars
    var widest = 0
    for scalar in scalars {
      if scalar.value == 0xfe0f { return 2 }
      widest = max(widest, of(scalar))
    }
    let isFlag = scalars.count == 2 && scalars.allSatisfy { 0x1f1e6...0x1f1ff ~= $0.value }
    return isFlag ? 2 : widest
  }

  /// - Complexity: O(log n) of the table's ranges.
  private static func of(_ scalar: Unicode.Scalar) -> Int {
    if holds(WidthTable.zero, scalar.value) { return 0 }
    return holds(WidthTable.wide, scalar.value) ? 2 : 1
  }

  private static func holds(_ ranges: [ClosedRange<UInt32>], _ value: UInt32) -> Bool {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(value)
  }

  /// The text cut to `width` columns, its last one `…` where something is missing.
  package static func cut(_ text: String, to width: Int) -> String {
    guard of(text) > width else { return text }
    var (out, used) = ("", 0)
    for character in text {
      let next = of(character)
      if used + next > width - 1 { break }
      out.append(character)
      used += next
    }
    return out + "…"
  }

  package static func padded(_ text: String, to width: Int, right: Bool = false) -> String {
    let blanks = String(repeating: " ", count: max(0, width - of(text)))
    return right ? blanks + text : text + blanks
  }
}
