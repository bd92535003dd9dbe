import CartEngine
import CartModel
import CartSupport
import Testing

@testable import BigCommerce

/// How a checkout becomes a cart of ours.
struct CheckoutTests {
  private func seen(_ json: String) throws -> SeenCart {
    let data = try #require(try JSONParser.parse(json)["data"])
    let reader = try CheckoutReader(data, currency: { Currency(code: $0) })
    return try reader.seen(cartID(1), storefront: "bigcommerce")
  }

  private func totals(_ json: String) throws -> Totals {
    let seen = try seen(json)
    return try seen.totals.totals(seen.currency)
  }

  /// The total that the parts come to.
  private func sum(_ totals: Totals, withTax: Bool) throws -> Money {
    let parts =
      try totals.subtotal - totals.discount + totals.shipping + totals.handling + totals.fees
    return withTax ? try parts + totals.tax : parts
  }

  @Test("The store's figures are shown, with their names, and add up")
  func figures() throws {
    let stated = try seen(SampleCheckout.json()).totals
    #expect(stated.taxes == [.init(name: "VAT", amount: try decimal("3.73"))])
    #expect(
      stated.coupons == [.init(code: "SAVE10", name: "10 % off", amount: try decimal("1.58"))])
    #expect(stated.lines == [.init("l1", try decimal("15.8"))])
    let totals = try totals(SampleCheckout.json())
    #expect(totals.discount.minor == 158 && totals.fees.minor == 0)
    #expect(totals.total.minor == 2335)
    #expect(try sum(totals, withTax: true) == totals.total)
  }

  @Test("A store with prices that include the tax is shown with it")
  func taxIncluded() throws {
    let cart = SampleCheckout.guest + ", \"tax_included\": true"
    let more = SampleCheckout.usual.replacing("1.58", with: "1.878")
    let totals = try totals(SampleCheckout.json(cart: cart, more: more))
    #expect(totals.subtotal.minor == 1880 && totals.shipping.minor == 583)
    #expect(totals.discount.minor == 188)
    #expect(try sum(totals, withTax: false) == totals.total)
  }

  @Test(
    "What no figure names is a discount where it lowers the total, and a fee where it raises it")
  func residual() throws {
    let lower = SampleCheckout.usual.replacing(
      "\"grand_total\": 23.35", with: "\"grand_total\": 20.35")
    let cheap = try totals(SampleCheckout.json(more: lower))
    #expect(cheap.discount.minor == 458)
    #expect(try sum(cheap, withTax: true) == cheap.total)
    let wrapped = SampleCheckout.usual.replacing(
      "\"fees\": []", with: "\"fees\": [{\"cost_ex_tax\": 1.00, \"cost_inc_tax\": 1.19}]"
    ).replacing("\"grand_total\": 23.35", with: "\"grand_total\": 28.35")
    let dear = try totals(SampleCheckout.json(more: wrapped))
    #expect(dear.fees.minor == 342 && dear.discount.minor == 0)
    #expect(try sum(dear, withTax: true) == dear.total)
  }

  @Test("Long tails and exponents are rounded once, and make no discount of a cent")
  func tails() throws {
    let more = SampleCheckout.usual
      .replacing("\"subtotal_ex_tax\": 15.8,", with: "\"subtotal_ex_tax\": 27.717647058823,")
      .replacing("\"grand_total\": 23.35", with: "\"grand_total\": 35.2676470588230012345")
    let totals = try totals(SampleCheckout.json(more: more))
    #expect(totals.subtotal.minor == 2772 && totals.discount.minor == 158)
    let line = SampleCheckout.physical.replacing(
      "\"list_price\": 7.9", with: "\"list_price\": 1.38588235294121E1")
    let seen = try seen(
      SampleCheckout.json(lines: "\"physical_items\": [\(line)], \"digital_items\": []"))
    #expect(seen.lines[0].price == (try decimal("13.858823529412")))
  }

  private static let kinds = """
    "physical_items": [
      {"id": "b", "parent_id": {}, "product_id": 1, "sku": "BOX", "name": "Box", "quantity": 1.0,
       "list_price": "20.00", "extended_list_price": 20},
      {"id": "c", "parent_id": "b", "product_id": "2", "sku": null, "name": "Cup", "quantity": "2",
       "list_price": 0, "is_mutable": false, "added_by_promotion": true}],
    "digital_items": [
      {"id": "d", "parent_id": 0, "product_id": 3, "variant_id": null, "name": "Book",
       "quantity": 1, "list_price": 5, "extended_list_price": 5}],
    "gift_certificates": [
      {"id": "g", "name": "", "theme": "General", "amount": 25, "taxable": false, "message": "x",
       "sender": {"name": "A", "email": "a@example.com"},
       "recipient": {"name": "B", "email": "b@example.com"}}],
    "custom_items": [
      {"id": "x", "sku": "", "name": "Ribbon", "quantity": "3", "list_price": "1.50",
       "extended_list_price": "4.50"},
      {"id": "y", "name": "Nothing", "quantity": 0, "list_price": "1.50"}]
    """

  @Test("All kinds of lines are read, whatever types their numbers have")
  func kinds() throws {
    let lines = try seen(SampleCheckout.json(lines: Self.kinds)).lines
    #expect(lines.map(\.id) == ["b", "c", "d", "g", "x"])
    #expect(
      lines.map(\.facts.kind) == [.physical, .physical, .digital, .giftCertificate, .custom])
    #expect(lines.map(\.facts.parent) == ["", "b", "", "", ""])
    #expect(lines.map(\.facts.product) == ["1", "2", "3", "", ""])
    #expect(lines.map(\.facts.isMutable) == [true, false, true, true, true])
    #expect(lines.map(\.facts.isGift) == [false, true, false, false, false])
    #expect(lines.map(\.quantity) == [1, 2, 1, 1, 3])
    #expect(lines.map(\.sku) == ["BOX", "", "", "", ""])
    #expect(lines.map(\.name) == ["Box", "Cup", "Book", "Gift certificate", "Ribbon"])
    #expect(lines.map(\.price.plainText) == ["20", "0", "5", "25", "1.5"])
  }

  @Test(
    "What cannot be a cart is refused with the reason, and never crashes",
    arguments: [
      ("\"list_price\": 7.9", "\"list_price\": -7.9", "line 'l1': list_price:"),
      ("\"list_price\": 7.9", "\"list_price\": {}", "line 'l1': list_price: expected a decimal"),
      ("\"quantity\": 2", "\"quantity\": 1.5", "line 'l1': quantity: expected a whole number"),
      ("\"quantity\": 2", "\"quantity\": 99999999999999999999", "line 'l1': quantity"),
      ("\"quantity\": 2", "\"quantity\": 2000000", "line 'l1': quantity: expected 1 … 1000000"),
      ("\"id\": \"l1\"", "\"id\": null", "line: expected an id of its own"),
      ("\"code\": \"EUR\"", "\"code\": \"XXX\"", "cart: the currency 'XXX' is not known"),
      ("\"grand_total\"", "\"other\"", "checkout: expected subtotal and grand_total"),
      ("\"tax_total\": 3.73", "\"tax_total\": 1e300", "tax_total"),
    ])
  func garbled(part: String, other: String, words: String) throws {
    let json = SampleCheckout.json().replacing(part, with: other)
    let error = storeError { _ = try seen(json) }
    #expect(error?.code == .garbled)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "nothing")")
  }

  private static let address = """
    "billing_address": {"first_name": "Jane", "last_name": "Doe", "email": "jane@example.com",
      "company": "Tea Ltd", "address1": "1 Main St", "address2": "", "city": "Austin",
      "state_or_province": "", "state_or_province_code": "TX", "country_code": "us",
      "postal_code": "78701", "phone": "123"},
    "consignments": [{"id": "k", "address": {"first_name": "Tim", "country_code": "??"},
      "selected_shipping_option": {"description": "DHL Express", "type": "shipping_x", "id": "9"}}],
    """

  @Test("Addresses, names and the chosen shipping are read; what the store cannot say is left out")
  func addresses() throws {
    let rest = SampleCheckout.usual.replacing(
      "\"billing_address\": {}, \"consignments\": [],", with: "")
    let seen = try seen(SampleCheckout.json(more: Self.address + rest))
    #expect(seen.totals.shippingName == "DHL Express")
    let shopper = seen.shopper
    #expect(shopper[.name] == "Jane Doe" && shopper[.email] == "jane@example.com")
    #expect(shopper[.billingState] == "TX" && shopper[.billingCountry] == "US")
    #expect(shopper[.shippingFirstName] == "Tim" && shopper[.shippingCountry] == "")
    #expect(shopper[.type] == "guest" && shopper[.customer] == "")
    for field in [ShopperField.ip, .browser, .session, .country, .group] {
      #expect(shopper[field] == nil)
    }
  }

  @Test("A shopper who signed out leaves neither e-mail nor number; a customer keeps what is known")
  func signOut() throws {
    let guest = try seen(SampleCheckout.json()).shopper
    #expect(guest[.email] == "" && guest[.customer] == "" && guest[.name] == "")
    let cart = SampleCheckout.guest.replacing("\"customer_id\": 0", with: "\"customer_id\": 11")
    let customer = try seen(SampleCheckout.json(cart: cart)).shopper
    #expect(customer[.type] == "registered" && customer[.customer] == "11")
    #expect(customer[.name] == nil)
  }
}
