/// What the totals of a cart follow from, beside the settings.
///
/// A cart knows it, and so does a row of the storage: `totals(_:)` is the one way from either to what is
/// shown, filtered, judged, exported and reported. A new source of totals is a case here.
public enum TotalsBasis: Sendable {
  /// Lines with what coupons take off them.
  ///
  /// - Parameters:
  ///   - isFree: whether it ships for nothing.
  ///   - to: where it goes; without a country where the settings do not ask.
  case lines(_ subtotal: Money, discount: Money, isFree: Bool, to: Destination)
  /// What a store states, which no settings change.
  case stated(Totals)

  /// Lines without coupons.
  public static func plain(_ subtotal: Money, isEmpty: Bool, to place: Destination) -> TotalsBasis {
    .lines(subtotal, discount: .zero(subtotal.currency), isFree: isEmpty, to: place)
  }

  /// What a cart comes to: shipping by what is left after discounts, then tax.
  ///
  /// - Throws: `outOfRange`.
  public func totals(_ settings: StoreSettings) throws(ModelError) -> Totals {
    switch self {
    case .stated(let totals): return totals
    case .lines(let subtotal, let discount, let isFree, let place):
      let left = try subtotal - discount
      let own = subtotal.currency == settings.currency
      let fee = own && !isFree ? settings.shipping(left.minor, to: place).fee : 0
      let shipping = Money(minor: fee, subtotal.currency)
      let base = try left + shipping
      let (percent, included) = settings.tax(in: place)
      let rate = percent.millionths
      let tax = included ? try base.ratio(rate, 100_000_000 + rate) : try base.percent(percent)
      return Totals(
        subtotal: subtotal, discount: discount, shipping: shipping, tax: tax,
        total: included ? base : try base + tax)
    }
  }
}
