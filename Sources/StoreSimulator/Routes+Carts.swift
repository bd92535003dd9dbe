import CartSupport

/// Operations on carts.
enum CartRoutes {
  private static let scope = "store_cart"
  private static let include: [String: Shape] = [
    "include": .list(
      .oneOf([
        "redirect_urls", "line_items.physical_items.options", "line_items.digital_items.options",
        "promotions.banners",
      ]))
  ]
  private static let item = Shape.record(
    [
      "quantity": .int, "product_id": .int, "variant_id": .int, "list_price": .number,
      "name": .text, "gift_wrapping": .any,
      "option_selections": .list(.record(["option_id": .int, "option_value": .any])),
    ], needs: ["quantity", "product_id"])
  private static let custom = Shape.record([
    "sku": .text, "name": .text, "quantity": .int, "list_price": .number, "image_url": .text,
  ])
  private static let person = Shape.record(["name": .text, "email": .text])
  private static let gift = Shape.record(
    [
      "name": .text, "amount": .number, "quantity": .int, "sender": person, "recipient": person,
      "message": .text,
      "theme": .oneOf(["Birthday", "Boy", "Celebration", "Christmas", "General", "Girl"]),
    ], needs: ["name", "theme", "amount", "quantity", "sender", "recipient"])
  private static let items: [String: Shape] = [
    "line_items": .list(item), "custom_items": .list(custom), "gift_certificates": .list(gift),
  ]

  static let all: [Route] = [
    Route("GET", "v3/carts/{cart}", scope: scope, query: include) { store, call in
      store.seeing(call["cart"]) { .data(CartJSON($0, call.includes).value) }
    },
    Route(
      "POST", "v3/carts", scope: scope, query: include,
      body: .record(
        items.merging([
          "customer_id": .int, "channel_id": .int, "locale": .text,
          "currency": .record(["code": .text]),
        ]) { $1 }), needsBody: true, create),
    Route(
      "PUT", "v3/carts/{cart}", scope: scope, query: include,
      body: .record(["customer_id": .int, "version": .int], needs: ["customer_id"]),
      needsBody: true
    ) { store, call in
      store.changing(call, status: 201) { store, id in
        store.update(id) { cart in
          cart.customer = call.body["customer_id"]?.int ?? 0
          cart.consignments = []
        }
        return nil
      }
    },
    Route("DELETE", "v3/carts/{cart}", scope: scope) { store, call in
      guard store.shelf[call["cart"]] != nil else { return .error(404, "Cart not found") }
      store.close(call["cart"], .deleted)
      return .empty
    },
    Route(
      "POST", "v3/carts/{cart}/items", scope: scope, query: include,
      body: .record(items.merging(["version": .int]) { $1 }), needsBody: true
    ) { store, call in
      store.changing(call, status: 201) { store, id in
        let (lines, problem) = store.lines(of: call.body)
        if let problem { return problem }
        store.update(id) { $0.add(lines) }
        return nil
      }
    },
    Route(
      "PUT", "v3/carts/{cart}/items/{item}", scope: scope, query: include,
      body: .record(["line_item": item, "version": .int], needs: ["line_item"]), needsBody: true,
      setItem),
    Route(
      "DELETE", "v3/carts/{cart}/items/{item}", scope: scope, query: include,
      body: .record(["version": .int]), removeItem),
    Route(
      "POST", "v3/carts/{cart}/redirect_urls", scope: scope,
      body: .record(["query_params": .map]), redirect),
    Route("GET", "v3/carts/settings", scope: "store_v2_information") { store, _ in
      .data(.record(["allow_purchasing": .bool(store.settings.allowsPurchasing)]))
    },
  ]

  private static func create(_ store: inout SimulatedStore, _ call: APICall) -> APIAnswer {
    let code = call.body["currency"]?["code"]?.string ?? "USD"
    guard let currency = SimulatedCurrency.named(code.uppercased()) else {
      return .error(400, "Currency \(code) is not transactional")
    }
    let (lines, problem) = store.lines(of: call.body)
    if let problem { return problem }
    guard !lines.isEmpty else { return .error(422, "Missing line_items in request body") }
    var cart = SimulatedCart(
      id: store.uuid(), currency: currency, created: store.now, updated: store.now)
    cart.customer = call.body["customer_id"]?.int ?? 0
    cart.channel = call.body["channel_id"]?.int ?? 1
    cart.locale = call.body["locale"]?.string ?? "en"
    cart.email = store.catalogue.customer(cart.customer)?.email ?? ""
    (cart.lines, cart.isOurs) = (lines, true)
    store.open(cart)
    return .data(CartJSON(store.shelf[cart.id] ?? cart, call.includes).value, status: 201)
  }

  private static func setItem(_ store: inout SimulatedStore, _ call: APICall) -> APIAnswer {
    store.changing(call, status: 200) { store, id in
      guard let line = store.shelf[id]?.lines.first(where: { $0.id == call["item"] }) else {
        return .error(404, "Item not found")
      }
      let wanted = call.body["line_item"] ?? .null
      guard wanted["product_id"]?.int == line.product, line.kind != .custom, line.kind != .gift
      else { return .error(422, "The item is of another product") }
      guard line.isMutable else { return .error(422, "The item cannot be changed") }
      // A quantity of 0 changes nothing; removal is another request.
      guard let quantity = wanted["quantity"]?.int, quantity > 0 else { return nil }
      let price = wanted["list_price"]?.scalar.flatMap { Amount($0) }
      store.update(id) { $0.set(line.id, quantity, price: price) }
      return nil
    }
  }

  private static func removeItem(_ store: inout SimulatedStore, _ call: APICall) -> APIAnswer {
    let answer = store.changing(call, status: 200) { store, id in
      guard let line = store.shelf[id]?.lines.first(where: { $0.id == call["item"] }) else {
        return .error(404, "Item not found")
      }
      guard line.isMutable else { return .error(422, "The item cannot be removed") }
      store.remove(line.id, from: id)
      return nil
    }
    return answer
  }

  private static func redirect(_ store: inout SimulatedStore, _ call: APICall) -> APIAnswer {
    guard let cart = store.shelf[call["cart"]] else { return .error(404, "Cart not found") }
    guard cart.isOurs else { return .error(422, "The cart was made by the storefront") }
    let token = store.token()
    let address =
      "https://store.example/cart.php?action=loadInCheckout&id=\(cart.id)&token=\(token)"
    return .data(
      .record([
        "cart_url": .string(address), "checkout_url": .string(address),
        "embedded_checkout_url": .string(address),
      ]), status: 201)
  }
}
