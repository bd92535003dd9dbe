import CartSupport

/// What became of a cart that is not there any more.
public enum SimulatedFate: Equatable, Sendable {
  case ordered(Int)
  case deleted
  case expired
  case merged(into: String)
}

/// A store with its shoppers, as a state machine: no network, no time of its own.
struct SimulatedStore: Sendable {
  let configuration: SimulatorConfiguration
  private let clock: @Sendable () -> Int64
  /// Of shoppers and of faults: requests do not change what shoppers do.
  var random: SeededRandom
  /// Of ids, which requests need as well.
  private var ids: SeededRandom
  var chance: FaultDice
  var catalogue: SimulatedCatalogue
  var shelf = CartShelf()
  var orders: [SimulatedOrder] = []
  var hooks: HookBoard
  var settings = SimulatedSettings()
  var quota: QuotaMeter
  var ledger = SimulatorLedger()
  private var lastTick: Int64 = 0

  init(_ configuration: SimulatorConfiguration, clock: @escaping @Sendable () -> Int64) {
    (self.configuration, self.clock) = (configuration, clock)
    random = SeededRandom(seed: configuration.seed)
    ids = SeededRandom(seed: configuration.seed &+ 3)
    chance = FaultDice(configuration.faults, seed: configuration.seed &+ 1)
    catalogue = SimulatedCatalogue(configuration, now: clock())
    hooks = HookBoard(configuration)
    quota = QuotaMeter(limit: configuration.quota)
  }

  /// The injected time, in milliseconds since 1970.
  var now: Int64 { clock() }

  mutating func uuid() -> String { SimulatedText.uuid(&ids) }
  mutating func token() -> String { SimulatedText.token(&ids) }

  // MARK: Carts

  /// Changes a cart, counts its version, and says so to hooks.
  ///
  /// - Parameter events: what hooks hear beside `updated`.
  mutating func update(
    _ id: String, _ events: [HookEvent] = [], isSilent: Bool = false,
    _ body: (inout SimulatedCart) -> Void
  ) {
    guard var cart = shelf[id] else { return }
    let before = cart.lines
    body(&cart)
    settle(&cart)
    cart.version += 1
    cart.updated = now
    cart.isAbandoned = false
    shelf.replace(cart, at: now)
    guard !isSilent, !hooks.hooks.isEmpty else { return }
    emit(Self.lineEvents(from: before, to: cart) + events + [.cart("updated", id)])
  }

  private static func lineEvents(from before: [SimulatedLine], to cart: SimulatedCart)
    -> [HookEvent]
  {
    var events: [HookEvent] = []
    for line in cart.lines {
      guard let old = before.first(where: { $0.id == line.id }) else {
        events.append(.line("created", line.id, cart.id))
        continue
      }
      if old.quantity != line.quantity || old.listPrice != line.listPrice {
        events.append(.line("updated", line.id, cart.id))
      }
    }
    for old in before where !cart.lines.contains(where: { $0.id == old.id }) {
      events.append(.line("deleted", old.id, cart.id))
    }
    return events
  }

  /// A new cart with its first lines.
  mutating func open(_ cart: SimulatedCart) {
    var cart = cart
    settle(&cart)
    shelf.add(cart)
    let lines = cart.lines.map { HookEvent.line("created", $0.id, cart.id) }
    emit([.cart("created", cart.id), .cart("updated", cart.id)] + lines)
  }

  /// Takes a cart away; what hooks hear depends on how.
  mutating func close(_ id: String, _ fate: SimulatedFate) {
    guard shelf.remove(id, fate, at: now) != nil else { return }
    switch fate {
    case .deleted: emit([.cart("updated", id), .cart("deleted", id)])
    case .ordered(let order): emit([.converted(id, order: order)])
    case .expired, .merged: break
    }
  }

  // MARK: Promotions

  /// Applies the store's promotions: a gift from 100, 10 off from 200.
  private mutating func settle(_ cart: inout SimulatedCart) {
    let boxes = Set(cart.lines.map(\.id))
    cart.lines.removeAll { line in line.parent.map { !boxes.contains($0) } ?? false }
    for index in cart.lines.indices {
      guard let parent = cart.lines[index].parent,
        let box = cart.lines.first(where: { $0.id == parent })
      else { continue }
      cart.lines[index].quantity = box.quantity
    }
    for index in cart.lines.indices { reprice(&cart.lines[index]) }
    let paid = cart.lines.filter { !$0.isGift }
    let goods = paid.map(\.saleTotal).sum
    cart.discount = goods >= Amount(200) ? Amount(10) : .zero
    let hasGift = cart.lines.contains(where: \.isGift)
    if goods >= Amount(100), !hasGift, let gift = catalogue.products.first {
      var line = self.line(of: gift, gift.variants[0], quantity: 1)
      (line.salePrice, line.isMutable, line.isGift) = (.zero, false, true)
      cart.lines.append(line)
    } else if goods < Amount(100), hasGift {
      cart.lines.removeAll(where: \.isGift)
    }
    let known = Set(cart.lines.map(\.id))
    for index in cart.consignments.indices {
      cart.consignments[index].lines.removeAll { !known.contains($0) }
    }
  }

  /// A change of the catalogue reaches a cart when it is touched.
  private func reprice(_ line: inout SimulatedLine) {
    guard line.isMutable, !line.hasOwnPrice, let product = catalogue[line.product],
      let variant = product.variants.first(where: { $0.id == line.variant })
    else { return }
    (line.name, line.listPrice) = (product.name, variant.price ?? product.price)
    line.salePrice = variant.price ?? product.salePrice ?? product.price
  }

  mutating func line(
    of product: SimulatedProduct, _ variant: SimulatedVariant, quantity: Int, price: Amount? = nil
  ) -> SimulatedLine {
    let list = price ?? variant.price ?? product.price
    var line = SimulatedLine(
      id: uuid(), kind: product.isDigital ? .digital : .physical, name: product.name,
      quantity: quantity, listPrice: list,
      salePrice: price ?? variant.price ?? product.salePrice ?? list)
    (line.product, line.variant, line.sku) = (product.id, variant.id, variant.sku)
    (line.options, line.hasOwnPrice) = (variant.options, price != nil)
    return line
  }

  /// A product with what comes in its box.
  mutating func lines(
    of product: SimulatedProduct, _ variant: SimulatedVariant, quantity: Int, price: Amount? = nil
  ) -> [SimulatedLine] {
    let box = line(of: product, variant, quantity: quantity, price: price)
    var lines = [box]
    for id in product.children {
      guard let child = catalogue[id] else { continue }
      var line = self.line(of: child, child.variants[0], quantity: quantity)
      (line.parent, line.isMutable, line.salePrice, line.listPrice) = (box.id, false, .zero, .zero)
      lines.append(line)
    }
    return lines
  }

  // MARK: Time and hooks

  /// What happens by itself: carts expire after 30 days, and are abandoned after an hour.
  mutating func tick() {
    let now = now
    // Neither comes to the second.
    guard now - lastTick >= 30_000 else { return }
    lastTick = now
    for cart in shelf.all where now - cart.updated >= 30 * 86_400_000 { close(cart.id, .expired) }
    for cart in shelf.all
    where now - cart.updated >= 3_600_000 && !cart.isAbandoned && !cart.lines.isEmpty {
      let token = random.chance(70) ? self.token() : nil
      shelf.abandon(cart.id, token)
      emit([.abandoned(cart.id, token: token)])
    }
  }

  mutating func emit(_ events: [HookEvent]) {
    for var event in events {
      if let cart = event.cart { event.channel = shelf.channel(of: cart) }
      hooks.queue(event, at: now, &chance)
    }
  }
}

/// Rolls for faults, from a seed of their own.
struct FaultDice: Sendable {
  var faults: SimulatorConfiguration.Faults
  var random: SeededRandom

  init(_ faults: SimulatorConfiguration.Faults, seed: UInt64) {
    self.faults = faults
    random = SeededRandom(seed: seed)
  }

  mutating func hits(_ fault: KeyPath<SimulatorConfiguration.Faults, Int>) -> Bool {
    let percent = faults[keyPath: fault]
    return percent > 0 && random.chance(percent)
  }
}
