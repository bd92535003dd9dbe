/// The switches of a Swift source, by its layout: what the formatter keeps.
struct SwitchText {
  /// From 1.
  var line: Int
  /// What is looked at: `event.body`.
  var subject: String
  /// The patterns of its cases, as written.
  var patterns: [String] = []
  var hasDefault = false

  static func all(in source: String) -> [SwitchText] {
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.indices.compactMap { place in
      // Few lines open a block: only they are looked at closely.
      guard lines[place].utf8.last == UInt8(ascii: "{"),
        let range = lines[place].firstRange(of: "switch "),
        lines[place][..<range.lowerBound].allSatisfy({ $0.isLetter || " ={(".contains($0) })
      else { return nil }
      let depth = lines[place].utf8.prefix { $0 == UInt8(ascii: " ") }.count
      var found = SwitchText(
        line: place + 1, subject: String(lines[place][range.upperBound...].dropLast(2)))
      var isInPattern = false
      for line in lines[(place + 1)...] {
        let text = line.utf8.dropFirst(depth)
        let isOuter = line.utf8.prefix(depth).allSatisfy { $0 == UInt8(ascii: " ") }
        if isOuter, text.starts(with: "default:".utf8) {
          found.hasDefault = true
          isInPattern = false
        } else if isOuter, text.starts(with: "case ".utf8) {
          found.patterns.append(pattern(text, &isInPattern))
        } else if isInPattern, let last = found.patterns.indices.last {
          found.patterns[last] += pattern(text, &isInPattern)
        } else if isOuter, text.first == UInt8(ascii: "}") {
          break
        }
      }
      return found
    }
  }

  /// A line's part of a pattern, which ends with a colon outside of parentheses.
  private static func pattern(_ line: Substring.UTF8View.SubSequence, _ goesOn: inout Bool)
    -> String
  {
    var depth = 0
    let part = line.prefix { byte in
      if byte == UInt8(ascii: "(") { depth += 1 }
      if byte == UInt8(ascii: ")") { depth -= 1 }
      return depth > 0 || byte != UInt8(ascii: ":")
    }
    goesOn = part.count == line.count
    return String(Substring(part))
  }

  /// Whether a pattern names one of these cases: `.lineAdded`.
  func names(oneOf names: Set<String>) -> Bool {
    patterns.contains { pattern in
      pattern.split(separator: ".").dropFirst().contains { part in
        names.contains(String(part.prefix { $0.isLetter || $0.isNumber }))
      }
    }
  }
}
