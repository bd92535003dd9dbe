import CartModel

/// The storefront of carts that this program owns: what it shows is what is stored.
public struct LocalStorefront: Storefront {
  public static let name = "local"
  public static let abilities: StorefrontAbilities = [.list, .versions]

  public var name: String { Self.name }
  public var abilities: StorefrontAbilities { Self.abilities }
  private let settings: StoreSettings
  private let cart: @Sendable (String) throws(EngineError) -> Cart?
  private let ids: @Sendable (Timestamp) throws(EngineError) -> [String]

  /// - Parameters:
  ///   - cart: finds a cart by its id.
  ///   - ids: gives the ids of carts that changed after a moment.
  public init(
    _ settings: StoreSettings, cart: @escaping @Sendable (String) throws(EngineError) -> Cart?,
    ids: @escaping @Sendable (Timestamp) throws(EngineError) -> [String]
  ) {
    (self.settings, self.cart, self.ids) = (settings, cart, ids)
  }

  public func look(_ id: String, isGone: Bool) throws(StorefrontError) -> Seen {
    let found: Cart?
    do throws(EngineError) { found = try cart(id) } catch {
      throw StorefrontError(.unavailable, error.message)
    }
    guard let found else { throw StorefrontError(.notFound, "no cart has the id \(id)") }
    switch found.state {
    case .ordered:
      return .gone(.ordered(found.order?.id ?? "", total: found.order.map { UnitPrice($0.total) }))
    case .deleted: return .gone(.deleted)
    case .merged: return .gone(.merged(into: found.mergedInto))
    case .open, .held: return .cart(try shown(found))
    }
  }

  public func changed(since time: Timestamp) throws(StorefrontError) -> [String] {
    do throws(EngineError) { return try ids(time) } catch {
      throw StorefrontError(.unavailable, error.message)
    }
  }

  /// A run changes such a cart by itself, and asks nobody.
  public func send(_ request: StoreRequest, base: Int64?) throws(StorefrontError) -> StoreAnswer {
    throw StorefrontError(.unsupported, "cart \(request.cart): this program changes it itself")
  }

  private func shown(_ cart: Cart) throws(StorefrontError) -> SeenCart {
    let totals: Totals
    do throws(ModelError) { totals = try cart.price(settings) } catch {
      throw StorefrontError(.unavailable, error.message)
    }
    return SeenCart(
      binding: Binding(storefront: name, storeID: cart.id), version: cart.version,
      created: cart.created, updated: cart.updated, currency: cart.currency,
      shopper: Dictionary(uniqueKeysWithValues: cart.shopper.fields.map { ($0.field, $0.value) }),
      lines: cart.lines, coupons: cart.coupons, totals: StatedTotals(totals))
  }
}
