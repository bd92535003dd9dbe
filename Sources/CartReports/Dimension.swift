import CartEngine
import CartModel
import CartSupport

/// What a report can be grouped by.
enum Dimension: String, CaseIterable {
  case day, week, month, hour, weekday, country, currency, product, coupon, customer, domain

  static let names = allCases.map(\.rawValue)

  /// - Throws: `malformed`, with a suggestion.
  init(_ name: String, of report: String, among known: [Dimension]) throws(EngineError) {
    guard let found = Dimension(rawValue: name), known.contains(found) else {
      let names = known.map(\.rawValue)
      throw EngineError(
        .malformed,
        "report \(report): by: expected one of \(names.joined(separator: ", ")), got "
          + quoted(name) + didYouMean(name, among: names))
    }
    self = found
  }

  /// Whether its groups follow each other, so that they stand in their order.
  var isTime: Bool {
    switch self {
    case .day, .week, .month, .hour, .weekday: true
    default: false
    }
  }

  /// Whether its groups are one whatever the case of their names.
  var isFolded: Bool { self == .customer || self == .domain }

  /// Whether one cart can stand in several groups.
  var overlaps: Bool { self == .product || self == .coupon }

  /// The groups of a cart; times are those of its creation, by the shop's clock.
  func groups(_ cart: Cart, _ zone: ZoneRules) -> [String] {
    switch self {
    case .country: [cart.shopper[.country]]
    case .currency: [cart.currency.code]
    case .product:
      Array(Set(cart.order.map { $0.lines.map(\.sku) } ?? cart.lines.map(\.sku)))
    case .coupon: cart.coupons.isEmpty ? [""] : cart.coupons
    case .customer: [cart.shopper.who]
    case .domain: [cart.shopper.domain]
    default: [group(cart.created, zone)]
    }
  }

  /// The group of a moment.
  func group(_ time: Timestamp, _ zone: ZoneRules) -> String {
    let civil = zone.civil(time)
    switch self {
    case .week: return civil.weekText
    case .month: return String(civil.dateText.prefix(7))
    case .hour: return String(civil.clockText.prefix(2))
    case .weekday: return Self.weekdays[Int(civil.isoWeekday) - 1]
    default: return civil.dateText
    }
  }

  static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

  /// Groups in the order in which they are shown: times as they come, others by size.
  func sorted(_ groups: [(name: String, size: CheckedSum)]) -> [String] {
    groups.sorted { a, b in
      if self == .weekday {
        return Self.weekdays.firstIndex(of: a.name) ?? 0 < Self.weekdays.firstIndex(of: b.name) ?? 0
      }
      if !isTime, a.size != b.size { return a.size > b.size }
      return ranks(a.name, b.name)
    }.map(\.name)
  }
}
