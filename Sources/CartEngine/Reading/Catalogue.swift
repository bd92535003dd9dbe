import CartModel
import CartStorage
import CartSupport

/// The catalogue as a run sees it: products, what people call them, and their counters.
public struct Catalogue {
  let reader: CartReader

  /// The catalogue, or that of the moment that is read; only what has `text` in its SKU or name.
  public func products(containing text: String = "", limit: Int = .max) throws(EngineError)
    -> [Product]
  {
    do throws(StoreError) {
      guard let moment = reader.moment else {
        return try reader.shop.store.products(containing: text, limit: limit)
      }
      let wanted = TextFold.Needle(text)
      return Array(
        try products(at: moment).values.filter {
          wanted.isIn($0.sku) || wanted.isIn($0.name)
        }.sorted { $0.sku.utf8.lexicographicallyPrecedes($1.sku.utf8) }.prefix(limit))
    } catch { throw EngineError(error) }
  }

  /// A product of the catalogue, or as it stood at the moment that is read; nil if it does not exist.
  public func product(_ sku: String) throws(EngineError) -> Product? {
    do throws(StoreError) {
      guard let moment = reader.moment else { return try reader.shop.store.product(sku) }
      return try products(at: moment)[sku]
    } catch { throw EngineError(error) }
  }

  private func products(at time: Timestamp) throws(StoreError) -> [String: Product] {
    if let known = reader.past.products[time] { return known }
    let products = Dictionary(
      try reader.shop.store.products(at: time).map { ($0.sku, $0) }, uniquingKeysWith: { $1 })
    reader.past.products = [time: products]
    return products
  }
}
