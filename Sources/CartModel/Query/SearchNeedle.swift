/// A word that is searched in carts, made ready once for many of them.
struct SearchNeedle: Sendable {
  private let needle: TextFold.Needle
  /// The word as a phone number; nil for one that is none.
  private let phone: PhoneDigits?
  /// The word as the e-mail or domain that is stored, where that is another text: `münchen.de`.
  private let mail: TextFold.Needle?

  init(_ word: String) {
    needle = TextFold.Needle(word)
    phone = PhoneDigits(word)
    let stored =
      word.utf8.contains(UInt8(ascii: "@"))
      ? EmailAddress.normalised(word)
      : word.utf8.contains(UInt8(ascii: ".")) ? DomainName.normalised(word) : nil
    mail = stored.flatMap { $0 == word ? nil : TextFold.Needle($0) }
  }

  /// Whether it stands in the id, the e-mail, name, company, phone number or a postal code of the
  /// shopper, a SKU or a product's name, or the order's number.
  func isIn(_ cart: Cart) -> Bool {
    needle.isIn(cart.id) || Self.fields.contains { needle.isIn(cart.shopper[$0]) }
      || mail?.isIn(cart.shopper[.email]) ?? false
      || phone?.matches(cart.shopper) ?? false || needle.isIn(cart.order?.id ?? "")
      || cart.lines.contains { needle.isIn($0.sku) || needle.isIn($0.name) }
  }

  private static let fields: [ShopperField] = [
    .email, .name, .phone, .company, .shippingPostalCode, .billingPostalCode,
  ]
}
