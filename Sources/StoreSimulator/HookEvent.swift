import CartSupport

/// Something that hooks hear of.
struct HookEvent: Sendable {
  /// Without `store/`: `cart/updated`.
  let name: String
  /// The cart it is about; nil for orders and products.
  var cart: String?
  var line: String?
  let data: JSONValue
  var channel = 1

  static func cart(_ what: String, _ id: String) -> HookEvent {
    HookEvent(
      name: "cart/" + what, cart: id, data: .record(["type": .string("cart"), "id": .string(id)]))
  }

  /// Named by the line, with the cart beside it.
  static func line(_ what: String, _ line: String, _ cart: String) -> HookEvent {
    HookEvent(
      name: "cart/lineItem/" + what, cart: cart, line: line,
      data: .record([
        "type": .string("cart_line_item"), "id": .string(line), "cartId": .string(cart),
      ]))
  }

  static func coupon(_ cart: String, _ coupon: Int) -> HookEvent {
    HookEvent(
      name: "cart/couponApplied", cart: cart,
      data: .record(["type": .string("cart"), "id": .string(cart), "couponId": .int(coupon)]))
  }

  static func converted(_ cart: String, order: Int) -> HookEvent {
    HookEvent(
      name: "cart/converted", cart: cart,
      data: .record(["type": .string("cart"), "id": .string(cart), "orderId": .int(order)]))
  }

  static func abandoned(_ cart: String, token: String?) -> HookEvent {
    let data = JSONValue.record(["type": .string("cart"), "id": .string(cart)])
    return HookEvent(
      name: "cart/abandoned", cart: cart,
      data: token.map { data.adding(["token": .string($0)]) } ?? data)
  }

  static func order(_ what: String, _ id: Int) -> HookEvent {
    HookEvent(
      name: "order/" + what, data: .record(["type": .string("order"), "id": .int(id)]))
  }

  static func orderStatus(_ id: Int, from old: Int, to new: Int) -> HookEvent {
    let status = JSONValue.record(["previous_status_id": .int(old), "new_status_id": .int(new)])
    return HookEvent(
      name: "order/statusUpdated",
      data: .record(["type": .string("order"), "id": .int(id), "status": status]))
  }

  static func refund(_ id: Int, _ refund: Int) -> HookEvent {
    HookEvent(
      name: "order/refund/created",
      data: .record([
        "type": .string("order"), "id": .int(id), "refund": .record(["refund_id": .int(refund)]),
      ]))
  }

  static func product(_ what: String, _ id: Int) -> HookEvent {
    HookEvent(
      name: "product/" + what, data: .record(["type": .string("product"), "id": .int(id)]))
  }

  /// The data in the form that hooks of a channel get.
  var channelData: JSONValue {
    guard let cart else { return data }
    let own = JSONValue.record(["cart_id": .string(cart)])
    return line.map { own.adding(["cart_item_id": .string($0)]) } ?? own
  }

  /// The scope as a hook that asked for `pattern` gets it; nil where it does not ask for this.
  func scope(for pattern: String) -> (scope: String, isChannel: Bool)? {
    let plain = "store/" + name
    if Self.matches(pattern, plain) { return (plain, false) }
    guard cart != nil else { return nil }
    let scope = "store/channel/\(channel)/\(name)"
    return Self.matches(pattern, scope) ? (scope, true) : nil
  }

  private static func matches(_ pattern: String, _ scope: String) -> Bool {
    pattern.hasSuffix("*") ? scope.hasPrefix(pattern.dropLast()) : pattern == scope
  }
}
