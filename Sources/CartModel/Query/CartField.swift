import CartSupport

/// A fact about a cart, declared once.
///
/// Filters, sort orders, groups, lists, CSV and JSON files, Lua, completion, help, the cart page and
/// rule fixtures are derived from its declaration.
public struct CartField: Sendable, Equatable {
  public typealias Read = @Sendable (Cart, FilterContext, Totals?) -> CartValue

  /// As users write it: `total`, `shipping.country`.
  public let name: String
  /// What heads its column in a list: the name that the user typed.
  public private(set) var heading: String
  /// Short names that mean it, too.
  public let aliases: [String]
  public let kind: Kind
  /// A sentence for help, without its name.
  public let about: String
  public let traits: Traits
  public let export: Export
  public let page: Page
  /// The shopper's field that holds it, which imports and fixtures set; nil for any other.
  public let stored: ShopperField?
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

  /// Properties of a field that its kind does not say.
  public struct Traits: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// It can name a person.
    public static let personal = Traits(rawValue: 1)
    /// Its value needs the cart's prices.
    public static let priced = Traits(rawValue: 2)
    /// The number 0, or no amount, means that nothing is known.
    public static let optional = Traits(rawValue: 4)
    /// It is of the cart's lines, of which there may be several.
    public static let ofLines = Traits(rawValue: 8)
    /// Its value changes as time goes by.
    public static let clocked = Traits(rawValue: 16)
    /// A cart may have several values of it.
    public static let many = Traits(rawValue: 32)
    /// Carts decide which fields of its kind there are: an attribute or an option.
    public static let free = Traits(rawValue: 64)
    /// An import of carts reads it.
    public static let imported = Traits(rawValue: 128)
  }

  /// What files hold of it. Nothing in a file depends on the clock.
  public enum Export: Sendable {
    /// Its value, under its name; under another one where lists are called so: `coupons`.
    case value(column: String? = nil)
    /// Another value, which does not depend on the clock.
    case stored(@Sendable (Cart) -> CartValue)
    /// Its value, only where it is asked for.
    case asked
    /// Nothing, as it depends on the clock.
    case none
  }

  /// Where the page of a cart shows it.
  public enum Page: Equatable, Sendable {
    case none
    /// Among the facts about the cart.
    case cart(String)
    /// Among the facts about the shopper.
    case shopper(String)
    /// Among them, also where it is not known.
    case always(String)
  }

  init(
    _ name: String, aliases: [String] = [], _ kind: Kind, traits: Traits = [],
    export: Export = .value(), page: Page = .none, stored: ShopperField? = nil, _ about: String,
    _ read: @escaping Read
  ) {
    self.name = name
    heading = name
    self.aliases = aliases
    self.kind = kind
    self.traits = stored == nil ? traits : traits.union(.imported)
    self.export = export
    self.page = page
    self.stored = stored
    self.about = about
    self.read = read
  }

  /// The same field under another heading.
  func headed(_ heading: String) -> CartField {
    var field = self
    field.heading = heading
    return field
  }

  public static func == (a: CartField, b: CartField) -> Bool { a.name == b.name }

  /// Its value of a cart.
  ///
  /// - Parameter totals: of the cart, for a field that is priced; nil where they are out of range.
  public func value(_ cart: Cart, _ context: FilterContext, _ totals: Totals?) -> CartValue {
    read(cart, context, totals)
  }

  /// The same, with the cart priced where that is needed.
  public func value(_ cart: Cart, _ context: FilterContext) -> CartValue {
    read(cart, context, isPriced ? try? cart.price(context.settings) : nil)
  }
}

extension CartField {
  public var isPersonal: Bool { traits.contains(.personal) }
  public var isPriced: Bool { traits.contains(.priced) }
  public var isOptional: Bool { traits.contains(.optional) }
  public var isOfLines: Bool { traits.contains(.ofLines) }
  public var readsClock: Bool { traits.contains(.clocked) }
  public var isFree: Bool { traits.contains(.free) }
  public var isImported: Bool { traits.contains(.imported) }
  /// Whether a cart may have several values of it, and so stand in several groups.
  public var hasSeveral: Bool { traits.contains(.many) }

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

  /// Whether carts can be grouped by it.
  public var isGroup: Bool {
    switch kind {
    case .amount, .time, .span: false
    case .text, .title, .email, .address, .choice, .country, .currency, .status, .number, .flag:
      true
    }
  }

  /// Whether the case of its values does not matter: e-mails and domains.
  public var isFolded: Bool { self == .email || self == .domain }

  /// Whether its value is the text of the shopper's field as it is.
  public var isStoredText: Bool {
    switch kind {
    case .text, .title, .email, .address, .country: stored != nil
    case .choice, .currency, .status, .number, .amount, .time, .span, .flag: false
    }
  }

  /// Its column in a CSV file of carts; nil where files hold nothing of it.
  public var column: String? {
    switch export {
    case .value(let column): column ?? name
    case .stored, .asked: name
    case .none: nil
    }
  }

  /// Whether an export writes it unasked.
  public var isExported: Bool {
    switch export {
    case .value, .stored: true
    case .asked, .none: false
    }
  }

  /// What a file holds of a cart.
  ///
  /// - Parameter context: its clock changes nothing.
  public func exported(_ cart: Cart, _ context: FilterContext, _ totals: Totals?) -> CartValue {
    if case .stored(let read) = export { return read(cart) }
    return value(cart, context, totals)
  }
}
