/// The digits of a phone number as a person types or says it, in whatever way it is written.
public struct PhoneDigits: Equatable, Sendable {
  /// Without the zeros in front, which stand for a country or an area.
  private let digits: [UInt8]

  /// The fewest digits that are searched for.
  private static let least = 3

  /// Nil for a text that is no phone number, or has fewer than three digits.
  public init?(_ text: String) {
    let isNumber = text.utf8.allSatisfy { Self.isDigit($0) || Self.between.contains($0) }
    guard isNumber else { return nil }
    digits = Self.digits(of: text)
    guard digits.count >= Self.least else { return nil }
  }

  /// Whether a stored number has these digits in it; one with a country's code also fits a stored one
  /// without it.
  ///
  /// - Complexity: O(length).
  public func matches(_ stored: String) -> Bool {
    let own = Self.digits(of: stored)
    if own.contains(digits) { return true }
    return own.count >= 7 && digits.count > own.count && digits.suffix(own.count) == own[...]
  }

  private static let between = Set(" +-./()".utf8)

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func digits(of text: String) -> [UInt8] {
    Array(text.utf8.filter(isDigit).drop { $0 == 0x30 })
  }
}

extension PhoneDigits {
  private static let fields: [ShopperField] = [.phone, .shippingPhone, .billingPhone]

  /// Whether one of the shopper's numbers has these digits in it.
  public func matches(_ shopper: Shopper) -> Bool {
    shopper.fields.contains { Self.fields.contains($0.field) && matches($0.value) }
  }
}
