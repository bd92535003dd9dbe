import CartEngine
import CartModel
import CartSupport
import Synchronization

/// A BigCommerce store as the place where carts live.
///
/// It cannot list its carts: hooks and a script name them, and each is looked at by its id.
public final class BigCommerceStorefront: Storefront {
  public let name = "bigcommerce"
  public let abilities: StorefrontAbilities = [.versions, .hooks, .delete, .ownPrices, .orders]
  public let client: StoreClient
  private let currency: @Sendable (String) -> Currency?
  private let lastUpdate: @Sendable (String) -> Timestamp?
  private let missing = Mutex(MissingCarts())

  /// What a look asks for beside the checkout; without it, options of lines are missing.
  static let include =
    "cart.line_items.physical_items.options,cart.line_items.digital_items.options"

  /// - Parameters:
  ///   - currency: finds a currency by its code, with the store's number of decimals.
  ///   - lastUpdate: the store's time of the newest version of a cart that is known; nil for a cart that is
  ///     not known. It tells a cart that expired from one that was deleted.
  public init(
    _ client: StoreClient,
    currency: @escaping @Sendable (String) -> Currency? = { Currency(code: $0) },
    lastUpdate: @escaping @Sendable (String) -> Timestamp?
  ) {
    (self.client, self.currency, self.lastUpdate) = (client, currency, lastUpdate)
  }

  /// What the store shows of a cart now.
  ///
  /// The store says only "not found" of a cart that was ordered, deleted, that expired or never was. Its
  /// order decides; as that may become visible later than the cart disappears, a cart without one is gone
  /// only after `MissingCarts.patience`, and until then this throws `unavailable` with the time to wait.
  ///
  /// - Throws: `notFound` for a cart that is not known and that the store does not have.
  public func look(_ id: String, isGone: Bool) throws(StorefrontError) -> Seen {
    let id = try CartID.check(id)
    if let seen = try cart(id) { return seen }
    if let order = try order(of: id) { return order }
    if !isGone, let wait = missing.withLock({ $0.wait(for: id, at: client.now()) }) {
      throw StorefrontError(
        .unavailable, "cart \(id.text): not found; its order may not be visible yet", retry: wait)
    }
    missing.withLock { $0.found(id) }
    return .gone(try fate(of: id))
  }

  private func cart(_ id: CartID) throws(StorefrontError) -> Seen? {
    let reply = try client.send(
      StoreCall("v3/checkouts/\(id.text)", query: [("include", Self.include)]))
    switch reply.status {
    case 404: return nil
    case 200..<300:
      missing.withLock { $0.found(id) }
      let reader = try CheckoutReader(reply.data, currency: currency)
      return .cart(try reader.seen(id.text, storefront: name))
    default:
      throw StorefrontError(.unavailable, "cart \(id.text): \(StoreWords.title(reply))")
    }
  }

  /// The order that the cart became; nil where there is none, or only one that is no sale yet.
  private func order(of id: CartID) throws(StorefrontError) -> Seen? {
    let reply = try client.get(
      StoreCall("v2/orders", query: [("cart_id", id.text), ("limit", "50")]))
    guard case .array(let items) = reply.json else { return nil }
    for item in items where item.text("cart_id").lowercased() == id.text {
      let order = OrderReader(item, currency: currency)
      guard order.state != nil else { continue }
      missing.withLock { $0.found(id) }
      return .gone(.ordered(item.text("id"), total: try item.decimal("total_inc_tax")))
    }
    return nil
  }

  /// - Throws: `notFound` for a cart that is not known.
  private func fate(of id: CartID) throws(StorefrontError) -> Seen.Gone {
    guard let update = lastUpdate(id.text) else {
      throw StorefrontError(
        .notFound, "no cart of store \(client.access.hash) has the id \(id.text)")
    }
    let age = client.now().milliseconds(since: update)
    return age >= Self.lifetime.milliseconds ? .expired : .deleted
  }

  /// A cart is kept so long after its last change.
  public static let lifetime = Span(milliseconds: 30 * 86_400_000)

  /// - Throws: `unsupported`: the store lists no carts.
  public func changed(since time: Timestamp) throws(StorefrontError) -> [String] {
    throw StorefrontError(.unsupported, "BigCommerce cannot list carts")
  }

  /// - Throws: `unsupported`.
  public func send(_ request: StoreRequest, base: Int64?) throws(StorefrontError) -> StoreAnswer {
    throw StorefrontError(
      .unsupported,
      "cart \(request.cart): changing carts at BigCommerce is not supported yet; this connection only reads"
    )
  }
}
