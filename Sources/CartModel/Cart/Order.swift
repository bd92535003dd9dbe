/// The order that a cart became.
public struct Order: Equatable, Sendable {
  public var id: String
  public var at: Timestamp
  public var lines: [OrderLine]
  /// What was ordered, or what was paid where that was stated.
  public var total: Money
  /// What the total was made of when it was ordered; nil where only the total is known.
  public var amounts: Totals? {
    get { boxedAmounts.value }
    set { boxedAmounts = Boxed(newValue) }
  }
  private var boxedAmounts = Boxed<Totals>()
  public var state: State

  public enum State: UInt8, Sendable, CustomStringConvertible {
    case placed = 0
    case paid = 1
    case cancelled = 2
    case refunded = 3

    /// Whether it counts: it was neither cancelled nor refunded.
    public var stands: Bool { self == .placed || self == .paid }

    public var description: String {
      switch self {
      case .placed: "placed"
      case .paid: "paid"
      case .cancelled: "cancelled"
      case .refunded: "refunded"
      }
    }
  }

  /// Pieces over all lines.
  public var quantity: Int64 { lines.reduce(0) { $0 + $1.quantity } }

  /// What it adds to the turnover, wherever that is counted.
  public var turnover: Money { state.stands ? total : .zero(total.currency) }

  /// The rule of `turnover`, for those who read a figure.
  public static let turnoverRule = "an order that was cancelled or refunded since adds nothing"

  public init(id: String, at: Timestamp, lines: [OrderLine], total: Money, state: State) {
    self.id = id
    self.at = at
    self.lines = lines
    self.total = total
    self.state = state
  }
}

/// A line as it was ordered; it need not have stood in the cart.
public struct OrderLine: Equatable, Sendable {
  public var sku: String
  public var name: String
  /// In the order of their names.
  public var options: [Line.Option]
  public var quantity: Int64
  public var price: UnitPrice

  public init(
    sku: String, name: String = "", options: [Line.Option] = [], quantity: Int64, price: UnitPrice
  ) {
    self.sku = sku
    self.name = name
    self.options = options
    self.quantity = quantity
    self.price = price
  }

  /// A line of a cart as it is ordered.
  public init(_ line: Line) {
    self.init(
      sku: line.sku, name: line.name, options: line.options, quantity: line.quantity,
      price: line.price)
  }
}
