/// What a catalogue says of a product beside its name, price and stock; all of it may be missing.
public struct ProductDetails: Equatable, Sendable {
  public var category: String
  public var brand: String
  /// Of one piece, in the store's unit of weight.
  public var weight: UnitPrice?
  /// What one piece costs the merchant, in the product's currency.
  public var cost: UnitPrice?
  /// In the order given, none empty, none with a comma.
  public var tags: [String]
  /// In the order of their names.
  public var attributes: [Line.Option]
  /// Whether it is sold beyond its stock.
  public var isBackordered: Bool

  /// An attribute by the bytes of its name; empty for one that it does not have.
  public func attribute(_ name: String) -> String {
    attributes.first { $0.name.utf8.elementsEqual(name.utf8) }?.value ?? ""
  }

  public init(
    category: String = "", brand: String = "", weight: UnitPrice? = nil, cost: UnitPrice? = nil,
    tags: [String] = [], attributes: [Line.Option] = [], isBackordered: Bool = false
  ) {
    self.category = category
    self.brand = brand
    self.weight = weight
    self.cost = cost
    self.tags = tags
    self.attributes = attributes
    self.isBackordered = isBackordered
  }
}
