import CartSupport

/// A span of time as users type it: `90s`, `2h`, `1d12h`; milliseconds inside.
public struct Span: Hashable, Sendable, CustomStringConvertible {
  public let milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// The longest that is typed: ten thousand years.
  public static let longest = Span(milliseconds: 3_652_425 * 86_400_000)

  /// - Throws: `malformed` unless the text is whole numbers, each with one of `s m h d w`, or `ms`;
  ///   `outOfRange` beyond the longest.
  public init(_ text: some StringProtocol) throws(ModelError) {
    func bad() -> ModelError {
      ModelError(
        .malformed, "duration: expected a number and one of s m h d w, as 2h, got \(quoted(text))")
    }
    func long() -> ModelError {
      ModelError(
        .outOfRange, "duration: expected at most 3652425d (10,000 years), got \(quoted(text))")
    }
    var total: Int64 = 0
    var digits = ""
    guard !text.isEmpty, text.utf8.count < 40 else { throw bad() }
    let characters = Array(text)
    var index = 0
    while index < characters.count {
      let character = characters[index]
      index += 1
      if character.isASCII, character.isNumber {
        digits.append(character)
        continue
      }
      guard var unit = Self.units[character], !digits.isEmpty else { throw bad() }
      if character == "m", index < characters.count, characters[index] == "s" {
        (unit, index) = (1, index + 1)
      }
      guard let number = Int64(digits), number <= Self.longest.milliseconds / unit else {
        throw long()
      }
      total += number * unit
      guard total <= Self.longest.milliseconds else { throw long() }
      digits = ""
    }
    guard digits.isEmpty else { throw bad() }
    milliseconds = total
  }

  private static let units: [Character: Int64] = [
    "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000,
  ]

  /// The span in its largest unit, rounded down: `4m`.
  public var brief: String { String(description.prefix { $0 != " " }) }

  /// The span in its two largest units: `4m 12s`, `3d 2h`.
  public var description: String {
    var rest = milliseconds / 1000
    var parts: [String] = []
    for (name, seconds) in [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)] as [(String, Int64)] {
      let count = rest / seconds
      rest %= seconds
      if count > 0 || (name == "s" && parts.isEmpty) { parts.append("\(count)\(name)") }
      if parts.count == 2 || (!parts.isEmpty && count == 0) { break }
    }
    return parts.joined(separator: " ")
  }
}
