extension Cart {
  /// Whether a word stands in the id, the e-mail, name, company, phone number or a postal code of the
  /// shopper, a SKU or a product's name, or the order's number.
  func mentions(_ word: String) -> Bool {
    let needle = TextFold.Needle(word)
    func has(_ text: String) -> Bool { needle.isIn(text) }
    let fields: [ShopperField] = [
      .email, .name, .phone, .company, .shippingPostalCode, .billingPostalCode,
    ]
    return has(id) || fields.contains { has(shopper[$0]) } || hasPhone(word)
      || has(order?.id ?? "") || lines.contains { has($0.sku) || has($0.name) }
  }

  /// Whether a word is digits of the phone number; zeros in front and signs between do not matter.
  private func hasPhone(_ word: String) -> Bool {
    guard word.utf8.allSatisfy({ Self.phoneBytes.contains($0) }) else { return false }
    let digits = word.utf8.filter { (0x30...0x39).contains($0) }.drop { $0 == 0x30 }
    guard digits.count >= 3 else { return false }
    return [ShopperField.phone, .shippingPhone, .billingPhone].contains { field in
      let own = shopper[field].utf8.filter { (0x30...0x39).contains($0) }
      return own.firstRange(of: digits) != nil
    }
  }

  private static let phoneBytes = Set("0123456789+-/(). ".utf8)
}
