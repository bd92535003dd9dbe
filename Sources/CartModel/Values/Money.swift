import CartSupport

/// An exact amount: a count of a currency's minor units.
public struct Money: Hashable, Sendable {
  /// Minor units: cents of EUR, yen of JPY.
  public var minor: Int64
  public var currency: Currency

  public init(minor: Int64, _ currency: Currency) {
    self.minor = minor
    self.currency = currency
  }

  public static func zero(_ currency: Currency) -> Money { Money(minor: 0, currency) }
}

extension Money: CustomStringConvertible, LosslessStringConvertible {
  /// The amount with the currency's decimals and without its code: `12.99`, `-0.05`, `1299`.
  public var description: String { DecimalText.print(minor, scale: currency.decimals) }

  /// Reads an amount strictly: at most as many decimals as the currency has.
  ///
  /// - Throws: `malformed` for anything else, naming the text.
  public init(_ text: some StringProtocol, _ currency: Currency) throws(ModelError) {
    let decimals = currency.decimals
    // A closure, as the text of an error costs more than reading an amount.
    let far = {
      ModelError(.outOfRange, "amount: expected \(Self.rangeText(currency)), got \(quoted(text))")
    }
    let parsed: DecimalText
    do throws(DecimalText.Failure) {
      parsed = try DecimalText(text, maxScale: decimals)
    } catch .outOfRange { throw far() } catch {
      throw ModelError(
        .malformed,
        "amount: expected a decimal with at most \(decimals) decimals (\(currency)), got "
          + quoted(text))
    }
    let factor = powersOfTen[decimals - parsed.scale]
    let (minor, overflow) = parsed.mantissa.multipliedReportingOverflow(by: factor)
    guard !overflow else { throw far() }
    self.init(minor: minor, currency)
  }

  /// The amounts that there can be: `-92233720368547758.07 to 92233720368547758.07 EUR`.
  public static func rangeText(_ currency: Currency) -> String {
    let most = Money(minor: .max, currency)
    return "-\(most) to \(most) \(currency)"
  }

  /// Reads `12.99 EUR`.
  public init?(_ description: String) {
    let parts = description.split(separator: " ")
    guard parts.count == 2, let currency = Currency(code: parts[1]),
      let money = try? Money(parts[0], currency)
    else { return nil }
    self = money
  }
}

extension Money {
  /// - Throws: `currencyMismatch`, `outOfRange`.
  public static func + (a: Money, b: Money) throws(ModelError) -> Money {
    try a.requireSame(b, "add")
    return try a.checked(a.minor.addingReportingOverflow(b.minor), "add")
  }

  /// - Throws: `currencyMismatch`, `outOfRange`.
  public static func - (a: Money, b: Money) throws(ModelError) -> Money {
    try a.requireSame(b, "subtract")
    return try a.checked(a.minor.subtractingReportingOverflow(b.minor), "subtract")
  }

  /// - Throws: `outOfRange`.
  public static func * (a: Money, factor: Int64) throws(ModelError) -> Money {
    try a.checked(a.minor.multipliedReportingOverflow(by: factor), "multiply")
  }

  /// A share in percent, rounded half up to the minor unit.
  public func percent(_ percent: Percent) throws(ModelError) -> Money {
    try ratio(percent.millionths, 100_000_000)
  }

  /// `self × numerator / denominator`, rounded half up; 128 bits between.
  public func ratio(_ numerator: Int64, _ denominator: Int64) throws(ModelError) -> Money {
    guard denominator != 0 else {
      throw ModelError(.outOfRange, "money: cannot divide by zero")
    }
    guard
      let minor = dividedHalfUp(Int128(self.minor) * Int128(numerator), by: Int128(denominator))
    else {
      throw ModelError(
        .outOfRange,
        "money: \(self) × \(numerator) / \(denominator) is out of range; expected "
          + Self.rangeText(currency))
    }
    return Money(minor: minor, currency)
  }

  /// Splits into `parts` amounts that differ by at most one minor unit, the larger ones first.
  ///
  /// - Throws: `outOfRange` unless `parts` is 1 … 10,000.
  public func split(_ parts: Int64) throws(ModelError) -> [Money] {
    guard (1...10_000).contains(parts) else {
      throw ModelError(.outOfRange, "split: expected 1 … 10000 parts, got \(parts)")
    }
    let share = minor / parts
    let rest = minor % parts
    let step: Int64 = rest < 0 ? -1 : 1
    return (0..<parts).map {
      Money(minor: share + ($0 < rest.magnitude ? step : 0), currency)
    }
  }

  /// - Throws: `currencyMismatch`.
  public func isLess(than other: Money) throws(ModelError) -> Bool {
    try requireSame(other, "compare")
    return minor < other.minor
  }

  private func requireSame(_ other: Money, _ verb: String) throws(ModelError) {
    guard currency == other.currency else {
      throw ModelError(
        .currencyMismatch, "money: cannot \(verb) \(currency) and \(other.currency)")
    }
  }

  private func checked(_ result: (Int64, overflow: Bool), _ verb: String) throws(ModelError)
    -> Money
  {
    guard !result.overflow else {
      throw ModelError(
        .outOfRange,
        "money: \(verb) goes out of range at \(self) \(currency); expected "
          + Self.rangeText(currency))
    }
    return Money(minor: result.0, currency)
  }
}

/// A percentage with up to six decimals.
public struct Percent: Hashable, Sendable, CustomStringConvertible {
  /// Millionths of one percent.
  public let millionths: Int64

  /// - Throws: `malformed` unless the text is a decimal of at most six decimals up to 1,000,000.
  public init(_ text: some StringProtocol) throws(ModelError) {
    guard let parsed = try? DecimalText(text, maxScale: 6), parsed.mantissa.magnitude < 1 << 40
    else {
      throw ModelError(
        .malformed,
        "percent: expected a decimal with at most 6 decimals, got \(quoted(text))")
    }
    millionths = parsed.mantissa * powersOfTen[6 - parsed.scale]
  }

  public init(millionths: Int64) { self.millionths = millionths }

  /// To two decimals, half up; for showing.
  public var rounded: Percent {
    Percent(millionths: Int64(clamping: (Int128(millionths) + 5_000) / 10_000 * 10_000))
  }

  public var description: String {
    var text = DecimalText.print(millionths, scale: 6)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }
}
