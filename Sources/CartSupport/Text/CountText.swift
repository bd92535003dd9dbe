/// Counts as messages write them.
public enum CountText {
  /// `1 cart`, `12,000 carts`.
  public static func carts(_ count: Int) -> String {
    count == 1 ? "1 cart" : "\(grouped(count)) carts"
  }

  /// `12,000`.
  public static func grouped(_ count: some BinaryInteger) -> String {
    let digits = Array(String(count))
    return String(
      digits.enumerated().flatMap { index, digit in
        let left = digits.count - index
        return left % 3 == 0 && index > 0 ? [",", digit] : [digit]
      })
  }

  /// `1 file`, `12,000 files`.
  ///
  /// - Parameter many: the plural; nil for the word with an `s`.
  public static func count(
    _ number: some BinaryInteger, _ word: String, _ many: String? = nil
  ) -> String {
    number == 1 ? "1 \(word)" : "\(grouped(number)) \(many ?? word + "s")"
  }
}
