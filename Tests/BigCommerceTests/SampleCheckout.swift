@testable import BigCommerce

/// Checkouts of a tea shop, as JSON.
enum SampleCheckout {
  static let physical = """
    {"id": "l1", "parent_id": null, "variant_id": 77, "product_id": 111, "sku": "TEA-ASSAM-100",
     "name": "Assam, 100 g", "url": "https://tea.example/assam", "quantity": 2, "is_taxable": true,
     "image_url": "https://tea.example/assam.jpg", "discounts": [], "coupons": [],
     "discount_amount": 0, "coupon_amount": 1.58, "original_price": 8.5, "list_price": 7.9,
     "sale_price": 7.9, "extended_list_price": 15.8, "extended_sale_price": 15.8,
     "is_require_shipping": true, "is_mutable": true, "added_by_promotion": false,
     "new_member": {"x": [1]},
     "options": [{"name": "Tin", "nameId": 9, "value": "red", "valueId": 4},
                 {"name": "Engraving", "nameId": 8, "value": "For Mum", "valueId": null}]}
    """

  /// - Parameters:
  ///   - lines: the members of `line_items`.
  ///   - more: members of the checkout that stand before the usual ones.
  static func json(
    _ number: Int = 1, lines: String = "\"physical_items\": [\(physical)], \"digital_items\": []",
    cart: String = "", more: String = usual
  ) -> String {
    """
    {"data": {"id": "\(cartID(number))", "cart": {"id": "\(cartID(number))",
      "channel_id": 2, "currency": {"code": "EUR"}, \(cart.isEmpty ? guest : cart),
      "line_items": {\(lines)},
      "created_time": "2025-11-30T08:00:00+00:00", "updated_time": "2025-11-30T09:00:00.000Z"},
      \(more)}, "meta": {}}
    """
  }

  static let guest = """
    "customer_id": 0, "email": "", "base_amount": 15.8, "discount_amount": 0, "coupons": [],
    "locale": "de"
    """

  /// Prices without tax: 15.80 − 1.58 + 4.90 + 0.50 + 3.73.
  static let usual = """
    "billing_address": {}, "consignments": [], "taxes": [{"name": "VAT", "amount": 3.73}],
    "coupons": [{"id": "3", "code": "SAVE10", "coupon_type": "1", "display_name": "10 % off",
                 "discounted_amount": 1.58}],
    "fees": [], "order_id": null, "shipping_cost_total_inc_tax": 5.831,
    "shipping_cost_total_ex_tax": 4.9, "handling_cost_total_inc_tax": 0.595,
    "handling_cost_total_ex_tax": 0.5, "tax_total": 3.73, "subtotal_inc_tax": 18.802,
    "subtotal_ex_tax": 15.8, "grand_total": 23.35, "customer_message": "",
    "created_time": "2025-11-30T08:00:00+00:00", "updated_time": "2025-11-30T09:30:00+00:00",
    "version": 7
    """
}
