import CartModel

/// Carts counted by what one of their fields says; one with several values of it counts for each.
public struct CartGroups {
  public struct Group {
    public var value: String
    public var count: Int64 = 0
    public var totals = MoneySums()
  }

  private typealias Field = @Sendable (Cart, FilterContext) -> [String]

  private static let fields: [String: Field] = [
    "status": { [$0.status(at: $1.now, $1.settings).rawValue] },
    "country": { cart, _ in [cart.shopper[.country]] },
    "currency": { cart, _ in [cart.currency.code] },
    "email": { cart, _ in [cart.shopper[.email]] },
    "domain": { cart, _ in [cart.shopper.domain] },
    "ip": { cart, _ in [cart.shopper[.ip]] },
    "session": { cart, _ in [cart.shopper[.session]] },
    "browser": { cart, _ in [cart.shopper[.browser]] },
    "group": { cart, _ in [cart.shopper[.group]] },
    "shopper_type": { cart, _ in [cart.shopper.isRegistered ? "registered" : "guest"] },
    "coupon": { cart, _ in cart.coupons.isEmpty ? [""] : cart.coupons },
    "sku": { cart, _ in cart.lines.map(\.sku) },
    "customer_id": { cart, _ in [String(cart.shopper.customer)] },
  ]

  /// Fields that can be grouped by.
  public static let names: [String] = fields.keys.sorted()

  private let field: Field
  private let context: FilterContext
  private var groups: [String: Group] = [:]
  /// Of e-mails and domains, whose case does not matter.
  private var names: FoldedNames?

  /// Nil for a field that cannot be grouped by.
  public init?(by name: String, _ context: FilterContext) {
    guard let field = Self.fields[name] else { return nil }
    (self.field, self.context) = (field, context)
    if name == "email" || name == "domain" { names = FoldedNames() }
  }

  public mutating func add(_ cart: Cart) {
    let total = try? cart.price(context.settings).total
    for text in Set(field(cart, context)) {
      let value = names?.fold(text) ?? text
      groups[value, default: Group(value: value)].count += 1
      if let total { groups[value]?.totals.add(total) }
    }
  }

  /// The largest first, those that are as large by their bytes, a missing value last.
  public var sorted: [Group] {
    groups.values.sorted {
      $0.count != $1.count ? $0.count > $1.count : ranks($0.value, $1.value)
    }
  }
}
