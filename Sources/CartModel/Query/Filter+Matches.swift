/// What a filter needs to know beside the cart: the clock and the settings.
public struct FilterContext: Sendable {
  public var now: Timestamp
  public var settings: StoreSettings

  public init(now: Timestamp, settings: StoreSettings) {
    self.now = now
    self.settings = settings
  }
}

extension Filter {
  /// The reading in memory, of one cart; see `FilterReading` for many.
  public func matches(_ cart: Cart, _ context: FilterContext) -> Bool {
    FilterReading(self, context).matches(cart)
  }
}

/// The reading of a filter in memory, made ready once for many carts.
public struct FilterReading: Sendable {
  private indirect enum Node: Sendable {
    case all([Node])
    case any([Node])
    case not(Node)
    case test(Filter.Condition)
    case word(SearchNeedle)

    init(_ expression: Filter.Expression) {
      self =
        switch expression {
        case .all(let parts): .all(parts.map(Node.init))
        case .any(let parts): .any(parts.map(Node.init))
        case .not(let part): .not(Node(part))
        case .test(let test): .test(test)
        case .word(let word): .word(SearchNeedle(word))
        }
    }

    /// - Parameter totals: of the cart; nil where they are out of range, or no test needs them.
    func holds(_ cart: Cart, _ context: FilterContext, _ totals: Totals?) -> Bool {
      switch self {
      case .all(let parts): parts.allSatisfy { $0.holds(cart, context, totals) }
      case .any(let parts): parts.contains { $0.holds(cart, context, totals) }
      case .not(let part): !part.holds(cart, context, totals)
      case .test(let test): test.matches(cart, context, totals)
      case .word(let word): word.isIn(cart)
      }
    }
  }

  private let root: Node
  private let context: FilterContext
  /// Whether active and abandoned carts are meant only.
  private let isOpen: Bool
  private let isPriced: Bool

  public init(_ filter: Filter, _ context: FilterContext) {
    root = Node(filter.expression)
    self.context = context
    isOpen = !filter.namesStatus
    isPriced = filter.expression.tests.contains { $0.field.isPriced }
  }

  public func matches(_ cart: Cart) -> Bool {
    if isOpen {
      switch cart.status(at: context.now, context.settings) {
      case .active, .abandoned: break
      case .expired, .ordered, .deleted, .held, .merged: return false
      }
    }
    return root.holds(cart, context, isPriced ? try? cart.price(context.settings) : nil)
  }
}

extension Filter.Condition {
  public func matches(_ cart: Cart, _ context: FilterContext, _ totals: Totals?) -> Bool {
    let value = field.value(cart, context, totals)
    let any = operands.contains { holds($0, value) }
    return comparison == .notEqual ? !any : any
  }

  private func holds(_ operand: Filter.Operand, _ value: CartValue) -> Bool {
    switch (operand, value) {
    case (.text(let wanted), .text(let text)): return TextFold.areEqual(text, wanted)
    case (.text(let wanted), .texts(let list)):
      return list.isEmpty ? wanted.isEmpty : list.contains { TextFold.areEqual($0, wanted) }
    case (.glob(let glob, _), .text(let text)): return glob.matches(text)
    case (.glob(let glob, _), .texts(let list)):
      return list.isEmpty ? glob.matches("") : list.contains(where: glob.matches)
    case (.block(let block, _), .text(let text)): return block.contains(text)
    case (.status(let wanted), .status(let status)): return wanted == status
    case (.anyStatus, .status): return true
    case (.flag(let wanted), .flag(let flag)): return wanted == flag
    case (.number(let wanted), .number(let number)): return compare(number, wanted)
    case (.span(let wanted), .span(let span)): return compare(span, wanted)
    case (.time(let wanted), .time(let time)): return compare(time, wanted)
    case (.amount(let wanted), .amount(let money?)):
      return compare(
        Int128(money.minor) * Int128(powersOfTen[wanted.scale]),
        Int128(wanted.mantissa) * Int128(powersOfTen[money.currency.decimals]))
    case (.unknown, .amount(let money)): return money == nil
    case (.unknown, .number(let number)): return number == 0
    default: return false
    }
  }

  private func compare<N: Comparable>(_ a: N, _ b: N) -> Bool {
    switch comparison {
    case .equal, .notEqual, .like: a == b
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    }
  }

  /// A day is equal to each moment of it, and later than it is what comes after its end.
  private func compare(_ time: Timestamp, _ wanted: TypedTime) -> Bool {
    switch comparison {
    case .equal, .notEqual, .like: wanted.start <= time && time <= wanted.last
    case .less: time < wanted.start
    case .lessOrEqual: time <= wanted.last
    case .greater: time > wanted.last
    case .greaterOrEqual: time >= wanted.start
    }
  }
}
