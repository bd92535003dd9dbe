import CartModel

/// Carts of one currency that say the same for a field.
public struct GroupRow: Equatable, Sendable {
  public let value: String
  public let currency: Currency
  public let count: Int64
  /// Minor units, of those carts whose total is in range; nil where all are out of range.
  public let total: CheckedSum?

  package init(value: String, currency: Currency, count: Int64, total: CheckedSum?) {
    (self.value, self.currency, self.count, self.total) = (value, currency, count, total)
  }
}
