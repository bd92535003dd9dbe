/// An exact decimal with twelve places, with arithmetic of its own so that it can contradict ours.
public struct Amount: Hashable, Comparable, Sendable {
  private static let one: Int128 = 1_000_000_000_000
  var units: Int128

  public static let zero = Amount(units: 0)

  init(units: Int128) { self.units = units }

  init(_ whole: Int) { units = Int128(whole) * Self.one }

  /// Cents of a currency with two places, say.
  init(_ minor: Int, places: Int) {
    units = Int128(minor) * Self.one / Self.power(places)
  }

  /// Nil for what is no plain decimal.
  init?(_ text: String) {
    let isNegative = text.hasPrefix("-")
    let parts = text.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let whole = Int64(parts[0]), whole >= 0 else { return nil }
    let digits = parts.count == 2 ? String(parts[1]) : ""
    guard digits.allSatisfy({ "0"..."9" ~= $0 }), digits.count <= 30 else { return nil }
    // A thirteenth place rounds; what is behind it is noise of floats.
    let places = digits.prefix(13) + String(repeating: "0", count: max(0, 13 - digits.count))
    let rest = Self.divide(Int128(places) ?? 0, 10)
    units = (Int128(whole) * Self.one + rest) * (isNegative ? -1 : 1)
  }

  private static func power(_ places: Int) -> Int128 {
    (0..<places).reduce(1) { result, _ in result * 10 }
  }

  public static func < (a: Amount, b: Amount) -> Bool { a.units < b.units }
  static func + (a: Amount, b: Amount) -> Amount { Amount(units: a.units + b.units) }
  static func - (a: Amount, b: Amount) -> Amount { Amount(units: a.units - b.units) }
  static func * (a: Amount, b: Int) -> Amount { Amount(units: a.units * Int128(b)) }
  static func += (a: inout Amount, b: Amount) { a = a + b }

  /// Times a fraction, half away from zero in the twelfth place.
  func times(_ numerator: Int, over denominator: Int) -> Amount {
    Amount(units: Self.divide(units * Int128(numerator), Int128(denominator)))
  }

  /// Half away from zero.
  func rounded(_ places: Int) -> Amount {
    let step = Self.one / Self.power(places)
    return Amount(units: Self.divide(units, step) * step)
  }

  private static func divide(_ a: Int128, _ b: Int128) -> Int128 {
    let (quotient, rest) = a.quotientAndRemainder(dividingBy: b)
    return 2 * rest.magnitude >= b.magnitude ? quotient + (a < 0 ? -1 : 1) : quotient
  }

  /// As few digits as say it: `13.86`, `13.858823529412`, `5`.
  public var text: String {
    var text = fixed(12)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// With so many places: `225.0000`.
  public func fixed(_ places: Int) -> String {
    let value = rounded(places).units
    let (whole, rest) = value.magnitude.quotientAndRemainder(dividingBy: Self.one.magnitude)
    var digits = String(rest)
    digits = String(repeating: "0", count: 12 - digits.count) + digits
    let sign = value < 0 ? "-" : ""
    return places == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(digits.prefix(places))"
  }
}

extension Sequence where Element == Amount {
  var sum: Amount { reduce(.zero, +) }
}
