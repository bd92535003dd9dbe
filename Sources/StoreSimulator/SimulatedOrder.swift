/// An order of a store; its lines do not change with the catalogue.
struct SimulatedOrder: Sendable {
  let id: Int
  let cart: SimulatedCart
  let totals: SimulatedTotals
  var status: Int
  var refunded = Amount.zero
  var paymentMethod = ""
  var notes = ""
  var isPaid = false
  let created: Int64
  var modified: Int64
  var isArchived = false

  static let statuses = [
    "Incomplete", "Pending", "Shipped", "Partially Shipped", "Refunded", "Cancelled", "Declined",
    "Awaiting Payment", "Awaiting Pickup", "Awaiting Shipment", "Completed",
    "Awaiting Fulfillment", "Manual Verification Required", "Disputed", "Partially Refunded",
  ]
}

extension SimulatedStore {
  /// Makes an order of a cart, which stays.
  mutating func makeOrder(of id: String, status: Int) -> Int? {
    guard let cart = shelf[id] else { return nil }
    let number = 1_000 + orders.count
    orders.append(
      SimulatedOrder(
        id: number, cart: cart, totals: SimulatedTotals(cart), status: status, created: now,
        modified: now))
    emit([.order("created", number)])
    return number
  }

  /// A shopper pays: the order awaits fulfilment, and the cart is gone.
  mutating func convert(_ id: String) -> Int? {
    guard let number = makeOrder(of: id, status: 0) else { return nil }
    changeOrder(number) { order in
      (order.isPaid, order.paymentMethod) = (true, "Credit Card")
    }
    setStatus(number, 11)
    if let cart = shelf[id] { takeStock(cart) }
    close(id, .ordered(number))
    return number
  }

  private mutating func takeStock(_ cart: SimulatedCart) {
    for line in cart.lines where line.product > 0 {
      guard catalogue[line.product]?.inventory != nil else { continue }
      catalogue.change(line.product, at: now) { product in
        product.inventory = product.inventory.map { max(0, $0 - line.quantity) }
        for index in product.variants.indices where product.variants[index].id == line.variant {
          let left = product.variants[index].inventory.map { max(0, $0 - line.quantity) }
          product.variants[index].inventory = left
        }
      }
      emit([.product("inventory/updated", line.product)])
    }
  }

  mutating func setStatus(_ number: Int, _ status: Int) {
    guard let order = orders.first(where: { $0.id == number }), order.status != status else {
      return
    }
    changeOrder(number) { $0.status = status }
    emit([.orderStatus(number, from: order.status, to: status), .order("updated", number)])
  }

  mutating func refund(_ number: Int, _ amount: Amount) {
    guard let order = orders.first(where: { $0.id == number }) else { return }
    let all = min(order.totals.grand, order.refunded + amount)
    changeOrder(number) { $0.refunded = all }
    emit([.refund(number, 1 + number)])
    setStatus(number, all == order.totals.grand ? 4 : 14)
  }

  mutating func changeOrder(_ number: Int, _ body: (inout SimulatedOrder) -> Void) {
    guard let index = orders.firstIndex(where: { $0.id == number }) else { return }
    body(&orders[index])
    orders[index].modified = now
  }
}
