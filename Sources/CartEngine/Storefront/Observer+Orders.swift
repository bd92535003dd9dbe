import CartModel
import CartStorage

/// Orders that stores show. An order is a fact: it ends its cart whatever was known of it.
extension Observer {
  /// Takes in an order as its store shows it.
  ///
  /// It ends the cart that it was made of, also where that was seen deleted or expired; without such a cart
  /// it makes one of its own. What is known already, and a state before the known one, writes nothing.
  ///
  /// - Throws: `conflict` where a cart that is not the store's has an order of this number; `malformed` for
  ///   one without lines; what saving throws.
  @discardableResult
  public func observe(order: SeenOrder) throws(EngineError) -> Result {
    do {
      try run.checkMemory()
      let result = try take(order)
      try run.flushIfDue()
      return result
    } catch { throw EngineError(error) }
  }

  private func take(_ seen: SeenOrder) throws -> Result {
    if let entry = try entry(ofOrder: seen.id) { return try follow(seen, entry) }
    // Nobody has paid, and no merchant has accepted it.
    guard let state = seen.state else { return .unchanged }
    guard !seen.lines.isEmpty else {
      throw ModelError(.malformed, "order \(seen.id): \(storefront) shows no lines of it")
    }
    let known = seen.cart.isEmpty ? nil : try entry(named: seen.cart)
    if let known { try checkOwner(known.cart) }
    // A store can make more than one order of a cart.
    let entry = try known.flatMap { $0.cart.state.isOver ? nil : $0 } ?? make(seen, known == nil)
    let before = entry === known ? entry.cart.version : 0
    let shown = seen.shopper.filter { !$0.value.isEmpty }
    try add(entry.cart.identity(shown), to: entry, from: origin(.shopper, seen.created))
    try end(
      entry, orderedAs: seen.id, seen.lines, try seen.total(entry.cart), at: seen.created)
    _ = try advance(entry, to: state, seen)
    try noteGone(entry, .ordered)
    return .changed(Int(entry.cart.version - before))
  }

  /// A cart of an order whose own was never seen.
  ///
  /// - Parameter hasID: whether it can have the store's id of the cart: a look at that which comes late
  ///   then makes no second one.
  private func make(_ seen: SeenOrder, _ hasID: Bool) throws -> UnitOfWork.Entry {
    let name = "order-\(seen.id)"
    let id = try unused(name) ? name : "\(storefront)-\(name)"
    let entry = create(id, seen.currency, seen.shopper, by: .shopper, at: seen.created)
    let binding = Binding(
      storefront: storefront, storeID: hasID && !seen.cart.isEmpty ? seen.cart : id)
    try add([.declared(.bound(binding))], to: entry, from: origin(.sync, seen.created))
    let lines = seen.lines.enumerated().map { place, ordered in
      var line = Line(
        id: "\(place + 1)", sku: ordered.sku, name: ordered.name, options: ordered.options,
        quantity: ordered.quantity, price: ordered.price)
      // An order does not say what a line without a SKU is.
      if line.sku.isEmpty { line.facts = LineFacts(kind: .custom) }
      return line
    }
    try add(
      lines.map { .lineAdded($0, at: nil) }, to: entry, from: origin(.shopper, seen.created))
    var totals = StatedTotals(try entry.cart.price(run.shop.settings))
    totals = StatedTotals(subtotal: totals.subtotal ?? .zero, total: seen.total)
    try add([.declared(.stated(totals))], to: entry, from: origin(.sync, seen.created))
    return entry
  }

  private func unused(_ name: String) throws -> Bool { try run.unit.key(named: name) == nil }

  /// The cart of an order that is known.
  ///
  /// - Throws: `conflict` where it is not this store's.
  private func entry(ofOrder id: String) throws -> UnitOfWork.Entry? {
    guard let key = try run.unit.key(order: id), let entry = try run.unit.entry(key) else {
      return nil
    }
    guard entry.cart.binding?.storefront == storefront else {
      throw EngineError(
        .conflict,
        "order \(id): the cart \(entry.cart.id), which is not of \(storefront), has this order number"
      )
    }
    return entry
  }

  /// News of an order that is known.
  private func follow(_ seen: SeenOrder, _ entry: UnitOfWork.Entry) throws -> Result {
    guard let state = seen.state else { return .unchanged }
    let count = try advance(entry, to: state, seen)
    return count == 0 ? .unchanged : .changed(count)
  }

  /// - Returns: how many events say it.
  private func advance(_ entry: UnitOfWork.Entry, to state: Order.State, _ seen: SeenOrder) throws
    -> Int
  {
    guard let order = entry.cart.order, order.state.canBecome(state) else { return 0 }
    let total = try seen.total(entry.cart)
    let command = Command.changeOrder(
      state, total: state == .paid && total != order.total ? total : nil)
    let events = try run.admission.decided(.command(command), on: entry.cart).events
    try add(events, to: entry, from: origin(.sync, seen.updated))
    return events.count
  }

  /// Ends a cart with its order. One that was seen gone was not: its history says that it came back.
  func end(
    _ entry: UnitOfWork.Entry, orderedAs id: String, _ lines: [OrderLine], _ total: Money,
    at time: Timestamp
  ) throws {
    if let other = try self.entry(ofOrder: id), other !== entry {
      // The order was seen before its cart was.
      return try add(
        [.declared(.merged(CartMerge(into: other.cart.id)))], to: entry,
        from: origin(.sync, run.now))
    }
    if entry.cart.state == .deleted {
      try add(
        [.cartRestored(before: .deleted, judge: false)], to: entry, from: origin(.sync, time))
    }
    var request = Command.OrderRequest(id: id, lines: lines, total: total)
    request.isFact = true
    let proposal = Admission.Proposal.planned(.order(request), compensating: true)
    try add(
      try run.admission.decided(proposal, on: entry.cart).events, to: entry,
      from: origin(.shopper, time))
  }
}

extension SeenOrder {
  /// - Throws: `currencyMismatch`.
  fileprivate func total(_ cart: Cart) throws(ModelError) -> Money {
    guard currency.code == cart.currency.code else {
      throw ModelError(
        .currencyMismatch,
        "order \(id): is in \(currency), and its cart \(cart.id) in \(cart.currency)")
    }
    return try total.amount(1, cart.currency)
  }
}

extension Order.State {
  /// Whether news say more than is known: an order is paid once, and ends once.
  fileprivate func canBecome(_ next: Self) -> Bool {
    switch (self, next) {
    case (.placed, .paid), (.placed, .cancelled), (.placed, .refunded): true
    case (.paid, .cancelled), (.paid, .refunded): true
    case (.placed, .placed), (.paid, .placed), (.paid, .paid), (.cancelled, _), (.refunded, _):
      false
    }
  }
}
