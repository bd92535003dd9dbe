import CartSupport

/// One thing that is known of a cart, declared once: what filters, orders, groups and lists read.
public struct CartField: Sendable, Equatable {
  public typealias Read = @Sendable (Cart, FilterContext, Totals?) -> CartValue

  /// As users write it: `total`, `shipping.country`.
  public let name: String
  /// Short names that mean it, too.
  public let aliases: [String]
  public let kind: Kind
  /// A sentence for help, without its name.
  public let about: String
  /// Whether it can name a person.
  public let isPersonal: Bool
  /// Whether its value needs the cart's prices.
  public let isPriced: Bool
  /// Whether the number 0, or no amount, means that nothing is known.
  public let isOptional: Bool
  private let read: Read

  public enum Kind: Equatable, Sendable {
    case text
    /// A name that may hold an asterisk: only `~` takes it for a pattern.
    case title
    case email
    /// An IP address.
    case address
    /// One of some words.
    case choice([String])
    case country
    case currency
    case status
    case number
    case amount
    case time
    case span
    case flag
  }

  init(
    _ name: String, aliases: [String] = [], _ kind: Kind, isPersonal: Bool = false,
    isPriced: Bool = false, isOptional: Bool = false, _ about: String, _ read: @escaping Read
  ) {
    self.name = name
    self.aliases = aliases
    self.kind = kind
    self.about = about
    self.isPersonal = isPersonal
    self.isPriced = isPriced
    self.isOptional = isOptional
    self.read = read
  }

  public static func == (a: CartField, b: CartField) -> Bool { a.name == b.name }

  /// What a cart says for it.
  ///
  /// - Parameter totals: of the cart, for a field that is priced; nil where they are out of range.
  public func value(_ cart: Cart, _ context: FilterContext, _ totals: Totals?) -> CartValue {
    read(cart, context, totals)
  }

  /// The same, with the cart priced where that is needed.
  public func value(_ cart: Cart, _ context: FilterContext) -> CartValue {
    read(cart, context, isPriced ? try? cart.price(context.settings) : nil)
  }

  /// Whether carts decide which fields of its kind there are: an attribute or an option.
  public var isFree: Bool {
    guard let dot = name.firstIndex(of: ".") else { return false }
    return CartFieldFamily.all.contains { $0.keys.isEmpty && $0.name == name[..<dot] }
  }

  /// Whether values have an order that `<` and `>` compare.
  public var isOrdered: Bool {
    switch kind {
    case .number, .amount, .time, .span: true
    case .text, .title, .email, .address, .choice, .country, .currency, .status, .flag: false
    }
  }

  /// Whether `~` compares it with a pattern.
  public var takesPattern: Bool {
    switch kind {
    case .text, .title, .email, .address: true
    case .choice, .country, .currency, .status, .number, .amount, .time, .span, .flag: false
    }
  }

  /// Whether it is of the cart's lines, of which there may be several.
  public var isOfLines: Bool { self == .sku || self == .product }

  /// Whether its value is another one as time goes by.
  public var readsClock: Bool { self == .status || self == .idle || self == .claimedBy }

  /// Whether carts can be grouped by it.
  public var isGroup: Bool {
    switch kind {
    case .amount, .time, .span: false
    default: true
    }
  }
}

extension CartField {
  /// The field of a name or a short name.
  ///
  /// - Throws: `malformed`, with a suggestion.
  public static func named(_ name: String) throws(ModelError) -> CartField {
    if let field = byName[name] { return field }
    if let dot = name.firstIndex(of: ".") {
      let (head, key) = (String(name[..<dot]), String(name[name.index(after: dot)...]))
      if let family = CartFieldFamily.all.first(where: { $0.name == head }) {
        return try family.field(key)
      }
    }
    throw ModelError(
      .malformed, "filter: no field \(quoted(name))\(didYouMean(name, among: names))")
  }

  /// What can be written for a field, for help, completion and suggestions.
  public static let names: [String] =
    all.flatMap { [$0.name] + $0.aliases } + CartFieldFamily.all.flatMap(\.names)

  private static let byName: [String: CartField] = Dictionary(
    all.flatMap { field in ([field.name] + field.aliases).map { ($0, field) } },
    uniquingKeysWith: { first, _ in first })
}
