import CartSupport

/// Carts and checkouts as the store writes them.
struct CartJSON {
  let cart: SimulatedCart
  let totals: SimulatedTotals
  let includes: Set<String>

  init(_ cart: SimulatedCart, _ includes: Set<String>) {
    (self.cart, totals, self.includes) = (cart, SimulatedTotals(cart), includes)
  }

  /// Both forms of a time are seen; a cart keeps to one.
  private var isZulu: Bool { cart.id.hasPrefix("0") || cart.id.hasPrefix("7") }

  /// Some carts have the noise of floats behind the twelfth place.
  private func float(_ amount: Amount) -> JSONValue {
    guard amount != .zero, "abc".contains(cart.id.prefix(1)) else { return .amount(amount) }
    return .number(amount.fixed(12) + (cart.id.hasPrefix("a") ? "0004" : "00000000000000001"))
  }

  private func head(isCheckout: Bool) -> JSONValue {
    .record([
      "id": .string(cart.id), "customer_id": .int(cart.customer), "channel_id": .int(cart.channel),
      "email": .string(cart.email), "currency": .record(["code": .string(cart.currency.code)]),
      "tax_included": .bool(cart.currency.includesTax), "base_amount": float(totals.list),
      "discount_amount": float(totals.discount), "coupons": coupons(isCheckout: isCheckout),
      "discounts": .array(
        cart.discount == .zero
          ? [] : [.record(["id": .string("7"), "discounted_amount": float(totals.discount)])]),
      "created_time": .string(SimulatedText.iso(cart.created, zulu: isZulu)),
      "updated_time": .string(SimulatedText.iso(cart.updated, zulu: isZulu)),
    ])
  }

  /// Ids and types are numbers as texts in a cart, and a number and a word in a checkout.
  private func coupons(isCheckout: Bool) -> JSONValue {
    .array(
      zip(cart.coupons, totals.couponDiscounts).map { coupon, amount in
        let isPart = coupon.percent > 0
        let type =
          isCheckout
          ? isPart ? "percentage_discount" : "per_total_discount" : isPart ? "1" : "2"
        return .record([
          "code": .string(coupon.code),
          "id": isCheckout ? .int(coupon.id) : .string(String(coupon.id)),
          "coupon_type": .string(type), "display_name": .string(coupon.name),
          "discounted_amount": float(amount),
        ])
      })
  }

  // MARK: Cart

  var value: JSONValue {
    head(isCheckout: false).adding([
      "manual_discount_amount": .int(0),
      "cart_amount": float(cart.currency.includesTax ? totals.cartIncTax : totals.cartExTax),
      "line_items": lines(isCheckout: false), "locale": .string(cart.locale),
      "version": .int(cart.version),
    ])
  }

  private func lines(isCheckout: Bool) -> JSONValue {
    func all(_ kind: SimulatedLine.Kind) -> JSONValue {
      .array(cart.lines.filter { $0.kind == kind }.map { line($0, isCheckout: isCheckout) })
    }
    return .record([
      "physical_items": all(.physical), "digital_items": all(.digital),
      "gift_certificates": all(.gift), "custom_items": all(.custom),
    ])
  }

  private func line(_ line: SimulatedLine, isCheckout: Bool) -> JSONValue {
    switch line.kind {
    case .physical, .digital: product(line, isCheckout: isCheckout)
    case .gift:
      .record([
        "id": .string(line.id), "name": .string(line.name), "theme": .string("Birthday"),
        "amount": float(line.listPrice), "quantity": .int(line.quantity), "taxable": .bool(false),
        "sender": .record(["name": .string("Luca"), "email": .string("luca@example.com")]),
        "recipient": .record(["name": .string("Anna"), "email": .string("anna@example.com")]),
        "message": .string("All the best"),
      ])
    case .custom:
      .record([
        "id": .string(line.id), "sku": .string(line.sku), "name": .string(line.name),
        "quantity": .int(line.quantity), "list_price": float(line.listPrice),
        "extended_list_price": float(line.listTotal), "image_url": .string(""),
      ])
    }
  }

  private func product(_ line: SimulatedLine, isCheckout: Bool) -> JSONValue {
    let coupon =
      totals.goods == .zero
      ? Amount.zero
      : totals.coupons.times(
        Int(line.saleTotal.units / 10_000_000_000),
        over: max(1, Int(totals.goods.units / 10_000_000_000)))
    var value = JSONValue.record([
      "id": .string(line.id), "parent_id": parent(line), "variant_id": .int(line.variant),
      "product_id": .int(line.product), "sku": .string(line.sku), "name": .string(line.name),
      "url": .string("https://store.example/product-\(line.product)/"),
      "quantity": .int(line.quantity), (isCheckout ? "is_taxable" : "taxable"): .bool(true),
      "image_url": .string("https://cdn.example/\(line.product).jpg"), "discounts": .array([]),
      "coupons": .array([]),
      "discount_amount": float(line.listTotal - line.saleTotal), "coupon_amount": float(coupon),
      "original_price": float(line.listPrice), "list_price": float(line.listPrice),
      "sale_price": float(line.salePrice), "extended_list_price": float(line.listTotal),
      "extended_sale_price": float(line.saleTotal),
      "is_require_shipping": .bool(line.kind == .physical), "is_mutable": .bool(line.isMutable),
      "added_by_promotion": .bool(line.isGift),
    ])
    let part = line.kind == .physical ? "physical_items" : "digital_items"
    let include = (isCheckout ? "cart." : "") + "line_items.\(part).options"
    if includes.contains(include) {
      value = value.adding(["options": .array(line.options.map(option))])
    }
    return isCheckout && line.kind == .physical ? value.adding(["gift_wrapping": .null]) : value
  }

  /// Null, and an empty object in some carts: both are seen.
  private func parent(_ line: SimulatedLine) -> JSONValue {
    line.parent.map { .string($0) } ?? (isZulu ? .object([]) : .null)
  }

  private func option(_ option: SimulatedOption) -> JSONValue {
    .record([
      "name": .string(option.name), "nameId": .int(option.option), "value": .string(option.label),
      "valueId": .int(option.value),
    ])
  }

  // MARK: Checkout

  /// - Parameter order: the order of this cart, if it is known.
  func checkout(order: Int?) -> JSONValue {
    .record([
      "id": .string(cart.id),
      "cart": head(isCheckout: true).adding([
        "cart_amount_inc_tax": float(totals.cartIncTax),
        "cart_amount_ex_tax": float(totals.cartExTax), "line_items": lines(isCheckout: true),
      ]),
      "billing_address": billing,
      "consignments": .array(cart.consignments.map(consignment)),
      "taxes": .array(
        totals.tax == .zero
          ? [] : [.record(["name": .string("Tax"), "amount": float(totals.tax)])]),
      "coupons": coupons(isCheckout: true), "fees": .array([]),
      "order_id": order.map { .string(String($0)) } ?? .null,
      "shipping_cost_total_inc_tax": float(totals.shippingIncTax),
      "shipping_cost_total_ex_tax": float(totals.shippingExTax),
      "handling_cost_total_inc_tax": .int(0), "handling_cost_total_ex_tax": .int(0),
      "tax_total": float(totals.tax), "subtotal_inc_tax": float(totals.subtotalIncTax),
      "subtotal_ex_tax": float(totals.subtotalExTax), "grand_total": float(totals.grand),
      "created_time": .string(SimulatedText.iso(cart.created, zulu: isZulu)),
      "updated_time": .string(SimulatedText.iso(cart.updated, zulu: isZulu)),
      "customer_message": .string(cart.message), "version": .int(cart.version),
    ])
  }

  /// Null, and an address without anything in some carts: both are seen.
  private var billing: JSONValue {
    if let own = cart.billing { return Self.address(own) }
    return isZulu ? .null : Self.address(SimulatedAddress(id: String(cart.id.prefix(13))))
  }

  private static func address(_ address: SimulatedAddress) -> JSONValue {
    let fields = SimulatedAddress.names.map { JSONValue.Member($0, .string(address[$0])) }
    let country = SimulatedTax.countries[address["country_code"]] ?? ""
    return .object([.init("id", .string(address.id))] + fields).adding([
      "country": .string(country), "custom_fields": .array([]),
    ])
  }

  private func consignment(_ consignment: SimulatedConsignment) -> JSONValue {
    var value = JSONValue.record([
      "id": .string(consignment.id), "address": Self.address(consignment.address),
      "line_item_ids": .array(consignment.lines.map { .string($0) }),
      "coupon_discounts": .array([]), "discounts": .array([]),
      "shipping_cost_inc_tax": float(totals.shippingIncTax),
      "shipping_cost_ex_tax": float(totals.shippingExTax), "handling_cost_inc_tax": .int(0),
      "handling_cost_ex_tax": .int(0),
    ])
    if let option = consignment.option {
      value = value.adding(["selected_shipping_option": Self.shipping(option)])
    }
    guard includes.contains("consignments.available_shipping_options") else { return value }
    return value.adding([
      "available_shipping_options": .array(SimulatedShipping.all.map(Self.shipping))
    ])
  }

  private static func shipping(_ option: SimulatedShipping) -> JSONValue {
    .record([
      "id": .string(option.id), "type": .string("shipping_flatrate"),
      "description": .string(option.name), "image_url": .string(""), "cost": .amount(option.cost),
      "transit_time": .string(option.time), "additional_description": .string(""),
    ])
  }
}
