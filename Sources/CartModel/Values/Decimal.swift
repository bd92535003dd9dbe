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
