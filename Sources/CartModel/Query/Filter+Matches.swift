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
  /// The reading in memory.
  public func matches(_ cart: Cart, _ context: FilterContext) -> Bool {
    if !namesStatus {
      switch cart.status(at: context.now, context.settings) {
      case .active, .abandoned: break
      default: return false
      }
    }
    let isPriced = expression.tests.contains { $0.field.isPriced }
    return expression.holds(cart, context, isPriced ? try? cart.price(context.settings) : nil)
  }
}

extension Filter.Expression {
  /// - Parameter totals: of the cart; nil where they are out of range, or no test needs them.
  func holds(_ cart: Cart, _ context: FilterContext, _ totals: Totals?) -> Bool {
    switch self {
    case .all(let parts): parts.allSatisfy { $0.holds(cart, context, totals) }
    case .any(let parts): parts.contains { $0.holds(cart, context, totals) }
    case .not(let part): !part.holds(cart, context, totals)
    case .test(let test): test.matches(cart, context, totals)
    case .word(let word): cart.mentions(word)
    }
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
