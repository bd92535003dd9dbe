import CartEngine
import CartModel

/// Puts made-up persons in the place of real ones, the same for the same.
final class Disguise {
  private var known: [String: String] = [:]
  private var counts: [String: Int] = [:]
  private var domains: [String: Set<String>] = [:]
  private var browsers: [String: Set<String>] = [:]

  /// Blocks for documentation (RFC 5737).
  private static let blocks = ["203.0.113", "198.51.100", "192.0.2"]

  init(_ handler: CommandHandler) throws {
    try handler.shop.store.forEachCart { cart in
      if let mail = EmailAddress(cart.shopper[.email]) {
        if (domains[mail.domain]?.count ?? 0) < 3 {
          domains[mail.domain, default: []].insert(mail.description)
        }
      }
      let person = EmailAddress(cart.shopper[.email])?.description ?? cart.shopper[.session]
      if (browsers[cart.shopper[.browser]]?.count ?? 0) < 3 {
        browsers[cart.shopper[.browser], default: []].insert(person)
      }
    }
  }

  private func number(_ kind: String, _ text: String) -> Int {
    if let text = known[kind + "\u{1f}" + text], let number = Int(text) { return number }
    counts[kind, default: 0] += 1
    let number = counts[kind] ?? 1
    known[kind + "\u{1f}" + text] = String(number)
    return number
  }

  func word(_ kind: String, _ text: String) -> String {
    text.isEmpty ? "" : "\(kind) \(number(kind, text))"
  }

  /// A value of the shopper as the fixture has it: one that could name a person is made up.
  func disguised(_ field: ShopperField, _ text: String) -> String {
    switch (field, field.privacy) {
    // A country alone names nobody, and prices depend on it.
    case (.shippingCountry, _), (.billingCountry, _): text
    case (.ip, _): address(text)
    case (.email, _): mail(text)
    case (.browser, _): browser(text)
    case (.customer, _): String(number("customer", text))
    case (_, .open): text
    case (_, .identifier), (_, .personal): word(field.key, text)
    }
  }

  /// Addresses of one net stay in one net.
  func address(_ text: String) -> String {
    guard !text.isEmpty, let block = try? AddressBlock(text) else {
      return text.isEmpty ? "" : "address \(number("address", text))"
    }
    let net = block.around(block.isV6 ? 64 : 24).description
    let (place, host) = (number("net", net), number("host" + net, block.description))
    return block.isV6
      ? "2001:db8:\(place)::\(host)"
      : "\(Self.blocks[(place - 1) % Self.blocks.count]).\(min(host, 254))"
  }

  func mail(_ text: String) -> String {
    guard !text.isEmpty else { return "" }
    guard let mail = EmailAddress(text) else { return "no mail \(number("mail", text))" }
    let isShared = (domains[mail.domain]?.count ?? 0) >= 3
    let domain = isShared ? mail.domain : "domain\(number("domain", mail.domain)).example"
    return "shopper\(number("mail", mail.description))@\(domain)"
  }

  func browser(_ text: String) -> String {
    text.isEmpty || (browsers[text]?.count ?? 0) >= 3 ? text : "browser \(number("browser", text))"
  }
}
