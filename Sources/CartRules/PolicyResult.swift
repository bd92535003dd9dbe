import CartEngine
import CartModel
import CartScripting
import CartStorage
import CartSupport

/// The result of a run of one policy.
public struct PolicyResult: Sendable {
  public var policy: String
  public var version: Int64
  /// Whether it was only counted.
  public var isShadow: Bool
  /// How many carts it looked at.
  public var judged = 0
  /// Carts that it ordered, or would have, and those that it left, in the order of looking.
  public var carts: [Item] = []
  /// Whether it stopped because no more orders may be made.
  public var isFull = false
  public var cap: OrderCap

  public struct Item: Sendable {
    public var cart: String
    public var outcome: Decision.Outcome
    public var total: Money?
    public var reason: String
  }

  public var ordered: [Item] { carts.filter { $0.outcome == .order } }
  public var left: Int { carts.count - ordered.count }
}
