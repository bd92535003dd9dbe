import CartEngine
import CartModel
import CartSupport

/// What a report can be grouped by: a part of the time of creation, or a field of the cart.
enum Dimension: Equatable {
  case time(TimePart)
  /// The SKUs that were ordered; of a cart without an order, those in it.
  case product
  /// The shopper's e-mail, else the name.
  case customer
  case field(CartField)

  enum TimePart: String, CaseIterable {
    case day, week, month, hour, weekday
  }

  /// What a report takes.
  enum Kind {
    case none, times, any

    /// What can be written for one, in the order of help.
    var names: [String] {
      switch self {
      case .none: []
      case .times: TimePart.allCases.map(\.rawValue)
      case .any: Dimension.names
      }
    }
  }

  private static let names: [String] = {
    let own = TimePart.allCases.map(\.rawValue) + ["product", "customer"]
    return own + CartField.all.filter { $0.isGroup && !own.contains($0.name) }.map(\.name)
  }()

  /// - Throws: `malformed`, with a suggestion.
  init(_ name: String, of report: String, _ kind: Kind) throws(EngineError) {
    if let part = TimePart(rawValue: name) {
      self = .time(part)
    } else if kind == .any, name == "product" {
      self = .product
    } else if kind == .any, name == "customer" {
      self = .customer
    } else if kind == .any, let field = try? CartField.named(name), field.isGroup {
      self = .field(field)
    } else {
      let families = CartFieldFamily.all.map { "\($0.name).\($0.placeholder)" }
      let known = kind.names + (kind == .any ? families : [])
      throw EngineError(
        .malformed,
        "report \(report): by: expected one of \(known.joined(separator: ", ")), got "
          + quoted(name) + didYouMean(name, among: known))
    }
  }

  /// The name of its column.
  var name: String {
    switch self {
    case .time(let part): part.rawValue
    case .product: "product"
    case .customer: "customer"
    case .field(let field): field.name
    }
  }

  var part: TimePart? {
    if case .time(let part) = self { part } else { nil }
  }

  /// Whether its groups follow each other, so that they stand in their order.
  var isTime: Bool { part != nil }

  /// Whether its groups are one whatever the case of their names.
  var isFolded: Bool {
    switch self {
    case .customer: true
    case .field(let field): field.isFolded
    case .time, .product: false
    }
  }

  /// Whether one cart can stand in several groups.
  var overlaps: Bool {
    switch self {
    case .product: true
    case .field(let field): field.hasSeveral
    case .time, .customer: false
    }
  }

  /// The groups of a cart; times are those of its creation, by the shop's clock.
  func groups(_ cart: Cart, _ context: FilterContext, _ zone: ZoneRules) -> [String] {
    switch self {
    case .time(let part): [part.group(cart.created, zone)]
    case .product:
      Array(Set(cart.order.map { $0.lines.map(\.sku) } ?? cart.lines.map(\.sku)))
    case .customer: [cart.shopper.who]
    case .field(let field): Array(Set(field.value(cart, context, nil).groups))
    }
  }

  /// Groups in the order in which they are shown: times as they come, others by size.
  func sorted(_ groups: [(name: String, size: CheckedSum)]) -> [String] {
    groups.sorted { a, b in
      if self == .time(.weekday) {
        let days = TimePart.weekdays
        return days.firstIndex(of: a.name) ?? 0 < days.firstIndex(of: b.name) ?? 0
      }
      if !isTime, a.size != b.size { return a.size > b.size }
      return ranks(a.name, b.name)
    }.map(\.name)
  }
}

extension Dimension.TimePart {
  /// The group of a moment.
  func group(_ time: Timestamp, _ zone: ZoneRules) -> String {
    let civil = zone.civil(time)
    return switch self {
    case .day: civil.dateText
    case .week: civil.weekText
    case .month: String(civil.dateText.prefix(7))
    case .hour: String(civil.clockText.prefix(2))
    case .weekday: Self.weekdays[Int(civil.isoWeekday) - 1]
    }
  }

  static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
}
