extension Filter {
  /// A cart's place in the order of a list: carts are large, and are not kept for sorting.
  public struct Placed: Sendable {
    public let key: Int64
    fileprivate let value: SortKey?
  }

  public func placed(_ cart: Cart, _ context: FilterContext) -> Placed {
    Placed(key: cart.key, value: SortKey(sort.field, cart, context))
  }

  /// Sorts as the filter says, missing values last, ties by key, and cuts to the limit.
  ///
  /// - Returns: the carts' keys.
  public func arrange(_ carts: [Placed]) -> [Int64] {
    let sorted = carts.sorted { a, b in
      if a.value != b.value { return ranks(a.value, b.value, descending: sort.descending) }
      return sort.descending ? a.key > b.key : a.key < b.key
    }
    return sorted.prefix(limit ?? .max).map(\.key)
  }
}

/// A value in the order of a list.
fileprivate enum SortKey: Comparable, Sendable {
  case number(Int128)
  case text(String)

  /// Nil for a value that is missing; of several, the first one counts.
  init?(_ field: CartField, _ cart: Cart, _ context: FilterContext) {
    // As SQL sorts it: a clock that was set back leaves the order.
    if field == .idle {
      self = .number(-Int128(cart.touched.milliseconds))
      return
    }
    switch field.value(cart, context) {
    case .text(let text):
      guard !text.isEmpty else { return nil }
      self = .text(text)
    case .texts(let list):
      guard let text = list.first, !text.isEmpty else { return nil }
      self = .text(text)
    case .number(let number):
      guard number != 0 || !field.isOptional else { return nil }
      self = .number(Int128(number))
    case .amount(let money):
      guard let money else { return nil }
      self = .number(
        Int128(money.minor) * Int128(powersOfTen[4 - min(4, money.currency.decimals)]))
    case .time(let time): self = .number(Int128(time.milliseconds))
    case .span(let span): self = .number(Int128(span))
    case .status(let status): self = .text(status.rawValue)
    case .flag(let flag): self = .number(flag ? 1 : 0)
    }
  }

  static func < (a: SortKey, b: SortKey) -> Bool {
    switch (a, b) {
    case (.number(let a), .number(let b)): a < b
    case (.text(let a), .text(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
    case (.number, .text): true
    case (.text, .number): false
    }
  }
}
