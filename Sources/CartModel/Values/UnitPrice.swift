import CartSupport

/// The price of one piece, with up to 12 decimals.
///
/// Stores send 13.858823529412 and screws cost 0.0375; the price is rounded once, half up, when it
/// becomes a line's amount.
public struct UnitPrice: Hashable, Sendable {
  /// The digits; the price is `mantissa / 10^scale`. Trailing zeros are not kept.
  public let mantissa: Int64
  /// 0 … 12.
  public let scale: Int

  public init(mantissa: Int64, scale: Int) {
    var (mantissa, scale) = (mantissa, scale)
    while scale > 0, mantissa % 10 == 0 {
      mantissa /= 10
      scale -= 1
    }
    self.mantissa = mantissa
    self.scale = scale
  }

  public static let zero = UnitPrice(mantissa: 0, scale: 0)

  public init(_ money: Money) {
    self.init(mantissa: money.minor, scale: money.currency.decimals)
  }

  /// - Throws: `malformed` unless the text is a decimal, not negative, of at most 12 decimals;
  ///   `outOfRange` for one of more than 17 digits.
  public init(_ text: some StringProtocol) throws(ModelError) {
    // A closure, as the text of an error costs more than reading a price.
    let far = {
      ModelError(
        .outOfRange,
        "price: expected at most 17 digits, as 999999999999999.99, got \(quoted(text))")
    }
    let parsed: DecimalText
    do throws(DecimalText.Failure) {
      parsed = try DecimalText(text, maxScale: 12)
      guard parsed.mantissa >= 0 else { throw .malformed }
    } catch .outOfRange { throw far() } catch {
      throw ModelError(
        .malformed,
        "price: expected a decimal, not negative, with at most 12 decimals, got \(quoted(text))")
    }
    guard parsed.mantissa < 1 << 59 else { throw far() }
    self.init(mantissa: parsed.mantissa, scale: parsed.scale)
  }

  /// Reads a store's decimal: digits beyond 12 decimals are rounded half up, and it may have an exponent,
  /// as `1.3858823529412E1`.
  ///
  /// - Throws: `malformed` unless it is a decimal that is not negative; `outOfRange` for one of more than
  ///   17 digits.
  public init(rounding text: some StringProtocol) throws(ModelError) {
    // Hardly any needs rounding.
    do throws(ModelError) { try self.init(text) } catch {
      guard let rounded = DecimalText.rounded(text, toScale: 12) else { throw error }
      try self.init(rounded)
    }
  }

  /// The amount of `quantity` pieces, rounded half up to the minor unit.
  public func amount(_ quantity: Int64, _ currency: Currency) throws(ModelError) -> Money {
    // Dividing 128 bits takes ten times as long, and most prices need no rounding.
    if scale <= currency.decimals {
      let (pieces, overflow) = mantissa.multipliedReportingOverflow(by: quantity)
      let (minor, overflow2) = pieces.multipliedReportingOverflow(
        by: powersOfTen[currency.decimals - scale])
      if !overflow, !overflow2 { return Money(minor: minor, currency) }
    }
    let pieces = Int128(mantissa) * Int128(quantity)
    let (product, overflow) = pieces.multipliedReportingOverflow(
      by: Int128(powersOfTen[currency.decimals]))
    guard !overflow, let minor = dividedHalfUp(product, by: Int128(powersOfTen[scale])) else {
      throw ModelError(
        .outOfRange,
        "amount: \(quantity) × \(text(currency)) is out of range; expected "
          + Money.rangeText(currency))
    }
    return Money(minor: minor, currency)
  }

  /// A share of the price, rounded half up to 12 decimals.
  ///
  /// - Throws: `outOfRange`.
  public func percent(_ percent: Percent) throws(ModelError) -> UnitPrice {
    var (digits, scale) = (Int128(mantissa) * Int128(percent.millionths), scale + 8)
    while scale > 0, digits % 10 == 0 { (digits, scale) = (digits / 10, scale - 1) }
    let divisor = Int128(powersOfTen[max(0, scale - 12)])
    guard let rounded = dividedHalfUp(digits, by: divisor), (0..<1 << 59).contains(rounded) else {
      throw ModelError(
        .outOfRange,
        "price: \(percent) % of \(DecimalText.print(mantissa, scale: self.scale)) is out of range")
    }
    return UnitPrice(mantissa: rounded, scale: min(scale, 12))
  }

  /// The digits without a currency's decimals: `12.9`, `0.0375`.
  public var plainText: String { DecimalText.print(mantissa, scale: scale) }

  /// The price with at least the currency's decimals: `12.90`, `0.0375`.
  public func text(_ currency: Currency) -> String {
    guard scale < currency.decimals else { return DecimalText.print(mantissa, scale: scale) }
    let factor = powersOfTen[currency.decimals - scale]
    let (padded, overflow) = mantissa.multipliedReportingOverflow(by: factor)
    return overflow
      ? DecimalText.print(mantissa, scale: scale)
      : DecimalText.print(padded, scale: currency.decimals)
  }
}
