/// The carts that are there, what became of the others, and how each was a moment ago.
struct CartShelf: Sendable {
  private var carts: [String: SimulatedCart] = [:]
  /// Oldest first, so that a seed always finds the same ones.
  private var order: [String] = []
  private(set) var fates: [String: SimulatedFate] = [:]
  private var past: [String: (cart: SimulatedCart, until: Int64)] = [:]
  private var channels: [String: Int] = [:]
  private(set) var tokens: [String: String] = [:]

  subscript(_ id: String) -> SimulatedCart? { carts[id] }
  var all: [SimulatedCart] { order.compactMap { carts[$0] } }
  var ids: [String] { order }

  func channel(of id: String) -> Int { channels[id] ?? 1 }

  mutating func add(_ cart: SimulatedCart) {
    carts[cart.id] = cart
    order.append(cart.id)
    channels[cart.id] = cart.channel
  }

  mutating func replace(_ cart: SimulatedCart, at time: Int64) {
    past[cart.id] = carts[cart.id].map { ($0, time) }
    carts[cart.id] = cart
  }

  mutating func abandon(_ id: String, _ token: String?) {
    carts[id]?.isAbandoned = true
    carts[id]?.token = token
    if let token { tokens[token] = id }
  }

  /// - Returns: the cart; nil where it was gone.
  mutating func remove(_ id: String, _ fate: SimulatedFate, at time: Int64)
    -> SimulatedCart?
  {
    guard let cart = carts.removeValue(forKey: id) else { return nil }
    order.removeAll { $0 == id }
    fates[id] = fate
    past[id] = (cart, time)
    return cart
  }

  /// How a cart was before its last change, if that is not longer ago than told.
  func earlier(_ id: String, now: Int64, lag: Int64) -> SimulatedCart? {
    guard let entry = past[id], now - entry.until < lag else { return nil }
    return entry.cart
  }
}

/// Products, customers and coupons of a store.
struct SimulatedCatalogue: Sendable {
  var products: [SimulatedProduct] = []
  var customers: [SimulatedCustomer] = []

  init(_ configuration: SimulatorConfiguration, now: Int64) {
    var maker = CatalogueMaker(
      .init(seed: configuration.seed &+ 2), now: now,
      missingSKU: configuration.faults.missingSKU)
    for id in 0..<configuration.products { products.append(maker.product(Self.firstID + id)) }
    // A few boxes, of products that have no options.
    let plain = products.filter { $0.variants.count == 1 }.map(\.id)
    for index in products.indices where index % 13 == 12 && plain.count > 3 {
      products[index].children = plain.filter { $0 != products[index].id }.suffix(2)
    }
    for id in 0..<configuration.customers { customers.append(maker.customer(11 + id)) }
  }

  private static let firstID = 101

  subscript(_ id: Int) -> SimulatedProduct? {
    let index = id - Self.firstID
    return products.indices.contains(index) ? products[index] : nil
  }

  func customer(_ id: Int) -> SimulatedCustomer? { customers.first { $0.id == id } }

  mutating func change(_ id: Int, at time: Int64, _ body: (inout SimulatedProduct) -> Void) {
    guard let index = products.firstIndex(where: { $0.id == id }) else { return }
    body(&products[index])
    products[index].modified = time
  }
}
