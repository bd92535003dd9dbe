import CartSupport

/// What shoppers do beside their lines, and what the merchant does.
extension SimulatedStore {
  mutating func applyRandomCoupon(to cart: SimulatedCart) -> Bool {
    let free = SimulatedCoupon.all.filter { coupon in
      !cart.coupons.contains { $0.code == coupon.code }
    }
    guard cart.coupons.count < settings.couponsAllowed, !free.isEmpty else { return false }
    apply(random.pick(free), to: cart.id)
    return true
  }

  mutating func apply(_ coupon: SimulatedCoupon, to id: String) {
    update(id, [.coupon(id, coupon.id)]) { $0.coupons.append(coupon) }
  }

  /// Hooks do not hear of it.
  mutating func removeLastCoupon(of cart: SimulatedCart) -> Bool {
    guard !cart.coupons.isEmpty else { return false }
    update(cart.id, isSilent: true) { $0.coupons.removeLast() }
    return true
  }

  mutating func enterEmail(_ cart: SimulatedCart) -> Bool {
    guard cart.customer == 0 else { return false }
    let email = "guest\(random.pick(1...400))@example.org"
    update(cart.id) { $0.email = email }
    return true
  }

  mutating func signIn(_ cart: SimulatedCart) -> Bool {
    guard cart.customer == 0 else { return false }
    let customer = random.pick(catalogue.customers)
    update(cart.id) { ($0.customer, $0.email) = (customer.id, customer.email) }
    return true
  }

  /// The cart stays, and its customer goes.
  mutating func signOut(_ cart: SimulatedCart) -> Bool {
    guard cart.customer != 0 else { return false }
    update(cart.id) { ($0.customer, $0.email) = (0, "") }
    return true
  }

  /// A guest signs in who has a cart already: one cart has the lines of both.
  mutating func merge() -> Bool {
    guard let guest = shelf.all.first(where: { $0.customer == 0 && !$0.lines.isEmpty }),
      let own = shelf.all.last(where: {
        $0.customer != 0 && $0.currency.code == guest.currency.code && $0.id != guest.id
      })
    else { return false }
    let lines = guest.lines.filter { $0.isMutable && $0.parent == nil }
    let copies = lines.map { line in
      var copy = SimulatedLine(
        id: uuid(), kind: line.kind, name: line.name, quantity: line.quantity,
        listPrice: line.listPrice, salePrice: line.salePrice)
      (copy.product, copy.variant, copy.sku) = (line.product, line.variant, line.sku)
      copy.options = line.options
      return copy
    }
    close(guest.id, .merged(into: own.id))
    update(own.id) { cart in for copy in copies { cart.add([copy]) } }
    return true
  }

  /// No hook hears of addresses and shipping.
  mutating func giveAddress(_ cart: SimulatedCart) -> Bool {
    let customer = catalogue.customer(cart.customer) ?? random.pick(catalogue.customers)
    var address = SimulatedAddress(id: String(uuid().prefix(13)))
    address.fields = [
      "first_name": customer.first, "last_name": customer.last,
      "email": cart.email.isEmpty ? customer.email : cart.email,
      "address1": "Main Street \(customer.id)",
      "city": "Town", "country_code": customer.country, "postal_code": "1234\(customer.id % 10)",
      "phone": customer.phone, "state_or_province": "", "state_or_province_code": "",
    ]
    bill(cart.id, address)
    return true
  }

  /// An address, which hooks hear of only where its e-mail is another one.
  mutating func bill(_ id: String, _ address: SimulatedAddress) {
    update(id, isSilent: shelf[id]?.email == address["email"]) { cart in
      (cart.billing, cart.email) = (address, address["email"])
    }
  }

  mutating func chooseShipping(_ cart: SimulatedCart) -> Bool {
    guard var address = cart.billing else { return false }
    address.id = String(uuid().prefix(13))
    let physical = cart.lines.filter { $0.kind == .physical || $0.kind == .custom }.map(\.id)
    guard !physical.isEmpty else { return false }
    let consignment = SimulatedConsignment(
      id: String(uuid().prefix(13)), address: address, lines: physical,
      option: random.pick(SimulatedShipping.all))
    update(cart.id, isSilent: true) { $0.consignments = [consignment] }
    return true
  }

  // MARK: The merchant

  mutating func performOfMerchant(_ act: ShopperAct) -> Bool {
    switch act {
    case .orderStatus:
      guard let order = someOrder([1, 7, 9, 11]) else { return false }
      setStatus(order.id, random.pick([2, 10, 5, 9]))
    case .refund:
      guard let order = someOrder([2, 10, 11, 14]) else { return false }
      let part = random.chance(50) ? order.totals.grand : order.totals.grand.times(1, over: 3)
      refund(order.id, part.rounded(order.cart.currency.places))
    case .changePrice:
      let product = random.pick(catalogue.products)
      let price = Amount(random.pick(99...12_999), places: 2)
      catalogue.change(product.id, at: now) { ($0.price, $0.salePrice) = (price, nil) }
      emit([.product("updated", product.id)])
    case .renameProduct:
      let product = random.pick(catalogue.products)
      catalogue.change(product.id, at: now) { $0.name += "!" }
      emit([.product("updated", product.id)])
    default:
      let product = random.pick(catalogue.products)
      let count = random.pick(0...500)
      catalogue.change(product.id, at: now) { $0.inventory = count }
      emit([.product("inventory/updated", product.id)])
    }
    return true
  }

  private mutating func someOrder(_ statuses: [Int]) -> SimulatedOrder? {
    let found = orders.filter { statuses.contains($0.status) }
    return found.isEmpty ? nil : random.pick(found)
  }
}
