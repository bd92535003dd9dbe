/// Card numbers in texts that people write, where other long numbers stand too: orders, parcels, phones,
/// accounts (IBAN) and trade items (GTIN).
extension CardNumber {
  /// - Parameter what: what the text is, for the message, which does not quote it.
  /// - Throws: `malformed` for a text with a card's number.
  public static func refuse(_ text: String, _ what: @autoclosure () -> String) throws(ModelError) {
    guard isTyped(in: text) else { return }
    throw ModelError(
      .malformed,
      "\(masked(what())): looks like a card number, which is never stored; leave it out")
  }

  /// Whether a card's number stands in a text: digits that pass Luhn's check, grouped as on a card, or
  /// without blanks and of a length and beginning that an issuer has.
  public static func isTyped(in text: String) -> Bool {
    // Most texts have fewer digits than any card.
    let most = text.utf8.count { (0x30...0x39).contains($0) || $0 >= 0x80 }
    guard most >= 13 else { return false }
    let runs = runs(of: Array(text))
    return runs.indices.contains { place in
      isUngrouped(runs[place])
        || shapes.contains { isGrouped(runs[place...].prefix($0.count), as: $0) }
    }
  }

  /// Digits that follow each other, and what stands around them.
  private struct Run {
    var digits: [Int]
    /// Up to the digits before, the nearest first.
    var before: [Character]
    /// Up to the digits behind.
    var after: [Character]
    /// Whether the word with the digits before it begins with letters, as an account's: `DE89 3704`.
    var followsAccount = false
  }

  private static func runs(of text: [Character]) -> [Run] {
    var (runs, index, start) = ([Run](), 0, 0)
    while index < text.count {
      guard digit(text[index]) != nil else {
        index += 1
        continue
      }
      var end = index
      while end < text.count, digit(text[end]) != nil { end += 1 }
      let between = Array(text[start..<index])
      if !runs.isEmpty { runs[runs.count - 1].after = between }
      var run = Run(
        digits: text[index..<end].compactMap(digit), before: between.reversed(), after: [])
      if let last = runs.last, between.count == 1 {
        run.followsAccount = last.before.first?.isLetter == true && last.digits.count == 2
      }
      runs.append(run)
      (index, start) = (end, end)
    }
    if !runs.isEmpty { runs[runs.count - 1].after = Array(text[start...]) }
    return runs
  }

  private static func digit(_ character: Character) -> Int? {
    character.wholeNumberValue.flatMap { (0...9).contains($0) ? $0 : nil }
  }

  /// How digits are grouped on cards.
  private static let shapes = [
    [4, 4, 4, 4], [4, 6, 5], [4, 6, 4], [4, 4, 4, 4, 3], [4, 4, 4, 4, 2], [4, 4, 4, 4, 1],
    [4, 3, 3, 3],
  ]

  private static func isGrouped(_ runs: ArraySlice<Run>, as shape: [Int]) -> Bool {
    guard runs.count == shape.count, zip(runs, shape).allSatisfy({ $0.digits.count == $1 }),
      let first = runs.first, !first.followsAccount, first.before.first?.isLetter != true,
      let separator = first.after.first, " .-–\u{a0}".contains(separator),
      runs.dropLast().allSatisfy({ $0.after == [separator] })
    else { return false }
    let digits = runs.flatMap(\.digits)
    return (2...6).contains(digits[0]) && passesLuhn(digits)
  }

  private static func isUngrouped(_ run: Run) -> Bool {
    // A part of a word, of a decimal or of an international phone number.
    if let before = run.before.first, before.isLetter || before == "+" { return false }
    if run.after.first?.isLetter == true { return false }
    if run.before.count == 1, ".,".contains(run.before[0]) { return false }
    return isIssued(run.digits) && passesLuhn(run.digits)
  }

  /// Whether an issuer makes numbers of this length and beginning.
  private static func isIssued(_ digits: [Int]) -> Bool {
    guard (13...19).contains(digits.count) else { return false }
    func begin(_ count: Int) -> Int { digits.prefix(count).reduce(0) { $0 * 10 + $1 } }
    switch digits.count {
    // Numbers of phones begin with 40, 41 and 43 … 49, and those of trade items have a check of theirs.
    case 13: return (422...429).contains(begin(3)) && !isTradeItem(digits)
    case 14:
      return ((300...305).contains(begin(3)) || [36, 38, 39].contains(begin(2)))
        && !isTradeItem(digits)
    case 15: return [34, 37].contains(begin(2))
    default: break
    }
    let isSixteen = digits.count == 16
    let maestro = [5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763]
    return digits[0] == 4 && digits.count != 17 && digits.count != 18
      || isSixteen && ((51...55).contains(begin(2)) || (2221...2720).contains(begin(4)))
      || (3528...3589).contains(begin(4)) || begin(4) == 6011 || begin(2) == 65
      || (644...649).contains(begin(3)) || begin(2) == 62 || maestro.contains(begin(4))
  }

  /// The check of GTIN-13 and GTIN-14 (GS1 General Specifications, 7.9).
  private static func isTradeItem(_ digits: [Int]) -> Bool {
    digits.reversed().enumerated().reduce(0) { sum, item in
      sum + item.element * (item.offset % 2 == 0 ? 1 : 3)
    } % 10 == 0
  }
}
