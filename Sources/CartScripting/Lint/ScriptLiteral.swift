import CartModel
import CartSupport

/// Which texts a field can hold: one that it never holds is a comparison that is never true.
enum ScriptLiteral {
  /// Why a field is never this text, and what to write instead; nil where it can be.
  static func refusal(_ field: String, _ text: String) -> String? {
    guard !text.isEmpty else { return nil }
    switch field {
    case "cart.country": return country(text)
    case "cart.status": return one(of: Status.allCases.map(\.rawValue), field, text)
    case "cart.shopper_type": return one(of: ["guest", "registered"], field, text)
    case "order.status":
      return one(of: ["placed", "paid", "cancelled", "refunded"], field, text)
    case "cart.currency", "product.currency", "money.currency":
      guard Currency(code: text) == nil else { return nil }
      return "\(field) is never \(quoted(text)), which is no code of ISO 4217"
        + didYouMean(text.uppercased(), among: Currency.codes)
    case "cart.ip": return address(text)
    case "cart.email", "order.email", "customer.email": return email(field, text)
    case "cart.domain":
      guard let name = DomainName.normalised(text), name == text else {
        let hint = DomainName.normalised(text).map { "; did you mean '\($0)'?" } ?? ""
        return "cart.domain is never \(quoted(text)): domains are stored in small letters and ASCII"
          + hint
      }
      return nil
    default: return nil
    }
  }

  private static func one(of known: [String], _ field: String, _ text: String) -> String? {
    guard !known.contains(text) else { return nil }
    return "\(field) is never \(quoted(text)), it is \(known.joined(separator: ", "))"
      + didYouMean(text, among: known)
  }

  private static func country(_ text: String) -> String? {
    do throws(ModelError) { try Country.check(text) } catch {
      let hint = error.message.firstRange(of: "; did you mean").map {
        String(error.message[$0.lowerBound...])
      }
      return "cart.country is never \(quoted(text)): it is two capital letters of ISO 3166-1"
        + (hint ?? "")
    }
    return nil
  }

  private static func address(_ text: String) -> String? {
    if let own = AddressBlock.normalised(text) {
      return own == text ? nil : "cart.ip is never \(quoted(text)); write '\(own)'"
    }
    return "cart.ip is one address, never \(quoted(text)); write c:matches{\"ip=\(text)\"}"
  }

  private static func email(_ field: String, _ text: String) -> String? {
    if text.contains("*") {
      return "\(field) is never \(quoted(text)); == takes no *; write c:matches{\"email=\(text)\"}"
    }
    guard let own = EmailAddress.normalised(text) else {
      return "\(field) is never \(quoted(text)), which is no e-mail"
        + (text.contains("@") ? "" : "; for a domain compare c.domain")
    }
    guard own != text else { return nil }
    return "\(field) is never \(quoted(text)): e-mails are stored in small letters; write '\(own)'"
  }
}
