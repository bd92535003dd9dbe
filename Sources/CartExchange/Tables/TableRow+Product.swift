import CartModel

extension TableRow {
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
