/// A filter over orders: what an order and its cart both have is the order's.
extension Filter {
  /// The same filter where `total` means what the order came to, not what its cart would cost now.
  public func ofOrders() -> Filter {
    var filter = self
    filter.expression = expression.ofOrders()
    filter.sort.field = sort.field.ofOrder
    filter.columns = columns.map { $0.ofOrder.headed($0.heading) }
    return filter
  }
}

extension Filter.Expression {
  fileprivate func ofOrders() -> Filter.Expression {
    switch self {
    case .all(let parts): .all(parts.map { $0.ofOrders() })
    case .any(let parts): .any(parts.map { $0.ofOrders() })
    case .not(let part): .not(part.ofOrders())
    case .test(let test): .test(.init(test.field.ofOrder, test.comparison, test.operands))
    case .word: self
    }
  }
}

extension CartField {
  fileprivate var ofOrder: CartField { self == .total ? .orderTotal : self }
}
