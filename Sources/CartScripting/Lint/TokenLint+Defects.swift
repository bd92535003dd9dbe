/// Programs that Lua 5.4.4, as Debian 12 ships it, compiles or runs wrongly.
extension TokenLint {
  /// Lua 5.4.4 reads nil for `t[a < b]` where `t` is an upvalue (fixed by 782ef85b).
  mutating func indexedByComparison() {
    for index in tokens.indices where text(index) == "[" {
      let before = index > 0 ? tokens[index - 1] : nil
      guard before?.kind == .name || ["]", ")"].contains(before?.text ?? "") else { continue }
      var (depth, at) = (0, index)
      while at < tokens.count {
        if ["[", "(", "{"].contains(text(at)) { depth += 1 }
        if ["]", ")", "}"].contains(text(at)) { depth -= 1 }
        if depth == 0 { break }
        if depth == 1, ["<", ">", "<=", ">=", "==", "~="].contains(text(at)) {
          warn(
            at,
            "Lua 5.4.4 may read nil when a table is indexed by a comparison; put the comparison "
              + "into a local first")
          break
        }
        at += 1
      }
    }
  }

  /// Lua 5.4.4 computes `1 ~ (2 or 3)` wrongly in functions of many constants (c764ca71).
  mutating func foldedBitwise() {
    let constants = Set(tokens.filter { $0.kind == .number || $0.kind == .text }.map(\.text))
    let names = Set(tokens.filter { $0.kind == .name }.map(\.text))
    guard constants.count + names.count > 200 else { return }
    for index in tokens.indices where ["~", "&", "|"].contains(text(index)) {
      guard index > 0, tokens[index - 1].kind == .number, text(index + 1) == "(" else { continue }
      var (depth, at) = (0, index + 1)
      while at < tokens.count {
        if text(at) == "(" { depth += 1 }
        if text(at) == ")" { depth -= 1 }
        if depth == 0 { break }
        if depth == 1, text(at) == "or" || text(at) == "and" {
          warn(
            index,
            "Lua 5.4.4 may compute this wrongly in a chunk of many constants; put the part in "
              + "parentheses into a local first")
          break
        }
        at += 1
      }
    }
  }

  /// Lua 5.4.4 may not close the fourth value of a generic `for` on `break` (997f11f5).
  mutating func closingLoops() {
    for index in tokens.indices where text(index) == "for" {
      guard let start = tokens[index...].firstIndex(where: { ["in", "="].contains($0.text) }),
        text(start) == "in"
      else { continue }
      var (depth, commas, at) = (0, 0, start + 1)
      while at < tokens.count, !(depth == 0 && text(at) == "do") {
        if ["(", "{", "["].contains(text(at)) || text(at) == "function" { depth += 1 }
        if [")", "}", "]"].contains(text(at)) || text(at) == "end" { depth -= 1 }
        if depth == 0, text(at) == "," { commas += 1 }
        at += 1
      }
      guard commas >= 3, let end = blockEnd(from: at),
        tokens[at..<end].contains(where: { $0.kind == .keyword && $0.text == "break" })
      else { continue }
      warn(
        index,
        "Lua 5.4.4 may not close a loop's closing value on 'break'; close it in a local <close> "
          + "around the loop")
    }
  }

  /// The `end` of a block whose `do` stands here.
  func blockEnd(from index: Int) -> Int? {
    var depth = 0
    for at in tokens.indices.dropFirst(index) where tokens[at].kind == .keyword {
      switch tokens[at].text {
      // A `while` or `for` opens with its `do`.
      case "do", "function", "if", "repeat": depth += 1
      case "end", "until": depth -= 1
      default: break
      }
      if depth == 0 { return at }
    }
    return nil
  }

  /// `utf8.codes` of 5.4.4 takes stray continuation bytes for characters (a1089b41).
  mutating func strayBytes() {
    for index in tokens.indices where text(index) == "codes" {
      guard text(index - 1) == ".", text(index - 2) == "utf8" else { continue }
      warn(
        index,
        "utf8.codes of Lua 5.4.4 accepts stray continuation bytes; check the text with "
          + "utf8.len first")
    }
  }
}
