import CartModel
import CartStore
import CartSupport

extension EventImport {
  /// Whether a product or customer is already as an event says.
  func isCurrent(_ event: JSONValue) throws(EngineError) -> Bool {
    guard let stated = decoder.stated(event) else { return false }
    do {
      switch stated.payload {
      case .product(let product):
        guard var known = try unit.product(product.sku) else { return false }
        known.stocked = product.stocked
        return known == product
      case .customer(let key, let fields):
        guard let known = try store.customer(key) else { return false }
        return fields.allSatisfy { known[$0.key] == $0.value }
      default: return false
      }
    } catch { throw EngineError(error) }
  }
}
