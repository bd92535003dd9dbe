import CartModel
import CartSupport

/// Entries of the catalogue.
extension EventDecoder {
  func product(_ fields: Fields) throws(Failure) -> Product {
    var stock: Int64?
    if let text = try fields.text("stock", limit: 20) {
      guard let count = Int64(text), (-1_000_000_000_000...1_000_000_000_000).contains(count) else {
        throw .rejected("stock: expected a whole number of up to 10^12, got \(quoted(text))")
      }
      stock = count
    }
    let stocked = stock.flatMap { _ in try? Timestamp(fields.json["at"]?.scalar ?? "") }
    return Product(
      sku: try fields.required("sku"), name: try fields.text("name", limit: 4000) ?? "",
      price: try fields.price(), currency: try currency(fields) ?? currency,
      image: try fields.text("image", limit: 4000) ?? "", stock: stock, stocked: stocked,
      details: try details(fields))
  }

  private func details(_ fields: Fields) throws(Failure) -> ProductDetails {
    let details = ProductDetails(
      category: try fields.text("category", limit: 500) ?? "",
      brand: try fields.text("brand", limit: 500) ?? "", weight: try fields.decimal("weight"),
      cost: try fields.decimal("cost"), tags: try fields.texts("tags", limit: 200),
      attributes: try fields.pairs("attributes"),
      isBackordered: try fields.flag("backorder") ?? false)
    // A table of products writes them with commas between.
    if let tag = details.tags.first(where: { $0.contains(",") || $0.trimmingBlanks != $0 }) {
      throw .rejected(
        "tags: expected texts without a comma and without blanks at their ends, got \(quoted(tag))")
    }
    guard details.tags.count <= 100, details.attributes.count <= 100,
      details.attributes.allSatisfy({ !$0.name.isEmpty && ($0.name + $0.value).utf8.count <= 4000 })
    else {
      throw .rejected(
        "product: expected at most 100 tags and 100 attributes of at most 4000 bytes each")
    }
    return details
  }
}
