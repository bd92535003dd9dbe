import CartEngine
import CartModel
import CartSupport

/// Reads a product of `GET /v3/catalog/products` with its variants: each variant with a SKU is a product of
/// ours.
struct ProductReader {
  let item: JSONValue
  let currency: Currency
  /// The time of the answer, for the stock.
  let at: Timestamp

  /// What the store counts stock of.
  private enum Tracking: String { case none, product, variant }

  /// - Returns: the products, and how many were left out as they have no SKU.
  /// - Throws: `garbled`.
  func products() throws(StorefrontError) -> (found: [Product], leftOut: Int) {
    var (found, leftOut) = ([Product](), 0)
    let variants = item.list("variants")
    do throws(StorefrontError) {
      for variant in variants.isEmpty ? [.null] : variants {
        // The base variant of a product without options has its SKU, or the product has it.
        var sku = variant.text("sku")
        if sku.isEmpty, variants.count <= 1 { sku = item.text("sku") }
        guard !sku.isEmpty else {
          leftOut += 1
          continue
        }
        found.append(try product(sku, variant))
      }
    } catch { throw StorefrontError(.garbled, "product \(item.text("id")): \(error.message)") }
    return (found, leftOut)
  }

  private func product(_ sku: String, _ variant: JSONValue) throws(StorefrontError) -> Product {
    var price = try variant.decimal("calculated_price")
    for (value, key) in [(variant, "price"), (item, "calculated_price"), (item, "price")]
    where price == nil {
      price = try value.decimal(key)
    }
    guard let price else { throw StorefrontError(.garbled, "\(quoted(sku)): expected a price") }
    var details = ProductDetails(brand: item["brand"]?.text("name") ?? item.text("brand_name"))
    details.weight = try own(variant, "calculated_weight", "weight")
    // Nothing means that nobody said what it costs.
    let cost = try own(variant, "cost_price", "cost_price")
    details.cost = cost == .zero ? nil : cost
    details.attributes = options(variant)
    // A product for which orders are taken before it is there.
    details.isBackordered = item.text("availability") == "preorder"
    let stock = stock(variant)
    return Product(
      sku: sku, name: name(variant), price: price, currency: currency, image: image(variant),
      stock: stock, stocked: stock == nil ? nil : at, details: details)
  }

  private func own(_ variant: JSONValue, _ first: String, _ second: String)
    throws(StorefrontError) -> UnitPrice?
  {
    if let amount = try variant.decimal(first) { return amount }
    if let amount = try variant.decimal(second) { return amount }
    return try item.decimal(second)
  }

  private func options(_ variant: JSONValue) -> [Line.Option] {
    variant.list("option_values").compactMap { option in
      let name = option.text("option_display_name", limit: 500)
      return name.isEmpty ? nil : .init(name: name, value: option.text("label", limit: 3500))
    }.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
  }

  /// `Mug, white`: with what makes the variant.
  private func name(_ variant: JSONValue) -> String {
    let labels = variant.list("option_values").map { $0.text("label") }.filter { !$0.isEmpty }
    let parts = [item.text("name", limit: 2000)] + labels
    return JSONValue.clipped(parts.filter { !$0.isEmpty }.joined(separator: ", "), 4000)
  }

  private func image(_ variant: JSONValue) -> String {
    let own = variant.text("image_url", limit: 4000)
    guard own.isEmpty else { return own }
    let images = item.list("images")
    let main =
      item["primary_image"].flatMap { $0 == .null ? nil : $0 }
      ?? images.first { $0.flag("is_thumbnail") == true } ?? images.first ?? .null
    return main.text("url_standard", limit: 4000)
  }

  /// What may not be bought has none; nil where the store does not count it.
  private func stock(_ variant: JSONValue) -> Int64? {
    if item.text("availability") == "disabled" || variant.flag("purchasing_disabled") == true {
      return 0
    }
    return switch Tracking(rawValue: item.text("inventory_tracking")) ?? .none {
    case .none: nil
    case .product: item.whole("inventory_level").map { max($0, 0) }
    case .variant:
      (variant.whole("inventory_level") ?? item.whole("inventory_level")).map { max($0, 0) }
    }
  }
}

/// Reads a customer of `GET /v3/customers`.
enum CustomerReader {
  static func customer(_ item: JSONValue) -> SeenCustomer? {
    guard let id = try? StoreNumber.check(item.text("id"), "a customer") else { return nil }
    var fields: [ShopperField: String] = [.customer: id, .type: "registered"]
    func known(_ field: ShopperField, _ text: String) { if !text.isEmpty { fields[field] = text } }
    known(.email, item.text("email", limit: 500))
    let name = [item.text("first_name"), item.text("last_name")].filter { !$0.isEmpty }
    known(.name, JSONValue.clipped(name.joined(separator: " "), 500))
    known(.phone, item.text("phone"))
    known(.company, item.text("company", limit: 500))
    // The store says the number of a group; its name is another request.
    known(.group, item.id("customer_group_id"))
    return SeenCustomer(id: id, fields: fields)
  }
}
