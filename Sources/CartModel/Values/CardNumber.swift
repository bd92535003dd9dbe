/// Payment card numbers (ISO/IEC 7812-1): never stored, and masked wherever a text is shown or kept.
public enum CardNumber {
  /// What stands for a number.
  public static let mask = "<card>"

  /// Whether a whole text can only be meant as a card's number: 12 … 19 digits that pass Luhn's check,
  /// with blanks, dashes or dots between them.
  public static func isOne(_ text: String) -> Bool {
    guard text.utf8.count >= 12, text.utf8.count <= 200 else { return false }
    var digits: [Int] = []
    for character in text {
      if let digit = character.wholeNumberValue, digit < 10 {
        digits.append(digit)
      } else if !isBetween(character) {
        return false
      }
    }
    return (12...19).contains(digits.count) && passesLuhn(digits)
  }

  /// Whether a text is or holds a card's number.
  public static func isWithin(_ text: String) -> Bool { isOne(text) || masked(text) != text }

  /// A text with the numbers masked that stand in it: 13 … 19 digits, the first of them 2 … 6, as others
  /// are counts and times.
  public static func masked(_ line: String) -> String {
    guard line.utf8.count >= 13 else { return line }
    let text = Array(line)
    let groups = groups(of: text)
    var (out, done, first) = ([Character](), 0, 0)
    while first < groups.count {
      guard let last = card(text, groups, from: first) else {
        first += 1
        continue
      }
      out += text[done..<groups[first].lowerBound] + Array(mask)
      done = groups[last].upperBound
      first = last + 1
    }
    return done == 0 ? line : String(out + text[done...])
  }

  /// Digits that follow each other.
  private static func groups(of text: [Character]) -> [Range<Int>] {
    var groups: [Range<Int>] = []
    var index = 0
    while index < text.count {
      guard text[index].wholeNumberValue != nil else {
        index += 1
        continue
      }
      var end = index
      while end < text.count, text[end].wholeNumberValue.map({ $0 < 10 }) ?? false { end += 1 }
      groups.append(index..<max(end, index + 1))
      index = max(end, index + 1)
    }
    return groups
  }

  /// The last group of a card's number that begins with a group; nil where none does.
  private static func card(_ text: [Character], _ groups: [Range<Int>], from first: Int) -> Int? {
    var (digits, found) = ([Int](), Int?.none)
    for place in first..<groups.count {
      let group = groups[place]
      if place > first {
        let between = text[groups[place - 1].upperBound..<group.lowerBound]
        guard between.count <= 2, between.allSatisfy(isBetween),
          group.count > 2, groups[first].count > 2
        else { break }
      }
      digits += text[group].compactMap(\.wholeNumberValue)
      guard digits.count <= 19 else { break }
      if digits.count >= 13, (2...6).contains(digits[0]), passesLuhn(digits) { found = place }
    }
    return found
  }

  private static func isBetween(_ character: Character) -> Bool {
    " .-_/–\u{a0}".contains(character)
  }

  /// Luhn's check (ISO/IEC 7812-1, annex B).
  static func passesLuhn(_ digits: [Int]) -> Bool {
    digits.reversed().enumerated().reduce(0) { sum, item in
      guard item.offset % 2 == 1 else { return sum + item.element }
      return sum + (item.element * 2 > 9 ? item.element * 2 - 9 : item.element * 2)
    } % 10 == 0
  }
}
