import CartModel

/// What an order of a cart is to be, as a script says it.
public struct OrderTerms: Equatable, Sendable {
  public var note = ""
  /// Whether it is paid at once.
  public var isPaid = false
  /// Fields of the address that are set before.
  public var address: [ShopperField: String] = [:]

  public init() {}
}

extension CommandHandler {
  /// Turns a cart into an order: the address first, then the order, then that it is paid.
  @discardableResult
  public func order(_ terms: OrderTerms, on key: Int64) throws(EngineError) -> Cart {
    if !terms.address.isEmpty { try execute(.setAddress(terms.address), on: key) }
    let cart = try execute(.order(.init(id: "", note: terms.note)), on: key)
    return terms.isPaid ? try execute(.changeOrder(.paid, total: nil), on: key) : cart
  }
}
