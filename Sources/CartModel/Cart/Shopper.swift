import CartSupport

extension Shopper {
  /// What names the person best: the e-mail, else the name; empty for a stranger.
  public var who: String { self[.email].isEmpty ? self[.name] : self[.email] }

  /// The name with the e-mail, `Luca Rossi (luca@example.com)`, or what is known of the two.
  public var nameAndEmail: String {
    let (name, email) = (printable(self[.name]), printable(self[.email]))
    if name.isEmpty || name == email { return email }
    return email.isEmpty ? name : "\(name) (\(email))"
  }
}

extension Shopper {
  /// Whether both may be one person: by customer number, else e-mail, else name. A stranger who
  /// becomes known stays the same.
  public func mayBe(_ other: Shopper) -> Bool {
    if customer > 0, other.customer > 0 { return customer == other.customer }
    for field in [ShopperField.email, .name] {
      let (mine, theirs) = (self[field], other[field])
      if !mine.isEmpty, !theirs.isEmpty { return TextFold.areEqual(mine, theirs) }
    }
    return nameAndEmail.isEmpty && customer <= 0
  }
}

extension Cart {
  /// What names the cart to a person: the shopper, else its id.
  public var label: String {
    let shopper = shopper.nameAndEmail
    return shopper.isEmpty ? "cart \(printable(id))" : shopper
  }

  /// The shopper with the cart's id.
  public var fullLabel: String {
    let shopper = shopper.nameAndEmail
    return "cart \(printable(id))" + (shopper.isEmpty ? "" : " of \(shopper)")
  }
}

/// One thing known of a shopper. The number is what the database holds: never change one.
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

  /// Whether it can name a person; such values stand apart from the event log and can be erased.
  public var isPersonal: Bool {
    switch self {
    case .type, .group, .customer, .session, .country: false
    default: true
    }
  }

  /// Whether it belongs to the billing or shipping address.
  public var isAddress: Bool { rawValue >= 20 }

  /// The key in the JSON of events: `email`, or `postal_code` inside `shipping`.
  public var key: String { Self.keys[self] ?? "" }

  /// The shopper's own fields, by their key.
  public static let byKey: [String: ShopperField] = Dictionary(
    uniqueKeysWithValues: allCases.filter { !$0.isAddress }.map { ($0.key, $0) })

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

  private static let keys: [ShopperField: String] = allCases.reduce(into: [:]) { keys, field in
    keys[field] =
      field.isAddress ? addressKeys[Int(field.rawValue % 20)] : String(describing: field)
  }
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

/// The person behind a cart, as far as known; a field that is not known is empty.
public struct Shopper: Equatable, Sendable {
  /// In the order of the fields' numbers, none empty.
  public private(set) var fields: [(field: ShopperField, value: String)]

  public init() { fields = [] }

  public static func == (a: Shopper, b: Shopper) -> Bool {
    a.fields.elementsEqual(b.fields) { $0.field == $1.field && $0.value == $1.value }
  }

  public subscript(field: ShopperField) -> String {
    get {
      for entry in fields where entry.field == field { return entry.value }
      return ""
    }
    set {
      if let index = fields.firstIndex(where: { $0.field.rawValue >= field.rawValue }) {
        if fields[index].field != field {
          guard !newValue.isEmpty else { return }
          grow()
          fields.insert((field, newValue), at: index)
        } else if newValue.isEmpty {
          fields.remove(at: index)
        } else {
          fields[index].value = newValue
        }
      } else if !newValue.isEmpty {
        grow()
        fields.append((field, newValue))
      }
    }
  }

  /// There are few fields and many shoppers: growing by doubling would leave half of it unused.
  private mutating func grow() {
    if fields.count == fields.capacity { fields.reserveCapacity(fields.count + 1) }
  }

  public var isRegistered: Bool { self[.type] == "registered" || customer != 0 }
  public var customer: Int64 { Int64(self[.customer]) ?? 0 }
  /// The part of the e-mail behind its last `@`.
  public var domain: String {
    let email = self[.email]
    guard let at = email.lastIndex(of: "@") else { return "" }
    return String(email[email.index(after: at)...])
  }
}

/// One field of a shopper, before and after.
public struct FieldChange: Equatable, Sendable {
  public var field: ShopperField
  public var before: String
  public var after: String

  public init(_ field: ShopperField, before: String = "", after: String) {
    self.field = field
    self.before = before
    self.after = after
  }
}
