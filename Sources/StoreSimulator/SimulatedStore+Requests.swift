import CartSupport

/// What requests of all kinds need.
extension SimulatedStore {
  /// Shows a cart, or how it was a moment ago.
  mutating func seeing(
    _ id: String, _ show: (SimulatedCart) -> APIAnswer
  ) -> APIAnswer {
    if let cart = shelf.earlier(id, now: now, lag: chance.faults.lag), chance.hits(\.stale) {
      ledger.count(fault: "stale")
      ledger.serve(cart)
      return show(cart)
    }
    guard let cart = shelf[id] else { return .error(404, "Cart not found") }
    ledger.serve(cart)
    return show(cart)
  }

  /// Changes a cart if its version is the one that the request was made for, and shows it.
  ///
  /// - Parameter body: gives the answer where it cannot be done.
  mutating func changing(
    _ call: APICall, version: JSONValue? = nil, status: Int, isCheckout: Bool = false,
    _ body: (inout SimulatedStore, String) -> APIAnswer?
  ) -> APIAnswer {
    let id = call["cart"]
    guard let cart = shelf[id] else {
      // A cart that was there once is answered as the store does: with 500.
      return shelf.fates[id] == nil ? .error(404, "Cart not found") : .error(500, "Internal error")
    }
    if let wanted = (version ?? call.body["version"])?.int, wanted != cart.version {
      return .error(409, "Cart conflict: the version is \(cart.version)")
    }
    if let problem = body(&self, id) { return problem }
    guard let cart = shelf[id] else { return .empty }
    ledger.serve(cart)
    let json = CartJSON(cart, call.includes)
    return .data(isCheckout ? json.checkout(order: order(of: id)) : json.value, status: status)
  }

  /// The lines that a body asks for, or why it cannot have them.
  mutating func lines(of body: JSONValue) -> ([SimulatedLine], APIAnswer?) {
    var lines: [SimulatedLine] = []
    for item in body["line_items"]?.items ?? [] {
      switch line(of: item) {
      case .success(let found): lines += found
      case .failure(let problem): return ([], problem.answer)
      }
    }
    for item in body["custom_items"]?.items ?? [] {
      let price = item["list_price"]?.scalar.flatMap { Amount($0) } ?? .zero
      var line = SimulatedLine(
        id: uuid(), kind: .custom, name: item["name"]?.string ?? "",
        quantity: item["quantity"]?.int ?? 1, listPrice: price, salePrice: price)
      line.sku = item["sku"]?.string ?? ""
      lines.append(line)
    }
    for item in body["gift_certificates"]?.items ?? [] {
      let amount = item["amount"]?.scalar.flatMap { Amount($0) } ?? .zero
      guard (Amount(1)...Amount(1_000)).contains(amount) else {
        return ([], .error(422, "The amount must be from 1 to 1000"))
      }
      lines.append(
        SimulatedLine(
          id: uuid(), kind: .gift, name: item["name"]?.string ?? "",
          quantity: item["quantity"]?.int ?? 1, listPrice: amount, salePrice: amount))
    }
    return (lines, nil)
  }

  private struct Problem: Error { let answer: APIAnswer }

  private mutating func line(of item: JSONValue) -> Result<[SimulatedLine], Problem> {
    guard let product = item["product_id"]?.int.flatMap({ catalogue[$0] }) else {
      return .failure(Problem(answer: .error(422, "Product not found")))
    }
    let wanted = item["option_selections"]?.items.compactMap { $0["option_value"]?.scalar } ?? []
    let variant = product.variants.first { variant in
      variant.id == item["variant_id"]?.int
        || !wanted.isEmpty && variant.options.map { String($0.value) } == wanted
    }
    guard let variant = variant ?? (product.variants.count == 1 ? product.variants[0] : nil) else {
      return .failure(
        Problem(answer: .error(422, "This product has options; variant ID is required")))
    }
    let quantity = item["quantity"]?.int ?? 1
    guard (1...50).contains(quantity) else {
      let text = "You can only purchase a maximum of 50 of the \(product.name) per order"
      return .failure(Problem(answer: .error(409, text)))
    }
    let price = item["list_price"]?.scalar.flatMap { Amount($0) }
    return .success(lines(of: product, variant, quantity: quantity, price: price))
  }

  func order(of cart: String) -> Int? { orders.last { $0.cart.id == cart }?.id }
}
