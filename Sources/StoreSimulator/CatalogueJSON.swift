import CartSupport

/// Products, variants and customers as the store writes them.
enum CatalogueJSON {
  static func product(_ product: SimulatedProduct, _ includes: Set<String>) -> JSONValue {
    let tracking =
      product.inventory == nil ? "none" : product.variants.count > 1 ? "variant" : "product"
    let value = JSONValue.record([
      "id": .int(product.id), "name": .string(product.name),
      "type": .string(product.isDigital ? "digital" : "physical"), "sku": .string(product.sku),
      "description": .string("<p>\(product.id)</p>"), "weight": .int(1),
      "price": .amount(product.price), "cost_price": .int(0), "retail_price": .int(0),
      "sale_price": .amount(product.salePrice ?? .zero), "map_price": .int(0),
      "tax_class_id": .int(0), "categories": .array([.int(23)]), "brand_id": .int(0),
      "inventory_level": .int(product.inventory ?? 0), "inventory_warning_level": .int(0),
      "inventory_tracking": .string(tracking), "is_visible": .bool(true),
      "availability": .string("available"), "condition": .string("New"),
      "calculated_price": .amount(product.salePrice ?? product.price),
      "date_created": .string(SimulatedText.iso(product.created)),
      "date_modified": .string(SimulatedText.iso(product.modified)), "view_count": .int(0),
      "total_sold": .int(0),
      "base_variant_id": product.variants.count > 1
        ? .null : .int(product.variants[0].id),
      "custom_url": .record([
        "url": .string("/product-\(product.id)/"), "is_customized": .bool(false),
      ]),
    ])
    guard includes.contains("variants") else { return value }
    return value.adding([
      "variants": .array(product.variants.map { variant($0, of: product) })
    ])
  }

  static func variant(_ variant: SimulatedVariant, of product: SimulatedProduct) -> JSONValue {
    .record([
      "id": .int(variant.id), "product_id": .int(product.id), "sku": .string(variant.sku),
      "sku_id": variant.sku.isEmpty ? .null : .int(variant.id + 1_000),
      "price": variant.price.map { .amount($0) } ?? .null, "sale_price": .null,
      "calculated_price": .amount(variant.price ?? product.salePrice ?? product.price),
      "cost_price": .int(0), "retail_price": .null, "weight": .null, "upc": .string(""),
      "purchasing_disabled": .bool(false), "purchasing_disabled_message": .string(""),
      "image_url": .string(""), "is_free_shipping": .bool(false),
      "inventory_level": variant.inventory.map { .int($0) } ?? .int(0),
      "inventory_warning_level": .int(0), "bin_picking_number": .string(""),
      "option_values": .array(
        variant.options.map { option in
          .record([
            "option_display_name": .string(option.name), "label": .string(option.label),
            "id": .int(option.value), "option_id": .int(option.option),
          ])
        }),
    ])
  }

  static func customer(_ customer: SimulatedCustomer, _ includes: Set<String>) -> JSONValue {
    let value = JSONValue.record([
      "id": .int(customer.id), "email": .string(customer.email),
      "first_name": .string(customer.first), "last_name": .string(customer.last),
      "company": .string(""), "phone": .string(customer.phone), "notes": .string(""),
      "registration_ip_address": .string(customer.ip), "tax_exempt_category": .string(""),
      "customer_group_id": .int(0), "address_count": .int(1), "attribute_count": .int(0),
      "date_created": .string(SimulatedText.iso(customer.created, zulu: true)),
      "date_modified": .string(SimulatedText.iso(customer.modified, zulu: true)),
      "authentication": .record(["force_password_reset": .bool(false)]),
      "accepts_product_review_abandoned_cart_emails": .bool(true), "origin_channel_id": .int(1),
      "channel_ids": .array([]),
    ])
    guard includes.contains("addresses") else { return value }
    let address = JSONValue.record([
      "id": .int(customer.id), "customer_id": .int(customer.id),
      "first_name": .string(customer.first), "last_name": .string(customer.last),
      "company": .string(""), "address1": .string("Main Street \(customer.id)"),
      "address2": .string(""), "city": .string("Town"), "state_or_province": .string(""),
      "postal_code": .string("12345"), "phone": .string(customer.phone),
      "country": .string(SimulatedTax.countries[customer.country] ?? ""),
      "country_code": .string(customer.country), "address_type": .string("residential"),
    ])
    return value.adding(["addresses": .array([address])])
  }
}
