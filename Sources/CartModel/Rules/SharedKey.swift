import CartModel

/// What carts can have in common: an address, a person, a card, or up to three of these together.
public struct SharedKey: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case ip
    /// The /24 or /64 around the address.
    case net
    case email, domain, customer, session, country, browser
    /// The keyed hash of the card that was tried last.
    case card
  }

  public let kinds: [Kind]

  /// - Throws: `malformed` for names that are none, none at all or more than three.
  public init(_ names: [String]) throws(ModelError) {
    var kinds: [Kind] = []
    for name in names {
      guard let kind = Kind(rawValue: name) else {
        let known = Kind.allCases.map(\.rawValue)
        throw ModelError(
          .malformed,
          "same: no key \(quoted(name))\(didYouMean(name, among: known)); expected one of "
            + known.joined(separator: ", "))
      }
      if !kinds.contains(kind) { kinds.append(kind) }
    }
    guard (1...3).contains(kinds.count) else {
      throw ModelError(.malformed, "same: expected one to three keys, got \(kinds.count)")
    }
    self.kinds = kinds.sorted { $0.rawValue < $1.rawValue }
  }

  init(_ kind: Kind) { kinds = [kind] }

  /// The value that a person has of it; nil where any part is unknown.
  func value(of person: Person) -> String? {
    if kinds.count == 1 { return Self.part(kinds[0], person) }
    var text = ""
    for kind in kinds {
      guard let part = Self.part(kind, person) else { return nil }
      text += part + "\u{1f}"
    }
    return text
  }

  /// The value that a shopper has of it; nil where any part is unknown.
  ///
  /// - Parameter card: the one that was tried last.
  func value(of shopper: Shopper, card: String) -> String? {
    // Only what the key names is put into its canonical form.
    var person = Person()
    person.card = card
    for kind in kinds {
      switch kind {
      case .ip, .net: person.set(.ip, shopper[.ip])
      case .email, .domain: person.set(.email, shopper[.email])
      case .customer: person.set(.customer, shopper[.customer])
      case .session: person.set(.session, shopper[.session])
      case .country: person.set(.country, shopper[.country])
      case .browser: person.set(.browser, shopper[.browser])
      case .card: break
      }
    }
    return value(of: person)
  }

  private static func part(_ kind: Kind, _ person: Person) -> String? {
    let text: String
    switch kind {
    case .ip: text = person.ip
    case .net: text = person.net
    case .email: text = person.email
    case .domain:
      text =
        person.email.lastIndex(of: "@").map {
          String(person.email[person.email.index(after: $0)...])
        } ?? ""
    case .customer: text = person.customer
    case .session: text = person.session
    case .country: text = person.country
    case .browser: text = person.browser
    case .card: text = person.card
    }
    return text.isEmpty ? nil : text
  }

  /// Who a cart's shopper is, in canonical form: one address written in two ways is one.
  struct Person: Equatable, Sendable {
    var ip = ""
    var net = ""
    var email = ""
    var customer = ""
    var session = ""
    var country = ""
    var browser = ""
    var card = ""

    init() {}

    /// - Returns: whether it is a field that carts can share.
    @discardableResult
    mutating func set(_ field: ShopperField, _ text: String) -> Bool {
      switch field {
      case .ip:
        let block = try? AddressBlock(text)
        ip = block?.description ?? text
        net = block.map { $0.around($0.isV6 ? 64 : 24).description } ?? ""
      case .email: email = EmailAddress(text)?.description ?? text.lowercased()
      case .customer: customer = text == "0" ? "" : text
      case .session: session = text
      case .country: country = text
      case .browser: browser = text
      default: return false
      }
      return true
    }
  }
}
