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
  /// Whether neither a name, an e-mail nor a customer number is known.
  public var isStranger: Bool { nameAndEmail.isEmpty && customer <= 0 }

  /// Whether both may be one person: by customer number, else e-mail, else name. A stranger who
  /// becomes known stays the same.
  public func mayBe(_ other: Shopper) -> Bool {
    if customer > 0, other.customer > 0 { return customer == other.customer }
    for field in [ShopperField.email, .name] {
      let (mine, theirs) = (self[field], other[field])
      if !mine.isEmpty, !theirs.isEmpty { return TextFold.areEqual(mine, theirs) }
    }
    return isStranger
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

  /// Makes room for a number of fields.
  package mutating func reserve(_ count: Int) { fields.reserveCapacity(count) }

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
