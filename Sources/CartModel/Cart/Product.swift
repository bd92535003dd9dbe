/// One entry of the catalogue.
public struct Product: Equatable, Sendable {
  public var sku: String
  public var name: String
  public var price: UnitPrice
  public var currency: Currency
  public var image: String
  /// Pieces in stock; nil where the shop does not count them.
  public var stock: Int64?
  /// When it was said how many there are.
  public var stocked: Timestamp?
  public var details: ProductDetails

  public init(
    sku: String, name: String = "", price: UnitPrice, currency: Currency, image: String = "",
    stock: Int64? = nil, stocked: Timestamp? = nil, details: ProductDetails = ProductDetails()
  ) {
    self.sku = sku
    self.name = name
    self.price = price
    self.currency = currency
    self.image = image
    self.stock = stock
    self.stocked = stocked
    self.details = details
  }

  /// Whether it can be sold: in stock, not counted, or sold beyond its stock.
  public var isAvailable: Bool { details.isBackordered || stock.map { $0 > 0 } ?? true }
}
