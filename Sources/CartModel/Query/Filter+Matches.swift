/// What a filter needs to know beside the cart: the clock and the settings.
public struct FilterContext: Sendable {
  public var now: Timestamp
  public var settings: StoreSettings

  public init(now: Timestamp, settings: StoreSettings) {
    self.now = now
    self.settings = settings
  }
}

extension Filter {
  /// The reading in memory.
  public func matches(_ cart: Cart, _ context: FilterContext) -> Bool {
    if !namesStatus {
      switch cart.status(at: context.now, context.settings) {
      case .active, .abandoned: break
      default: return false
      }
    }
    let totals = conditions.contains { $0.field.isPriced } ? try? cart.price(context.settings) : nil
    return conditions.allSatisfy { $0.matches(cart, context, totals) }
      && words.allSatisfy { cart.mentions($0) }
  }

  /// Sorts as the filter says, missing values last, ties by key, and cuts to the limit.
  public func arrange(_ carts: [Cart], _ context: FilterContext) -> [Cart] {
    // Places are sorted, not carts, which are large.
    let keys = carts.map { $0.sortKey(sort.field, context) }
    let sorted = carts.indices.sorted { a, b in
      if keys[a] != keys[b] { return ranks(keys[a], keys[b], descending: sort.descending) }
      return sort.descending ? carts[a].key > carts[b].key : carts[a].key < carts[b].key
    }
    return sorted.prefix(limit ?? .max).map { carts[$0] }
  }
}

extension Filter.Condition {
  public func matches(_ cart: Cart, _ context: FilterContext, _ totals: Totals?) -> Bool {
    let any = operands.contains { holds($0, cart, context, totals) }
    return comparison == .notEqual ? !any : any
  }

  private func holds(
    _ operand: Filter.Operand, _ cart: Cart, _ context: FilterContext, _ totals: Totals?
  ) -> Bool {
    switch operand {
    case .text(let text): return field.texts(cart).contains { TextFold.areEqual($0, text) }
    case .glob(let glob, _): return field.texts(cart).contains(where: glob.matches)
    case .block(let block, _): return block.contains(cart.shopper[.ip])
    case .status(let status): return cart.status(at: context.now, context.settings) == status
    case .number(let number): return compare(self.number(cart, context), number)
    case .time(let time):
      return compare(
        (field == .created ? cart.created : cart.updated).milliseconds, time.milliseconds)
    case .amount(let price):
      guard let money = cart.amount(field, totals) else { return false }
      return compare(
        Int128(money.minor) * Int128(powersOfTen[price.scale]),
        Int128(price.mantissa) * Int128(powersOfTen[money.currency.decimals]))
    }
  }

  private func compare<N: Comparable>(_ a: N, _ b: N) -> Bool {
    switch comparison {
    case .equal, .notEqual, .like: a == b
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    }
  }

  private func number(_ cart: Cart, _ context: FilterContext) -> Int64 {
    switch field {
    case .idle: cart.idle(at: context.now).milliseconds
    case .customer: cart.shopper.customer
    case .quantity: cart.quantity
    case .lines: Int64(cart.lines.count)
    case .version: cart.version
    default: 0
    }
  }
}

extension FilterField {
  /// What a cart says for a field of texts; one empty text where it says nothing.
  fileprivate func texts(_ cart: Cart) -> [String] {
    switch self {
    case .id: [cart.id]
    case .country: [cart.shopper[.country]]
    case .ip: [cart.shopper[.ip]]
    case .email: [cart.shopper[.email]]
    case .domain: [cart.shopper.domain]
    case .name: [cart.shopper[.name]]
    case .phone: [cart.shopper[.phone]]
    case .company: [cart.shopper[.company]]
    case .group: [cart.shopper[.group]]
    case .session: [cart.shopper[.session]]
    case .browser: [cart.shopper[.browser]]
    case .type: [cart.shopper.isRegistered ? "registered" : "guest"]
    case .currency: [cart.currency.code]
    case .sku: cart.lines.isEmpty ? [""] : cart.lines.map(\.sku)
    case .product: cart.lines.isEmpty ? [""] : cart.lines.map(\.name)
    case .coupon: cart.coupons.isEmpty ? [""] : cart.coupons
    case .flag: cart.flags.isEmpty ? [""] : cart.flags
    case .order: [cart.order?.id ?? ""]
    default: []
    }
  }
}

extension Cart {
  func amount(_ field: FilterField, _ totals: Totals?) -> Money? {
    switch field {
    case .subtotal: totals?.subtotal ?? (try? subtotal())
    case .discount: totals?.discount
    case .shipping: totals?.shipping
    case .tax: totals?.tax
    default: totals?.total
    }
  }

  fileprivate func mentions(_ word: String) -> Bool {
    let needle = TextFold.Needle(word)
    func has(_ text: String) -> Bool { needle.isIn(text) }
    return has(id) || has(shopper[.email]) || has(shopper[.name]) || has(shopper[.phone])
      || has(order?.id ?? "") || lines.contains { has($0.sku) || has($0.name) }
  }

  /// Nil for a value that is missing; of several, the first one.
  fileprivate func sortKey(_ field: FilterField, _ context: FilterContext) -> SortKey? {
    switch field {
    case .updated: return .number(Int128(updated.milliseconds))
    case .created: return .number(Int128(created.milliseconds))
    case .idle: return .number(-Int128(touched.milliseconds))
    case .quantity: return .number(Int128(quantity))
    case .lines: return .number(Int128(lines.count))
    case .version: return .number(Int128(version))
    case .customer:
      let number = shopper.customer
      return number == 0 ? nil : .number(Int128(number))
    case .subtotal, .discount, .shipping, .tax, .total:
      guard let amount = amount(field, try? price(context.settings)) else { return nil }
      return .number(
        Int128(amount.minor) * Int128(powersOfTen[4 - min(4, amount.currency.decimals)]))
    case .status: return .text(status(at: context.now, context.settings).rawValue)
    case .id, .country, .email, .domain, .name, .phone, .company, .group, .ip, .session, .browser,
      .type, .currency, .sku, .product, .coupon, .flag, .order:
      guard let text = field.texts(self).first, !text.isEmpty else { return nil }
      return .text(text)
    }
  }
}

private enum SortKey: Comparable {
  case number(Int128)
  case text(String)

  static func < (a: SortKey, b: SortKey) -> Bool {
    switch (a, b) {
    case (.number(let a), .number(let b)): a < b
    case (.text(let a), .text(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
    case (.number, .text): true
    case (.text, .number): false
    }
  }
}
