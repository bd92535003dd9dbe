/// A fact about a shopper that is stored. The number is its tag in the database: never change or reuse one.
///
/// Its key in the JSON of events is its name; `CartField` says what it is in filters, files and Lua.
public enum ShopperField: UInt8, CaseIterable, Sendable {
  case type = 1
  case email = 2
  case name = 3
  case phone = 4
  case company = 5
  case group = 6
  case customer = 7
  case session = 8
  case ip = 9
  case country = 10
  case browser = 11
  case billingFirstName = 20
  case billingLastName = 21
  case billingCompany = 22
  case billingStreet1 = 23
  case billingStreet2 = 24
  case billingCity = 25
  case billingState = 26
  case billingPostalCode = 27
  case billingCountry = 28
  case billingPhone = 29
  case shippingFirstName = 40
  case shippingLastName = 41
  case shippingCompany = 42
  case shippingStreet1 = 43
  case shippingStreet2 = 44
  case shippingCity = 45
  case shippingState = 46
  case shippingPostalCode = 47
  case shippingCountry = 48
  case shippingPhone = 49

  /// What a script on the storefront can report.
  public static let reported: [ShopperField] = [.session, .ip, .country, .browser]

  public enum Privacy: Sendable {
    /// Says nothing about one person.
    case open
    /// A number or name that the shop gave: one person's, but it does not name them.
    case identifier
    /// Can name a person; such values stand apart from the event log and can be erased.
    case personal
  }

  public var privacy: Privacy {
    switch self {
    case .type, .group, .country: .open
    case .customer, .session: .identifier
    default: .personal
    }
  }

  public var isPersonal: Bool { privacy == .personal }

  /// Whether people write what they like in it: no number, code or address that a program makes.
  var isFreeText: Bool {
    switch self {
    case .type, .email, .phone, .customer, .session, .ip, .country, .browser, .billingPostalCode,
      .billingCountry, .billingPhone, .shippingPostalCode, .shippingCountry, .shippingPhone:
      false
    case .name, .company, .group, .billingFirstName, .billingLastName, .billingCompany,
      .billingStreet1, .billingStreet2, .billingCity, .billingState, .shippingFirstName,
      .shippingLastName, .shippingCompany, .shippingStreet1, .shippingStreet2, .shippingCity,
      .shippingState:
      true
    }
  }

  /// - Throws: `malformed` for a text with a card's number.
  public func refuseCard(_ text: String) throws(ModelError) {
    if isFreeText { try CardNumber.refuse(text, key) }
  }

  /// Whether it belongs to the billing or shipping address.
  public var isAddress: Bool { rawValue >= 20 }

  public var isShipping: Bool { rawValue >= 40 }

  /// The key in the JSON of events: `email`, or `postal_code` inside `shipping`.
  public var key: String {
    switch self {
    case .type: "type"
    case .email: "email"
    case .name: "name"
    case .phone: "phone"
    case .company: "company"
    case .group: "group"
    case .customer: "customer"
    case .session: "session"
    case .ip: "ip"
    case .country: "country"
    case .browser: "browser"
    case .billingFirstName, .shippingFirstName: "first_name"
    case .billingLastName, .shippingLastName: "last_name"
    case .billingCompany, .shippingCompany: "company"
    case .billingStreet1, .shippingStreet1: "street1"
    case .billingStreet2, .shippingStreet2: "street2"
    case .billingCity, .shippingCity: "city"
    case .billingState, .shippingState: "state"
    case .billingPostalCode, .shippingPostalCode: "postal_code"
    case .billingCountry, .shippingCountry: "country"
    case .billingPhone, .shippingPhone: "phone"
    }
  }

  /// The shopper's fields but those of addresses, in the order of their numbers.
  public static let own: [ShopperField] = allCases.filter { !$0.isAddress }

  /// The shopper's own fields, by their key.
  public static let byKey: [String: ShopperField] = Dictionary(
    uniqueKeysWithValues: own.map { ($0.key, $0) })

  /// The fields of one address, by their key.
  public static func address(shipping: Bool) -> [String: ShopperField] {
    shipping ? shippingByKey : billingByKey
  }

  private static let billingByKey = address(from: 20)
  private static let shippingByKey = address(from: 40)

  private static func address(from base: UInt8) -> [String: ShopperField] {
    Dictionary(
      uniqueKeysWithValues: allCases.filter { ($0.rawValue / 20) * 20 == base }.map {
        ($0.key, $0)
      })
  }

  /// The keys of an address, in the order in which it is written.
  public static let addressKeys = [
    "first_name", "last_name", "company", "street1", "street2", "city", "state", "postal_code",
    "country", "phone",
  ]
}

extension ShopperField {
  /// A value in the one form in which it is compared and stored; as it is where it has none.
  public func normalised(_ text: String) -> String {
    switch self {
    case .email: EmailAddress.normalised(text) ?? text
    case .ip: AddressBlock.normalised(text) ?? text
    case .customer: Int64(text).map { String($0) } ?? text
    default: text
    }
  }

  /// Whether lists and rules cannot compare it: an IP or e-mail that cannot be normalised.
  public func isUnchecked(_ text: String) -> Bool {
    switch self {
    case .email: !text.isEmpty && EmailAddress.normalised(text) == nil
    case .ip: !text.isEmpty && AddressBlock(address: text) == nil
    default: false
    }
  }
}
