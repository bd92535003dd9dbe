import CartModel
import CartStorage

/// The catalogue and the customers as an import sees them: with what it has admitted so far.
extension ImportAdmission {
  package func product(_ sku: String) throws(EngineError) -> Product? {
    do throws(StoreError) { return try unit.product(sku) } catch { throw EngineError(error) }
  }

  /// Whether a product or customer is already as an event says.
  package func isCurrent(_ event: StatedEvent) throws(EngineError) -> Bool {
    switch event.payload {
    case .product(let product):
      guard var known = try self.product(product.sku) else { return false }
      known.stocked = product.stocked
      return known == product
    case .customer(let key, let fields):
      do throws(StoreError) {
        guard let known = try unit.customer(key) else { return false }
        return fields.allSatisfy { known[$0.key] == $0.value }
      } catch { throw EngineError(error) }
    case .cart, .ordered, .order, .undone, .settings, .entry, .rules: return false
    }
  }
}
