import CartModel

/// What an order of a cart is to be, as a script says it.
public struct OrderTerms: Equatable, Sendable {
  public var note = ""
  /// Whether it is paid at once.
  public var isPaid = false
  /// Fields of the address that are set before.
  public var address: [ShopperField: String] = [:]

  public init() {}

  /// Turns a cart into an order: the address first, then the order, then that it is paid.
  @discardableResult
  public func order(_ key: Int64, in run: Run) throws(EngineError) -> Cart {
    if !address.isEmpty { try run.execute(.setAddress(address), on: key) }
    let cart = try run.execute(.order(.init(id: "", note: note)), on: key)
    return isPaid ? try run.execute(.changeOrder(.paid, total: nil), on: key) : cart
  }
}
