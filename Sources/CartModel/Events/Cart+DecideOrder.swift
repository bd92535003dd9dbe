/// Decides what makes an order of a cart, and what changes one.
extension Cart {
  func decideOrder(_ request: Command.OrderRequest, _ settings: StoreSettings)
    throws(ModelError) -> EventBody
  {
    try check(request.id, "order", 255)
    try check(request.note, "note", 4000)
    try CardNumber.refuse(request.note, "note")
    for line in request.lines ?? [] { try refuseCards(line.options) }
    let ordered = request.lines ?? lines.map { OrderLine($0) }
    guard !ordered.isEmpty else {
      throw ModelError(.notAllowed, "cart \(id): nothing to order, it is empty")
    }
    var sum = Money.zero(currency)
    for line in ordered {
      try check(line.sku, "sku", 255)
      try check(line.options)
      guard Line.quantities.contains(line.quantity) else { throw badQuantity(line.quantity, nil) }
      sum = try sum + line.price.amount(line.quantity, currency)
    }
    try checkTotal(request.total, "order")
    try request.amounts?.check()
    let priced = request.lines == nil ? try repriced(settings) : nil
    let total = request.total ?? priced?.total ?? sum
    let keepsParts = (!request.isFact || request.hasOwnSettings) && priced?.total == total
    return .cartOrdered(
      .init(
        id: request.id.isEmpty ? id : request.id, lines: ordered, total: total,
        amounts: request.amounts ?? (keepsParts ? priced : nil),
        note: request.note))
  }

  func decideOrder(_ to: Order.State, _ total: Money?) throws(ModelError) -> EventBody {
    guard let order else {
      throw ModelError(.notAllowed, "cart \(id): has no order")
    }
    try checkTotal(total, "order \(order.id)")
    guard order.state == .placed || order.state == .paid, to != order.state else {
      throw order.refusal(to)
    }
    switch to {
    case .placed: throw order.refusal(to)
    case .paid: return .orderPaid(order.id, total: total, before: order.state)
    case .cancelled: return .orderCancelled(order.id, before: order.state)
    case .refunded: return .orderRefunded(order.id, total: total, before: order.state)
    }
  }

  private func checkTotal(_ total: Money?, _ what: String) throws(ModelError) {
    guard let total else { return }
    guard total.currency == currency else {
      throw ModelError(
        .currencyMismatch, "\(what): expected a total in \(currency), got \(total.currency)")
    }
    guard total.minor >= 0 else {
      throw ModelError(
        .malformed, "\(what): expected a total that is not negative, got \(total)")
    }
  }
}

extension Order {
  fileprivate func refusal(_ to: State) -> ModelError {
    ModelError(.notAllowed, "order \(id): is \(state) and cannot become \(to)")
  }
}
