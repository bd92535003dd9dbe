import CartSupport

/// Orders as v2 writes them: money as texts with four places, times as in mails.
struct OrderJSON {
  let order: SimulatedOrder
  let configuration: SimulatorConfiguration

  private var cart: SimulatedCart { order.cart }
  private var base: String {
    "https://api.bigcommerce.com/stores/\(configuration.storeHash)/v2/orders/\(order.id)"
  }

  private func resource(_ name: String) -> JSONValue {
    .record([
      "url": .string("\(base)/\(name)"), "resource": .string("/orders/\(order.id)/\(name)"),
    ])
  }

  /// - Parameter includes: `consignments`, and `consignments.line_items`.
  func value(_ includes: Set<String>) -> JSONValue {
    let hasConsignments = includes.contains { $0.hasPrefix("consignments") }
    return figures.adding([
      "billing_address": billing, "products": resource("products"),
      "shipping_addresses": resource("shippingaddresses"), "coupons": resource("coupons"),
      "consignments": hasConsignments
        ? consignments(withItems: includes.contains("consignments.line_items"))
        : resource("consignments"),
      "fees": includes.contains("fees") ? .array([]) : resource("fees"),
    ])
  }

  private var figures: JSONValue {
    let totals = order.totals
    let isPartlyRefunded = order.refunded > .zero
    let payment =
      !order.isPaid
      ? "" : order.status == 4 ? "refunded" : isPartlyRefunded ? "partially refunded" : "captured"
    return .record([
      "id": .int(order.id), "customer_id": .int(cart.customer),
      "date_created": .string(SimulatedText.mail(order.created)),
      "date_modified": .string(SimulatedText.mail(order.modified)), "date_shipped": .string(""),
      "cart_id": .string(cart.id), "status": .string(SimulatedOrder.statuses[order.status]),
      "status_id": .int(order.status),
      "subtotal_ex_tax": .fixed(totals.subtotalExTax),
      "subtotal_inc_tax": .fixed(totals.subtotalIncTax),
      "subtotal_tax": .fixed(totals.subtotalIncTax - totals.subtotalExTax),
      "base_shipping_cost": .fixed(totals.shipping),
      "shipping_cost_ex_tax": .fixed(totals.shippingExTax),
      "shipping_cost_inc_tax": .fixed(totals.shippingIncTax),
      "shipping_cost_tax": .fixed(totals.shippingIncTax - totals.shippingExTax),
      "base_handling_cost": .string("0.0000"), "handling_cost_ex_tax": .string("0.0000"),
      "handling_cost_inc_tax": .string("0.0000"), "base_wrapping_cost": .string("0.0000"),
      "total_ex_tax": .fixed(totals.grand - totals.tax), "total_inc_tax": .fixed(totals.grand),
      "total_tax": .fixed(totals.tax), "discount_amount": .fixed(totals.discount),
      "coupon_discount": .fixed(totals.coupons), "refunded_amount": .fixed(order.refunded),
      "store_credit_amount": .string("0.0000"), "gift_certificate_amount": .string("0.0000"),
      "items_total": .int(cart.lines.map(\.quantity).reduce(0, +)), "items_shipped": .int(0),
      "payment_method": .string(order.paymentMethod), "payment_status": .string(payment),
      "payment_provider_id": .string(""), "ip_address": .string("203.0.113.\(order.id % 250)"),
      "geoip_country": .string(SimulatedTax.countries[cart.country ?? "US"] ?? ""),
      "geoip_country_iso2": .string(cart.country ?? "US"), "currency_id": .int(cart.currency.id),
      "currency_code": .string(cart.currency.code),
      "currency_exchange_rate": .string("1.0000000000"),
      "default_currency_code": .string("USD"), "staff_notes": .string(order.notes),
      "customer_message": .string(cart.message), "is_deleted": .bool(order.isArchived),
      "is_email_opt_in": .bool(false), "order_source": .string("www"),
      "channel_id": .int(cart.channel), "external_source": .null, "external_id": .null,
      "order_is_digital": .bool(cart.lines.allSatisfy { $0.kind == .digital }),
      "customer_locale": .string(cart.locale),
      "is_tax_inclusive_pricing": .bool(cart.currency.includesTax),
    ])
  }

  private func address(_ address: SimulatedAddress?) -> JSONValue {
    func field(_ name: String) -> JSONValue { .string(address?[name] ?? "") }
    return .record([
      "first_name": field("first_name"), "last_name": field("last_name"),
      "company": field("company"), "street_1": field("address1"), "street_2": field("address2"),
      "city": field("city"), "state": field("state_or_province"), "zip": field("postal_code"),
      "country": .string(SimulatedTax.countries[address?["country_code"] ?? ""] ?? ""),
      "country_iso2": field("country_code"), "phone": field("phone"), "email": field("email"),
      "form_fields": .array([]),
    ])
  }

  private var billing: JSONValue {
    var own = cart.billing ?? SimulatedAddress(id: "")
    if own["email"].isEmpty { own.fields["email"] = cart.email }
    return address(own)
  }

  // MARK: Lines

  /// The lines of an order, with numbers of their own.
  func products(_ kinds: [SimulatedLine.Kind]) -> [JSONValue] {
    cart.lines.enumerated().filter { kinds.contains($1.kind) }.map { product($1, $0) }
  }

  private func product(_ line: SimulatedLine, _ index: Int) -> JSONValue {
    let number = order.id * 100 + index
    let parent = line.parent.flatMap { id in cart.lines.firstIndex { $0.id == id } }
    let type =
      line.kind == .digital ? "digital" : line.kind == .gift ? "giftcertificate" : "physical"
    let isRefunded = order.status == 4
    return .record([
      "id": .int(number), "order_id": .int(order.id), "product_id": .int(line.product),
      "variant_id": .int(line.variant), "order_address_id": .int(order.id),
      "name": .string(line.name), "name_customer": .string(line.name),
      "name_merchant": .string(line.name), "sku": .string(line.sku), "upc": .string(""),
      "type": .string(type), "base_price": .fixed(line.listPrice),
      "price_ex_tax": .fixed(line.salePrice), "price_inc_tax": .fixed(line.salePrice),
      "price_tax": .string("0.0000"), "base_total": .fixed(line.listTotal),
      "total_ex_tax": .fixed(line.saleTotal), "total_inc_tax": .fixed(line.saleTotal),
      "total_tax": .string("0.0000"), "quantity": .int(line.quantity),
      "is_refunded": .bool(isRefunded),
      "quantity_refunded": .int(isRefunded ? line.quantity : 0), "refund_amount": .string("0.0000"),
      "quantity_shipped": .int(0),
      "parent_order_product_id": parent.map { .int(order.id * 100 + $0) } ?? .null,
      "is_bundled_product": .bool(line.parent != nil), "applied_discounts": .array([]),
      "product_options": .array(line.options.map { option($0, number) }),
      "configurable_fields": .array([]), "gift_certificate_id": .null,
      "external_id": .null, "brand": .string(""),
    ])
  }

  private func option(_ option: SimulatedOption, _ product: Int) -> JSONValue {
    .record([
      "id": .int(product * 10), "option_id": .int(option.option), "order_product_id": .int(product),
      "product_option_id": .int(option.option), "display_name": .string(option.name),
      "display_value": .string(option.label), "value": .string(String(option.value)),
      "type": .string("Multiple choice"), "name": .string(option.name),
      "display_style": .string("Pick list"),
    ])
  }

  func consignments(withItems: Bool) -> JSONValue {
    func items(_ kinds: [SimulatedLine.Kind]) -> JSONValue {
      withItems ? .array(products(kinds)) : resource("products")
    }
    let shipped = cart.lines.contains { $0.kind == .physical || $0.kind == .custom }
    let consignment = cart.consignments.first
    let shipping = address(consignment?.address ?? cart.billing).adding([
      "id": .int(order.id), "line_items": items([.physical, .custom]),
      "items_total": .int(cart.lines.count), "items_shipped": .int(0),
      "shipping_method": .string(consignment?.option?.name ?? ""),
      "base_cost": .amount(order.totals.shipping),
      "cost_ex_tax": .amount(order.totals.shippingExTax),
      "cost_inc_tax": .amount(order.totals.shippingIncTax),
      "shipping_zone_id": .int(1), "shipping_zone_name": .string("All"),
    ])
    let downloads = JSONValue.record([
      "recipient_email": .string(cart.email), "line_items": items([.digital]),
    ])
    let gifts = JSONValue.record([
      "recipient_email": .string("anna@example.com"), "line_items": items([.gift]),
    ])
    return .record([
      "pickups": .array([]), "shipping": .array(shipped ? [shipping] : []),
      "downloads": .array(cart.lines.contains { $0.kind == .digital } ? [downloads] : []),
      "email": .record([
        "gift_certificates": .array(cart.lines.contains { $0.kind == .gift } ? [gifts] : [])
      ]),
    ])
  }
}
