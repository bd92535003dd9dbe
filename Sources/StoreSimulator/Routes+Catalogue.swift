import CartSupport

/// Operations on products, their variants and customers.
enum CatalogueRoutes {
  private static let products = "store_v2_products"
  private static let include: [String: Shape] = [
    "include": .list(
      .oneOf([
        "variants", "images", "custom_fields", "bulk_pricing_rules", "primary_image", "modifiers",
        "options", "videos",
      ])), "include_fields": .text, "exclude_fields": .text,
  ]
  private static let filters: [String: Shape] = [
    "id": .int, "id:in": .list(.int), "id:not_in": .list(.int), "sku": .text, "sku:in": .text,
    "keyword": .text, "name": .text, "page": .int, "limit": .int, "is_visible": .bool,
    "direction": .oneOf(["asc", "desc"]), "date_modified": .time, "date_modified:min": .time,
    "date_modified:max": .time, "id:min": .int, "id:max": .int, "id:greater": .int,
    "id:less": .int,
    "sort": .oneOf([
      "id", "name", "sku", "price", "date_modified", "date_last_imported", "inventory_level",
      "is_visible", "total_sold", "calculated_price",
    ]),
  ]

  static let all: [Route] = [
    Route(
      "GET", "v3/catalog/products", scope: products, query: filters.merging(include) { $1 }
    ) { store, call in
      .page(find(store, call.query).map { CatalogueJSON.product($0, call.includes) }, call)
    },
    Route("GET", "v3/catalog/products/{product}", scope: products, query: include) { store, call in
      guard let product = Int(call["product"]).flatMap({ store.catalogue[$0] }) else {
        return .error(404, "A product was not found with an id of \(call["product"])")
      }
      return .data(CatalogueJSON.product(product, call.includes))
    },
    Route(
      "GET", "v3/catalog/products/{product}/variants", scope: products,
      query: ["page": .int, "limit": .int, "include_fields": .text, "exclude_fields": .text]
    ) { store, call in
      guard let product = Int(call["product"]).flatMap({ store.catalogue[$0] }) else {
        return .error(404, "The product was not found")
      }
      return .page(product.variants.map { CatalogueJSON.variant($0, of: product) }, call)
    },
    Route(
      "GET", "v3/catalog/variants", scope: products,
      query: [
        "id": .int, "sku": .text, "upc": .text, "page": .int, "limit": .int,
        "product_id:in": .list(.int), "include_fields": .text, "exclude_fields": .text,
      ]
    ) { store, call in
      let wanted = call.query["product_id:in"].map(ids)
      var found: [JSONValue] = []
      for product in store.catalogue.products where wanted?.contains(product.id) ?? true {
        for variant in product.variants
        where (call.query["sku"] ?? variant.sku) == variant.sku
          && (call.query["id"].flatMap { Int($0) } ?? variant.id) == variant.id
        {
          found.append(CatalogueJSON.variant(variant, of: product))
        }
      }
      return .page(found, call)
    },
    Route(
      "GET", "v3/customers", scope: "store_v2_customers",
      query: [
        "page": .int, "limit": .int, "id:in": .list(.int), "email:in": .text,
        "date_created:min": .time, "date_created:max": .time, "date_modified:min": .time,
        "date_modified:max": .time, "date_created": .time, "date_modified": .time,
        "include": .list(
          .oneOf(["addresses", "storecredit", "attributes", "formfields", "shopper_profile_id"])),
        "sort": .oneOf([
          "date_created:asc", "date_created:desc", "last_name:asc", "last_name:desc",
          "date_modified:asc", "date_modified:desc",
        ]),
      ], customers),
  ]

  private static func ids(_ text: String) -> Set<Int> {
    Set(text.split(separator: ",").compactMap { Int($0) })
  }

  private static func find(_ store: SimulatedStore, _ query: [String: String])
    -> [SimulatedProduct]
  {
    var found = store.catalogue.products.filter { product in
      query.allSatisfy { name, text in
        switch name {
        case "id": return Int(text) == product.id
        case "id:in": return ids(text).contains(product.id)
        case "id:not_in": return !ids(text).contains(product.id)
        case "id:min": return product.id >= Int(text) ?? 0
        case "id:greater": return product.id > Int(text) ?? 0
        case "id:max": return product.id <= Int(text) ?? 0
        case "id:less": return product.id < Int(text) ?? 0
        case "sku": return product.sku == text
        case "sku:in": return text.split(separator: ",").contains(Substring(product.sku))
        case "name": return product.name == text
        case "keyword": return product.name.contains(text) || product.sku.contains(text)
        case "date_modified:min": return product.modified >= SimulatedText.time(text) ?? 0
        case "date_modified:max": return product.modified <= SimulatedText.time(text) ?? 0
        default: return true
        }
      }
    }
    switch query["sort"] {
    case "date_modified": found.sort { ($0.modified, $0.id) < ($1.modified, $1.id) }
    case "name": found.sort { $0.name < $1.name }
    default: found.sort { $0.id < $1.id }
    }
    if query["direction"] == "desc" { found.reverse() }
    return found
  }

  private static func customers(_ store: inout SimulatedStore, _ call: APICall) -> APIAnswer {
    let query = call.query
    var found = store.catalogue.customers.filter { customer in
      query.allSatisfy { name, text in
        switch name {
        case "id:in": return ids(text).contains(customer.id)
        case "email:in": return text.split(separator: ",").contains(Substring(customer.email))
        case "date_modified:min": return customer.modified >= SimulatedText.time(text) ?? 0
        case "date_modified:max": return customer.modified <= SimulatedText.time(text) ?? 0
        case "date_created:min": return customer.created >= SimulatedText.time(text) ?? 0
        case "date_created:max": return customer.created <= SimulatedText.time(text) ?? 0
        default: return true
        }
      }
    }
    let sort = query["sort"] ?? ""
    if sort.hasPrefix("date_modified") {
      found.sort { ($0.modified, $0.id) < ($1.modified, $1.id) }
    } else if sort.hasPrefix("date_created") {
      found.sort { ($0.created, $0.id) < ($1.created, $1.id) }
    }
    if sort.hasSuffix(":desc") { found.reverse() }
    return .page(found.map { CatalogueJSON.customer($0, call.includes) }, call)
  }
}
