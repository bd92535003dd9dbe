import CartModel
import CartSupport

extension TableRow {
  /// Checks what a row says of a product's stock and currency: a table has one price for each.
  ///
  /// - Parameter currency: the store's.
  func checkProduct(_ currency: Currency) throws(TableEvents.Refusal) {
    if let stock = self["stock"], let count = Int64(stock), count < 0 {
      throw TableEvents.Refusal(reason: "stock: expected 0 or more, got \(quoted(stock))")
    }
    if let code = self["currency"], code != currency.code {
      throw TableEvents.Refusal(
        reason: "currency: the store's is \(currency), got \(quoted(code))")
    }
  }

  /// The row of a product with what it does not name as it is in the catalogue: a list of prices is no
  /// list of names.
  func keeping(_ product: Product) -> TableRow {
    var row = self
    for field in RecordField<Product>.products
    where !field.isComputed && field.kind != .time && !named.contains(field.column) {
      row.add(field.column, field.value(product).description)
    }
    for attribute in product.details.attributes where !named.contains("attr." + attribute.name) {
      row.add("attr." + attribute.name, attribute.value)
    }
    return row
  }
}
