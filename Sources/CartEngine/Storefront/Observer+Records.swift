import CartModel
import CartStorage

/// What stores say beside their carts and orders: currencies, products and customers.
extension Observer {
  /// Takes in how many decimals a store gives its currencies, by code.
  ///
  /// - Returns: the codes that are left out: of no currency of ISO 4217, or with more decimals than 4.
  /// - Throws: `refused` while `store.lua` cannot be used; what saving throws.
  @discardableResult
  public func observe(currencies: [String: Int]) throws(EngineError) -> [String] {
    do {
      let stated = run.shop.settings.stated(currencies)
      guard run.mode == .live, stated.known != run.shop.settings.currencies else {
        return stated.leftOut
      }
      // What was seen before was worth what it was then.
      try run.flush()
      try run.shop.record(currencies: stated.known, from: origin(.sync, run.now))
      return stated.leftOut
    } catch { throw EngineError(error) }
  }

  /// Takes in a product as its store shows it: lines of carts keep the price that looks gave them.
  ///
  /// What the store does not say of tags, attributes and costs stays.
  @discardableResult
  public func observe(product: Product) throws(EngineError) -> Result {
    do {
      let known = try run.unit.product(product.sku)
      var shown = product
      if let details = known?.details { shown.details.keep(details) }
      let isCounted = known.map { $0.stock == product.stock } ?? false
      shown.stocked = isCounted ? known?.stocked : product.stock.map { _ in run.now }
      guard shown != known else { return .unchanged }
      return try add(loose: .productUpserted(before: known, after: shown))
    } catch { throw EngineError(error) }
  }

  /// Takes in a registered customer as their store shows them; what it does not say stays.
  @discardableResult
  public func observe(customer: SeenCustomer) throws(EngineError) -> Result {
    do {
      let known = try run.unit.customer(customer.id) ?? Shopper()
      var shown = customer.fields
      if let number = Int64(customer.id), number > 0 { shown[.customer] = customer.id }
      let changes = shown.map {
        FieldChange($0.key, before: known[$0.key], after: $0.key.normalised($0.value))
      }.sorted { $0.field.rawValue < $1.field.rawValue }
      guard changes.contains(where: { $0.before != $0.after }) else { return .unchanged }
      return try add(loose: .customerUpserted(key: customer.id, changes.filter(\.says)))
    } catch { throw EngineError(error) }
  }

  private func add(loose event: EventBody) throws -> Result {
    try run.checkMemory()
    run.admission.add(loose: [event], from: origin(.sync, run.now))
    run.count([event])
    try run.flushIfDue()
    return .changed(1)
  }
}

extension FieldChange {
  /// Whether an event says it: also the number, which names whom it is about.
  fileprivate var says: Bool { before != after || field == .customer }
}

extension ProductDetails {
  /// Keeps what a store does not say.
  fileprivate mutating func keep(_ known: ProductDetails) {
    if tags.isEmpty { tags = known.tags }
    if attributes.isEmpty { attributes = known.attributes }
    if cost == nil { cost = known.cost }
  }
}
