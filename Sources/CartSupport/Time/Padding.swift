extension Int64 {
  /// Division that rounds towards negative infinity.
  package func floorDivided(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder != 0 && (remainder < 0) != (divisor < 0) ? quotient - 1 : quotient
  }
}

/// The number with zeros before it, as far as it is shorter than `width` digits.
package func padded(_ value: Int64, _ width: Int) -> String {
  let (sign, digits) = (value < 0 ? "-" : "", String(value.magnitude))
  guard digits.utf8.count < width else { return sign + digits }
  return sign + String(repeating: "0", count: width - digits.utf8.count) + digits
}
