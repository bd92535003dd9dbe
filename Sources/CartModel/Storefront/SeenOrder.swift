/// An order as its store shows it at one moment.
public struct SeenOrder: Equatable, Sendable {
  /// The store's number, as text.
  public var id: String
  /// The store's id of the cart that it was made of; empty where the store does not say.
  public var cart: String
  public var created: Timestamp
  /// The store's time of the last change.
  public var updated: Timestamp
  /// Nil while it is no sale: nobody has paid, and no merchant has accepted it.
  public var state: Order.State?
  public var currency: Currency
  public var total: UnitPrice
  public var shopper: [ShopperField: String]
  public var lines: [OrderLine]

  public init(
    id: String, cart: String = "", created: Timestamp, updated: Timestamp,
    state: Order.State?, currency: Currency, total: UnitPrice,
    shopper: [ShopperField: String] = [:], lines: [OrderLine] = []
  ) {
    (self.id, self.cart) = (id, cart)
    (self.created, self.updated) = (created, updated)
    (self.state, self.currency, self.total) = (state, currency, total)
    (self.shopper, self.lines) = (shopper, lines)
  }
}

/// A registered customer as their store shows them.
public struct SeenCustomer: Equatable, Sendable {
  /// The store's number, as text.
  public var id: String
  public var fields: [ShopperField: String]

  public init(id: String, fields: [ShopperField: String]) { (self.id, self.fields) = (id, fields) }
}
