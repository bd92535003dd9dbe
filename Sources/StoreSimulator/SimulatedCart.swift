struct SimulatedLine: Sendable {
  enum Kind: Sendable { case physical, digital, gift, custom }

  let id: String
  let kind: Kind
  var parent: String?
  var product = 0
  var variant = 0
  var sku = ""
  var name: String
  var quantity: Int
  /// Before discounts.
  var listPrice: Amount
  /// After those of promotions.
  var salePrice: Amount
  var options: [SimulatedOption] = []
  /// False for gifts of promotions and what comes in a bundle.
  var isMutable = true
  var isGift = false
  /// Whether the price was set by staff.
  var hasOwnPrice = false

  var listTotal: Amount { listPrice * quantity }
  var saleTotal: Amount { salePrice * quantity }
}

struct SimulatedAddress: Equatable, Sendable {
  var id: String
  var fields: [String: String] = [:]

  subscript(_ name: String) -> String { fields[name] ?? "" }

  static let names = [
    "first_name", "last_name", "email", "company", "address1", "address2", "city",
    "state_or_province", "state_or_province_code", "country_code", "postal_code", "phone",
  ]
}

struct SimulatedConsignment: Sendable {
  let id: String
  var address: SimulatedAddress
  var lines: [String]
  var option: SimulatedShipping?
}

struct SimulatedShipping: Sendable {
  let id: String
  let name: String
  let cost: Amount
  let time: String

  static let all = [
    SimulatedShipping(
      id: "0d3a8f2b", name: "Standard", cost: Amount(590, places: 2), time: "3 days"),
    SimulatedShipping(
      id: "7c1e5b90", name: "Express", cost: Amount(1_490, places: 2), time: "1 day"),
    SimulatedShipping(id: "f1e2d3c4", name: "Free Shipping", cost: .zero, time: "5 days"),
  ]
}

struct SimulatedCoupon: Sendable {
  let id: Int
  let code: String
  let name: String
  /// Of the goods; 0 for an amount.
  let percent: Int
  let amount: Amount

  static let all = [
    SimulatedCoupon(id: 1, code: "SAVE15", name: "15% off", percent: 15, amount: .zero),
    SimulatedCoupon(id: 2, code: "FIVE", name: "5 off", percent: 0, amount: Amount(5)),
    SimulatedCoupon(id: 3, code: "ÜBER 7", name: "7% off", percent: 7, amount: .zero),
  ]
}

struct SimulatedCart: Sendable {
  let id: String
  var customer = 0
  var email = ""
  var channel = 1
  var currency: SimulatedCurrency
  var locale = "en"
  var lines: [SimulatedLine] = []
  var coupons: [SimulatedCoupon] = []
  /// Of the order, by a promotion.
  var discount = Amount.zero
  var billing: SimulatedAddress?
  var consignments: [SimulatedConsignment] = []
  var message = ""
  let created: Int64
  var updated: Int64
  var version = 1
  /// Of the last mail about it.
  var token: String?
  var isAbandoned = false
  /// Made by the API, not by a shopper.
  var isOurs = false

  var country: String? {
    let code = consignments.first?.address["country_code"] ?? billing?["country_code"] ?? ""
    return code.isEmpty ? nil : code
  }
}

/// What a cart comes to.
struct SimulatedTotals: Sendable {
  /// Before discounts of lines, as subtotals are.
  let list: Amount
  /// After them.
  let goods: Amount
  let couponDiscounts: [Amount]
  let discount: Amount
  let shipping: Amount
  let subtotalIncTax: Amount
  let subtotalExTax: Amount
  let cartIncTax: Amount
  let cartExTax: Amount
  let shippingIncTax: Amount
  let shippingExTax: Amount
  let tax: Amount
  let grand: Amount

  var coupons: Amount { couponDiscounts.sum }

  init(_ cart: SimulatedCart) {
    let places = cart.currency.places
    let includes = cart.currency.includesTax
    // Without an address a store shows the taxes of its own country, or none.
    let rate = cart.country.map { SimulatedTax.rates[$0] ?? 0 } ?? (includes ? 1_900 : 0)
    func ex(_ amount: Amount) -> Amount {
      includes ? amount.times(10_000, over: 10_000 + rate) : amount
    }
    func inc(_ amount: Amount) -> Amount {
      includes ? amount : amount.times(10_000 + rate, over: 10_000)
    }
    list = cart.lines.map(\.listTotal).sum
    goods = cart.lines.map(\.saleTotal).sum
    discount = min(cart.discount, goods)
    var left = goods - discount
    var coupons: [Amount] = []
    for coupon in cart.coupons {
      let wanted =
        coupon.percent > 0 ? goods.times(coupon.percent, over: 100) : coupon.amount
      coupons.append(min(wanted, left))
      left = left - min(wanted, left)
    }
    couponDiscounts = coupons
    shipping = cart.consignments.compactMap { $0.option?.cost }.sum
    (subtotalIncTax, subtotalExTax) = (inc(list), ex(list))
    (cartIncTax, cartExTax) = (inc(left), ex(left))
    (shippingIncTax, shippingExTax) = (inc(shipping), ex(shipping))
    tax = (cartIncTax - cartExTax + shippingIncTax - shippingExTax).rounded(places)
    grand = (cartIncTax + shippingIncTax).rounded(places)
  }
}
