import CartModel

/// How often a product was added, removed and ordered, in pieces.
public struct ProductCount: Equatable, Sendable {
  public var sku: String
  public var name: String
  public var added: Int64 = 0
  public var removed: Int64 = 0
  public var ordered: Int64 = 0

  public init(
    sku: String, name: String, added: Int64 = 0, removed: Int64 = 0, ordered: Int64 = 0
  ) {
    self.sku = sku
    self.name = name
    self.added = added
    self.removed = removed
    self.ordered = ordered
  }

  package var isEmpty: Bool { added == 0 && removed == 0 && ordered == 0 }

  package mutating func add(_ other: ProductCount) {
    added += other.added
    removed += other.removed
    ordered += other.ordered
  }

  /// Whether another counts the same pieces, whatever it is called.
  package func hasPieces(of other: ProductCount) -> Bool {
    (added, removed, ordered) == (other.added, other.removed, other.ordered)
  }
}
