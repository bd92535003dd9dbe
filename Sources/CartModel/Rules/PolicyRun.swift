/// How much a policy may order by itself in a span of time, over all its runs.
public struct OrderCap: Equatable, Sendable {
  /// Nil for any number.
  public var orders: Int64?
  /// Nil for any sum; orders in another currency are then not made.
  public var total: Money?
  public var per: Span

  public init(orders: Int64?, total: Money?, per: Span) {
    self.orders = orders
    self.total = total
    self.per = per
  }
}

/// That a policy looked at the carts; the next time it is due counts from here.
public struct PolicyRun: Equatable, Sendable {
  public var policy: String
  public var version: Int64
  /// Whether it only counted what it would order.
  public var isShadow: Bool
  /// Carts that it looked at, that it ordered, and that it wanted to order and did not.
  public var carts: Int64
  public var orders: Int64
  public var left: Int64

  public init(
    policy: String, version: Int64, isShadow: Bool, carts: Int64, orders: Int64, left: Int64
  ) {
    self.policy = policy
    self.version = version
    self.isShadow = isShadow
    self.carts = carts
    self.orders = orders
    self.left = left
  }
}
