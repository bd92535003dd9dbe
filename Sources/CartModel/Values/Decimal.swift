/// A decimal number read strictly: an optional minus, digits, optionally a point and digits.
///
/// The value is `mantissa / 10^scale`. No exponent, no grouping, no blanks.
struct DecimalText {
  var mantissa: Int64
  var scale: Int

  enum Failure: Error {
    case malformed
    /// A decimal whose digits do not fit 63 bits.
    case outOfRange
  }

  /// - Parameter maxScale: the most digits that may stand behind the point.
  init(_ text: some StringProtocol, maxScale: Int) throws(Failure) {
    var text = Substring(text)
    let parsed = text.withUTF8 { bytes in
      Result { () throws(Failure) in try DecimalText(bytes: UnsafeRawBufferPointer(bytes), maxScale)
      }
    }
    self = try parsed.get()
  }

  private init(bytes: UnsafeRawBufferPointer, _ maxScale: Int) throws(Failure) {
    var index = 0
    let negative = bytes.first == UInt8(ascii: "-")
    if negative { index = 1 }
    var mantissa: Int64 = 0
    var scale = 0
    var digits = 0
    var (seenPoint, isFar) = (false, false)
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == UInt8(ascii: "."), !seenPoint, digits > 0 {
        seenPoint = true
        continue
      }
      guard byte >= 0x30, byte <= 0x39 else { throw .malformed }
      let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
      let (sum, overflow2) = product.addingReportingOverflow(Int64(byte - 0x30))
      if overflow || overflow2 { isFar = true }
      mantissa = sum
      digits += 1
      if seenPoint { scale += 1 }
      if scale > maxScale { throw .malformed }
    }
    guard digits > 0, !seenPoint || scale > 0 else { throw .malformed }
    guard !isFar else { throw .outOfRange }
    self.mantissa = negative ? -mantissa : mantissa
    self.scale = scale
  }

  /// A decimal without an exponent and with at most so many decimals, rounded half up; nil for a text that
  /// needs no rounding or is no decimal.
  static func rounded(_ text: some StringProtocol, toScale most: Int) -> String? {
    let parts = text.split(separator: "e", omittingEmptySubsequences: false)
      .flatMap { $0.split(separator: "E", omittingEmptySubsequences: false) }
    guard parts.count <= 2, let number = parts.first else { return nil }
    var exponent = 0
    if parts.count == 2 {
      guard let given = Int(parts[1]), (-400...400).contains(given) else { return nil }
      exponent = given
    }
    let halves = number.split(separator: ".", omittingEmptySubsequences: false)
    guard halves.count <= 2, halves.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isDigit) })
    else { return nil }
    var digits = Array(halves.joined().utf8)
    // Where the point stands, counted from the first digit.
    var point = (halves.first?.count ?? 0) + exponent
    guard digits.count - point > most || parts.count == 2 else { return nil }
    if point < 0 {
      digits.insert(contentsOf: repeatElement(zero, count: -point), at: 0)
      point = 0
    } else if point > digits.count {
      digits.append(contentsOf: repeatElement(zero, count: point - digits.count))
    }
    if digits.count - point > most {
      let isUp = digits[point + most] >= zero + 5
      digits.removeSubrange((point + most)...)
      if isUp { point += increment(&digits) }
    }
    let whole = digits[..<point].drop { $0 == zero }
    return (whole.isEmpty ? "0" : String(decoding: whole, as: UTF8.self))
      + (point < digits.count ? "." + String(decoding: digits[point...], as: UTF8.self) : "")
  }

  /// Adds one to the last digit.
  ///
  /// - Returns: how many digits there are more.
  private static func increment(_ digits: inout [UInt8]) -> Int {
    for index in digits.indices.reversed() {
      if digits[index] < zero + 9 {
        digits[index] += 1
        return 0
      }
      digits[index] = zero
    }
    digits.insert(zero + 1, at: 0)
    return 1
  }

  private static let zero = UInt8(ascii: "0")

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= zero && byte <= zero + 9 }

  /// Prints `mantissa / 10^scale` with all its digits.
  static func print(_ mantissa: Int64, scale: Int) -> String {
    guard scale > 0 else { return String(mantissa) }
    var digits = String(mantissa.magnitude)
    if digits.utf8.count <= scale {
      digits = String(repeating: "0", count: scale + 1 - digits.utf8.count) + digits
    }
    let point = digits.index(digits.endIndex, offsetBy: -scale)
    return (mantissa < 0 ? "-" : "") + digits[..<point] + "." + digits[point...]
  }
}

/// 10^0 … 10^18.
let powersOfTen: [Int64] = (0...18).reduce(into: []) { list, n in
  list.append(n == 0 ? 1 : list[n - 1] * 10)
}

/// Divides, rounding half away from zero; nil when the result does not fit 64 bits.
func dividedHalfUp(_ numerator: Int128, by denominator: Int128) -> Int64? {
  guard denominator != 0 else { return nil }
  let negative = (numerator < 0) != (denominator < 0)
  let (n, d) = (numerator.magnitude, denominator.magnitude)
  let (quotient, remainder) = n.quotientAndRemainder(dividingBy: d)
  let rounded = remainder >= d - remainder ? quotient + 1 : quotient
  guard let value = Int128(exactly: rounded) else { return nil }
  return Int64(exactly: negative ? -value : value)
}
