import CartSupport

/// Operations on checkouts, which have the ids of their carts.
enum CheckoutRoutes {
  private static let scope = "store_checkout"
  private static let include: [String: Shape] = [
    "include": .list(
      .oneOf([
        "cart.line_items.physical_items.options", "cart.line_items.digital_items.options",
        "consignments.available_shipping_options", "promotions.banners",
      ]))
  ]
  private static let shippingInclude: [String: Shape] = [
    "include": .list(.oneOf(["consignments.available_shipping_options"]))
  ]
  private static let addressFields: [String: Shape] =
    Dictionary(uniqueKeysWithValues: SimulatedAddress.names.map { ($0, Shape.text) })
    .merging(["custom_fields": .any]) { $1 }
  private static let billing = Shape.record(
    addressFields.merging(["version": .int]) { $1 }, needs: ["email", "country_code"])
  private static let address = Shape.record(addressFields, needs: ["email", "country_code"])
  private static let items = Shape.list(
    .record(["item_id": .text, "quantity": .int], needs: ["item_id", "quantity"]))

  static let all: [Route] = [
    Route("GET", "v3/checkouts/{cart}", scope: scope, query: include) { store, call in
      let order = store.order(of: call["cart"])
      return store.seeing(call["cart"]) {
        .data(CartJSON($0, call.includes).checkout(order: order))
      }
    },
    Route(
      "PUT", "v3/checkouts/{cart}", scope: scope,
      body: .record(["customer_message": .text, "version": .int]), needsBody: true
    ) { store, call in
      change(&store, call) { $0.message = call.body["customer_message"]?.string ?? "" }
    },
    Route(
      "POST", "v3/checkouts/{cart}/billing-address", scope: scope, body: billing, needsBody: true,
      setBilling),
    Route(
      "PUT", "v3/checkouts/{cart}/billing-address/{address}", scope: scope, body: billing,
      needsBody: true, setBilling),
    Route(
      "POST", "v3/checkouts/{cart}/coupons", scope: scope,
      body: .record(["coupon_code": .text, "version": .int], needs: ["coupon_code"]),
      needsBody: true, addCoupon),
    Route(
      "DELETE", "v3/checkouts/{cart}/coupons/{code}", scope: scope,
      body: .record(["version": .int]), removeCoupon),
    Route(
      "POST", "v3/checkouts/{cart}/consignments", scope: scope, query: shippingInclude,
      body: .list(
        .record(
          ["address": address, "line_items": items, "version": .int],
          needs: ["address", "line_items"])), needsBody: true, addConsignments),
    Route(
      "PUT", "v3/checkouts/{cart}/consignments/{consignment}", scope: scope,
      query: shippingInclude,
      body: .record([
        "shipping_option_id": .text, "address": address, "line_items": items, "version": .int,
      ]), needsBody: true, setConsignment),
    Route(
      "DELETE", "v3/checkouts/{cart}/consignments/{consignment}", scope: scope,
      body: .record(["version": .int])
    ) { store, call in
      change(&store, call) { $0.consignments.removeAll { $0.id == call["consignment"] } }
    },
    Route("POST", "v3/checkouts/{cart}/orders", scope: scope, makeOrder),
  ]

  private static func change(
    _ store: inout SimulatedStore, _ call: APICall, _ body: (inout SimulatedCart) -> Void
  ) -> APIAnswer {
    store.changing(call, status: 200, isCheckout: true) { store, id in
      store.update(id, isSilent: true, body)
      return nil
    }
  }

  private static func read(_ value: JSONValue, id: String) -> SimulatedAddress {
    var address = SimulatedAddress(id: id)
    for name in SimulatedAddress.names { address.fields[name] = value[name]?.string ?? "" }
    return address
  }

  private static func setBilling(_ store: inout SimulatedStore, _ call: APICall) -> APIAnswer {
    store.changing(call, status: 200, isCheckout: true) { store, id in
      let own = store.shelf[id]?.billing?.id ?? String(store.uuid().prefix(13))
      store.bill(id, read(call.body, id: own))
      return nil
    }
  }

  private static func addCoupon(_ store: inout SimulatedStore, _ call: APICall) -> APIAnswer {
    let code = call.body["coupon_code"]?.string ?? ""
    guard
      let coupon = SimulatedCoupon.all.first(where: { $0.code.lowercased() == code.lowercased() })
    else { return .error(422, "The coupon code you entered couldn't be applied to any items") }
    return store.changing(call, status: 200, isCheckout: true) { store, id in
      let coupons = store.shelf[id]?.coupons ?? []
      guard !coupons.contains(where: { $0.code == coupon.code }),
        coupons.count < store.settings.couponsAllowed
      else { return .error(409, "Only one coupon can be used per order") }
      store.apply(coupon, to: id)
      return nil
    }
  }

  private static func removeCoupon(_ store: inout SimulatedStore, _ call: APICall) -> APIAnswer {
    let code = call["code"].lowercased()
    return change(&store, call) { $0.coupons.removeAll { $0.code.lowercased() == code } }
  }

  private static func addConsignments(_ store: inout SimulatedStore, _ call: APICall) -> APIAnswer {
    // Of an array the version stands in its elements.
    let version = call.body.items.lazy.compactMap { $0["version"] }.first
    return store.changing(call, version: version, status: 200, isCheckout: true) { store, id in
      var made: [SimulatedConsignment] = []
      for item in call.body.items {
        let (own, place) = (String(store.uuid().prefix(13)), String(store.uuid().prefix(13)))
        made.append(
          SimulatedConsignment(
            id: own, address: read(item["address"] ?? .null, id: place),
            lines: item["line_items"]?.items.compactMap { $0["item_id"]?.string } ?? []))
      }
      store.update(id, isSilent: true) { $0.consignments = made }
      return nil
    }
  }

  private static func setConsignment(_ store: inout SimulatedStore, _ call: APICall) -> APIAnswer {
    let wanted = call.body["shipping_option_id"]?.string
    let option = SimulatedShipping.all.first { $0.id == wanted }
    if wanted != nil, option == nil { return .error(422, "The shipping option is not available") }
    if wanted != nil, call.body["address"] != nil {
      return .error(422, "An address and an option cannot be set in one request")
    }
    return change(&store, call) { cart in
      for index in cart.consignments.indices
      where cart.consignments[index].id == call["consignment"] {
        if let option { cart.consignments[index].option = option }
        if let address = call.body["address"] {
          let id = cart.consignments[index].address.id
          cart.consignments[index].address = read(address, id: id)
          cart.consignments[index].option = nil
        }
      }
    }
  }

  private static func makeOrder(_ store: inout SimulatedStore, _ call: APICall) -> APIAnswer {
    guard let cart = store.shelf[call["cart"]] else { return .error(404, "Checkout not found") }
    let physical = Set(cart.lines.filter { $0.kind == .physical }.map(\.id))
    let shipped = Set(cart.consignments.filter { $0.option != nil }.flatMap(\.lines))
    guard cart.billing != nil, physical.isSubset(of: shipped) else {
      return .error(422, "A shipping address for this order is incomplete")
    }
    // The cart stays, and can be ordered again.
    guard let number = store.makeOrder(of: cart.id, status: 0) else {
      return .error(404, "Checkout not found")
    }
    return .data(.record(["id": .int(number)]))
  }
}
