/// Which carts are meant: conditions that must all hold, an order and a limit.
///
/// A filter has two readings, SQL (in the store) and `matches` in memory, which agree.
public struct Filter: Equatable, Sendable {
  public var conditions: [Condition] = []
  /// How many conditions, words, and values of one condition there may be: SQLite's limit on the
  /// depth of an expression is 1000.
  static let most = 300
  /// Bare words; each must stand in the id, e-mail, name, phone, a SKU or product, or the order.
  public var words: [String] = []
  public var sort: Sort = .init(field: .updated, descending: true)
  public var limit: Int?
  /// The moment to look at; nil for now. Both readings leave it to who asks.
  public var at: Timestamp?

  public init() {}

  /// Whether it names a status; without one, active and abandoned carts are meant.
  public var namesStatus: Bool { conditions.contains { $0.field == .status } || anyStatus }
  /// `status=any`.
  public var anyStatus = false

  public struct Sort: Equatable, Sendable {
    public var field: FilterField
    public var descending: Bool

    public init(field: FilterField, descending: Bool) {
      self.field = field
      self.descending = descending
    }
  }

  public struct Condition: Equatable, Sendable {
    public var field: FilterField
    public var comparison: Comparison
    /// Any of these; for an ordering comparison, one.
    public var operands: [Operand]

    public init(_ field: FilterField, _ comparison: Comparison, _ operands: [Operand]) {
      self.field = field
      self.comparison = comparison
      self.operands = operands
    }
  }

  public enum Comparison: String, Sendable, CaseIterable {
    case equal = "="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case like = "~"
  }

  /// A value to compare with, of the field's kind.
  public enum Operand: Equatable, Sendable {
    case text(String)
    case glob(Glob, String)
    case block(AddressBlock, String)
    case number(Int64)
    case amount(UnitPrice)
    case time(Timestamp)
    case status(Status)
  }
}

/// What a filter can compare and sort by.
public enum FilterField: String, CaseIterable, Sendable {
  case id
  case status
  case country
  case email
  case domain
  case name
  case phone
  case company
  case group
  case ip
  case session
  case browser
  case type
  case customer = "customer_id"
  case currency
  case sku
  case product
  case coupon
  case flag
  case order
  case quantity
  case lines
  case version
  case subtotal
  case discount
  case shipping
  case tax
  case total
  case created
  case updated
  case idle

  enum Kind { case text, address, number, amount, time, span, status, country, currency }

  var kind: Kind {
    switch self {
    case .status: .status
    case .country: .country
    case .currency: .currency
    case .ip: .address
    case .customer, .quantity, .lines, .version: .number
    case .subtotal, .discount, .shipping, .tax, .total: .amount
    case .created, .updated: .time
    case .idle: .span
    default: .text
    }
  }

  /// Whether it needs the cart's prices.
  public var isPriced: Bool {
    switch self {
    case .discount, .shipping, .tax, .total: true
    default: false
    }
  }
}
