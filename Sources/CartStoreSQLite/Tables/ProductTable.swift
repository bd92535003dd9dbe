import CartModel
import CartStorage

/// The catalogue; the numbers of products are remembered.
final class ProductTable {
  private unowned let statements: Statements
  private var numbers: [String: Int64] = [:]

  init(_ statements: Statements) { self.statements = statements }

  func forget() { numbers = [:] }

  func knows(_ sku: String) -> Bool { numbers[sku] != nil }

  /// Reads the numbers of products that have one.
  func read(_ skus: Set<String>) throws(StoreError) {
    let rows = try statements(
      "SELECT id, sku FROM product WHERE sku IN (SELECT value FROM json_each(?))")
    rows.bind(1, Statements.list(skus.sorted()))
    defer { rows.reset() }
    while try rows.step() { numbers[rows.text(1)] = rows.int(0) }
  }

  /// The number of a product, which is inserted where the table has none.
  func number(of sku: String, name: String) throws(StoreError) -> Int64 {
    if let id = numbers[sku] { return id }
    var id = try statements.number("SELECT id FROM product WHERE sku = ?", sku)
    if id == nil {
      let insert = try statements("INSERT INTO product(sku, name) VALUES(?, ?)")
      insert.bind(1, sku)
      insert.bind(2, name)
      try insert.run()
      id = statements.lastRow
    }
    numbers[sku] = id
    return id ?? 0
  }

  /// Saves an entry of the catalogue.
  func save(_ product: Product) throws(StoreError) {
    var data = ByteWriter()
    ProductCodec.write(product, &data)
    let id = try number(of: product.sku, name: product.name)
    let update = try statements("UPDATE product SET name = ?, data = ? WHERE id = ?")
    update.bind(1, product.name)
    update.bind(2, data.bytes)
    update.bind(3, id)
    try update.run()
  }
}
