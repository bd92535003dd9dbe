import CartSupport

/// What shoppers, and the merchant beside them, do.
public enum ShopperAct: String, CaseIterable, Sendable {
  case begin, add, set, remove, applyCoupon, removeCoupon, enterEmail, signIn, signOut, merge
  case address, shipping, convert, empty
  case addGiftCertificate, addCustomItem, expire
  case orderStatus, refund, changePrice, renameProduct, stock

  /// How often each is done, in parts of their sum.
  var weight: Int {
    switch self {
    case .begin: 16
    case .add: 22
    case .set: 18
    case .remove: 8
    case .applyCoupon: 4
    case .removeCoupon, .signIn, .enterEmail, .address, .shipping: 3
    case .convert: 4
    case .empty, .merge, .addGiftCertificate, .addCustomItem, .orderStatus: 2
    case .signOut, .expire, .refund, .changePrice, .renameProduct, .stock: 1
    }
  }

  static func random(_ random: inout SeededRandom) -> ShopperAct {
    var left = random.pick(1...allCases.map(\.weight).reduce(0, +))
    for act in allCases {
      left -= act.weight
      if left <= 0 { return act }
    }
    return .begin
  }
}

extension SimulatedStore {
  /// Does one random act.
  ///
  /// - Returns: what was done; a new cart is begun where the act found nothing to be done to.
  mutating func act() -> ShopperAct {
    tick()
    let act = ShopperAct.random(&random)
    if perform(act) { return act }
    _ = perform(.begin)
    return .begin
  }

  /// - Returns: false where nothing is there that it can be done to.
  mutating func perform(_ act: ShopperAct) -> Bool {
    switch act {
    case .begin: begin()
    case .add: withCart { store, cart in store.addProduct(to: cart) }
    case .set: withLine { store, cart, line in store.setQuantity(cart, line) }
    case .remove: withLine { store, cart, line in store.removeLine(cart, line) }
    case .applyCoupon: withCart { store, cart in store.applyRandomCoupon(to: cart) }
    case .removeCoupon: withCart { store, cart in store.removeLastCoupon(of: cart) }
    case .enterEmail: withCart { store, cart in store.enterEmail(cart) }
    case .signIn: withCart { store, cart in store.signIn(cart) }
    case .signOut: withCart { store, cart in store.signOut(cart) }
    case .merge: merge()
    case .address: withCart { store, cart in store.giveAddress(cart) }
    case .shipping: withCart { store, cart in store.chooseShipping(cart) }
    case .convert: withCart { store, cart in !cart.lines.isEmpty && store.convert(cart.id) != nil }
    case .empty: withCart { store, cart in store.empty(cart) }
    case .addGiftCertificate: withCart { store, cart in store.addGiftCertificate(to: cart) }
    case .addCustomItem: withCart { store, cart in store.addCustomItem(to: cart) }
    case .expire: expireOldest()
    case .orderStatus, .refund, .changePrice, .renameProduct, .stock: performOfMerchant(act)
    }
  }

  private mutating func withCart(_ body: (inout SimulatedStore, SimulatedCart) -> Bool) -> Bool {
    guard !shelf.ids.isEmpty, let cart = shelf[random.pick(shelf.ids)] else { return false }
    return body(&self, cart)
  }

  private mutating func withLine(
    _ body: (inout SimulatedStore, SimulatedCart, SimulatedLine) -> Bool
  ) -> Bool {
    withCart { store, cart in
      let lines = cart.lines.filter(\.isMutable)
      guard !lines.isEmpty else { return false }
      return body(&store, cart, store.random.pick(lines))
    }
  }

  // MARK: Lines

  private mutating func someLines() -> [SimulatedLine] {
    let product = random.pick(catalogue.products)
    return lines(of: product, random.pick(product.variants), quantity: random.pick(1...4))
  }

  private mutating func begin() -> Bool {
    let currency = random.chance(60) ? SimulatedCurrency.all[0] : random.pick(SimulatedCurrency.all)
    var cart = SimulatedCart(id: uuid(), currency: currency, created: now, updated: now)
    (cart.lines, cart.channel) = (someLines(), random.chance(85) ? 1 : 2)
    if random.chance(25) {
      let customer = random.pick(catalogue.customers)
      (cart.customer, cart.email) = (customer.id, customer.email)
    }
    open(cart)
    return true
  }

  private mutating func addProduct(to cart: SimulatedCart) -> Bool {
    let lines = someLines()
    update(cart.id) { $0.add(lines) }
    return true
  }

  private mutating func setQuantity(_ cart: SimulatedCart, _ line: SimulatedLine) -> Bool {
    guard line.kind == .physical || line.kind == .digital else { return false }
    let quantity = random.pick(1...9)
    guard quantity != line.quantity else { return false }
    update(cart.id) { $0.set(line.id, quantity) }
    return true
  }

  private mutating func removeLine(_ cart: SimulatedCart, _ line: SimulatedLine) -> Bool {
    remove(line.id, from: cart.id)
    return true
  }

  /// Removes a line; a cart without lines is gone.
  mutating func remove(_ line: String, from id: String) {
    guard let cart = shelf[id] else { return }
    let left = cart.lines.filter { $0.id != line && $0.parent != line && !$0.isGift }
    if left.isEmpty {
      close(id, .deleted)
    } else {
      update(id) { $0.lines.removeAll { $0.id == line } }
    }
  }

  private mutating func empty(_ cart: SimulatedCart) -> Bool {
    close(cart.id, .deleted)
    return true
  }

  private mutating func addGiftCertificate(to cart: SimulatedCart) -> Bool {
    let amount = Amount(random.pick(10...100))
    let line = SimulatedLine(
      id: uuid(), kind: .gift, name: "\(amount.text) Gift Certificate", quantity: 1,
      listPrice: amount, salePrice: amount)
    update(cart.id) { $0.lines.append(line) }
    return true
  }

  private mutating func addCustomItem(to cart: SimulatedCart) -> Bool {
    let price = Amount(random.pick(100...9_999), places: 2)
    var line = SimulatedLine(
      id: uuid(), kind: .custom, name: "Engraving \(random.pick(1...99))",
      quantity: random.pick(1...2), listPrice: price, salePrice: price)
    line.sku = random.chance(50) ? "ENGRAVE" : ""
    update(cart.id) { $0.lines.append(line) }
    return true
  }

  private mutating func expireOldest() -> Bool {
    guard shelf.ids.count > 20, let id = shelf.ids.first else { return false }
    close(id, .expired)
    return true
  }
}

extension SimulatedCart {
  /// Adds lines; more of a product that is there with the same choices and price joins its line.
  mutating func add(_ new: [SimulatedLine]) {
    if new.count == 1, let line = new.first,
      let index = lines.firstIndex(where: {
        $0.variant == line.variant && $0.product == line.product && $0.product > 0 && $0.isMutable
          && $0.listPrice == line.listPrice && $0.parent == nil
      })
    {
      lines[index].quantity += line.quantity
    } else {
      lines += new
    }
  }

  mutating func set(_ line: String, _ quantity: Int, price: Amount? = nil) {
    guard let index = lines.firstIndex(where: { $0.id == line }) else { return }
    lines[index].quantity = quantity
    guard let price else { return }
    (lines[index].listPrice, lines[index].salePrice) = (price, price)
    lines[index].hasOwnPrice = true
  }
}
