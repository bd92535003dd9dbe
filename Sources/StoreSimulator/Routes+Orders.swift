import CartSupport

/// Operations on orders.
enum OrderRoutes {
  private static let scope = "store_v2_orders"
  private static let include: [String: Shape] = [
    "include": .list(.oneOf(["consignments", "consignments.line_items", "fees"])),
    "consignment_structure": .oneOf(["object"]),
  ]
  private static let sorts = ["id", "customer_id", "date_created", "date_modified", "status_id"]
    .flatMap { [$0, $0 + ":asc", $0 + ":desc"] }
  private static let filters: [String: Shape] = [
    "min_id": .int, "max_id": .int, "min_total": .number, "max_total": .number,
    "customer_id": .int, "email": .text, "status_id": .int, "cart_id": .text,
    "payment_method": .text, "min_date_created": .time, "max_date_created": .time,
    "min_date_modified": .time, "max_date_modified": .time, "page": .int, "limit": .int,
    "sort": .oneOf(sorts), "channel_id": .int, "external_order_id": .text,
  ]

  static let all: [Route] = [
    Route("GET", "v2/orders", scope: scope, query: filters.merging(include) { $1 }, list),
    Route("GET", "v2/orders/count", scope: scope) { store, _ in
      .bare(.record(["count": .int(store.orders.count), "statuses": .array([])]))
    },
    Route("GET", "v2/orders/{order}", scope: scope, query: include) { store, call in
      store.seeing(order: call["order"]) { $0.value(call.includes) }
    },
    Route(
      "PUT", "v2/orders/{order}", scope: scope,
      body: .record([
        "status_id": .int, "payment_method": .text, "staff_notes": .text, "external_source": .text,
        "customer_message": .text,
      ]), needsBody: true, change),
    Route(
      "GET", "v2/orders/{order}/products", scope: scope, query: ["page": .int, "limit": .int]
    ) { store, call in
      store.seeing(order: call["order"]) {
        .array($0.products([.physical, .digital, .gift, .custom]))
      }
    },
    Route("GET", "v2/orders/{order}/coupons", scope: scope) { store, call in
      store.seeing(order: call["order"]) { json in
        let coupons = zip(json.order.cart.coupons, json.order.totals.couponDiscounts)
        return .array(
          coupons.map { coupon, amount in
            .record([
              "id": .int(coupon.id), "coupon_id": .int(coupon.id), "order_id": .int(json.order.id),
              "code": .string(coupon.code), "amount": .fixed(amount), "type": .int(1),
              "discount": .amount(amount),
            ])
          })
      }
    },
    Route("GET", "v2/order_statuses", scope: scope) { _, _ in
      .bare(
        .array(
          SimulatedOrder.statuses.enumerated().map { id, name in
            .record([
              "id": .int(id), "name": .string(name), "system_label": .string(name),
              "custom_label": .string(name), "system_description": .string(""),
            ])
          }))
    },
  ]

  private static func change(_ store: inout SimulatedStore, _ call: APICall) -> APIAnswer {
    guard let id = Int(call["order"]), store.orders.contains(where: { $0.id == id }) else {
      return .oldError(404, "Not Found")
    }
    store.changeOrder(id) { order in
      if let method = call.body["payment_method"]?.string { order.paymentMethod = method }
      if let notes = call.body["staff_notes"]?.string { order.notes = notes }
    }
    if let status = call.body["status_id"]?.int {
      guard SimulatedOrder.statuses.indices.contains(status) else {
        return .oldError(400, "The field 'status_id' is invalid.")
      }
      store.setStatus(id, status)
    }
    return store.seeing(order: call["order"]) { $0.value([]) }
  }

  private static func list(_ store: inout SimulatedStore, _ call: APICall) -> APIAnswer {
    for name in call.query.keys.filter({ $0.contains("_date_") }).sorted()
    where SimulatedText.time(call.query[name] ?? "") == nil {
      return .oldError(400, "The field '\(name)' is invalid.")
    }
    let isStale = store.chance.hits(\.stale)
    if isStale { store.ledger.count(fault: "stale orders") }
    let seen = store.now - (isStale ? store.chance.faults.lag : 0)
    var found = store.orders.filter { order in
      // What a list does not show yet.
      (order.modified <= seen || !isStale) && matches(order, call.query)
    }
    sort(&found, call.query["sort"] ?? "id")
    let limit = call.limit()
    let shown = found.dropFirst((call.page - 1) * limit).prefix(limit)
    guard !shown.isEmpty else { return .empty }
    let configuration = store.configuration
    return .bare(
      .array(
        shown.map { OrderJSON(order: $0, configuration: configuration).value(call.includes) }))
  }

  private static func matches(_ order: SimulatedOrder, _ query: [String: String]) -> Bool {
    if order.isArchived { return false }
    // Orders count in whole seconds.
    let (created, modified) = (order.created / 1_000 * 1_000, order.modified / 1_000 * 1_000)
    return query.allSatisfy { name, text in
      let (number, time) = (Int(text), SimulatedText.time(text) ?? 0)
      switch name {
      case "cart_id": return order.cart.id == text
      case "status_id": return order.status == number
      case "customer_id": return order.cart.customer == number
      case "channel_id": return order.cart.channel == number
      case "email": return order.cart.email == text
      case "min_id": return order.id >= number ?? 0
      case "max_id": return order.id <= number ?? 0
      case "min_date_created": return created >= time
      case "max_date_created": return created <= time
      case "min_date_modified": return modified >= time
      case "max_date_modified": return modified <= time
      case "payment_method": return order.paymentMethod == text
      case "min_total": return Amount(text).map { order.totals.grand >= $0 } ?? false
      case "max_total": return Amount(text).map { order.totals.grand <= $0 } ?? false
      case "external_order_id": return false
      default: return true
      }
    }
  }

  private static func sort(_ orders: inout [SimulatedOrder], _ text: String) {
    let field = text.prefix { $0 != ":" }
    func key(_ order: SimulatedOrder) -> (Int64, Int) {
      switch field {
      case "date_created": (order.created, order.id)
      case "date_modified": (order.modified, order.id)
      case "customer_id": (Int64(order.cart.customer), order.id)
      case "status_id": (Int64(order.status), order.id)
      default: (0, order.id)
      }
    }
    orders.sort { text.hasSuffix(":desc") ? key($0) > key($1) : key($0) < key($1) }
  }
}

extension SimulatedStore {
  fileprivate func seeing(order text: String, _ show: (OrderJSON) -> JSONValue) -> APIAnswer {
    guard let id = Int(text), let order = orders.first(where: { $0.id == id }) else {
      return .oldError(404, "The requested resource was not found.")
    }
    return .bare(show(OrderJSON(order: order, configuration: configuration)))
  }
}
