import CartModel
import LuaKit

/// `price`: the exact price of one piece, with up to 12 decimals; the amount of several pieces is money.
enum PriceClass {
  static let declaration = ScriptClass(
    kind: .price, .pure, fields: [],
    methods: [
      ScriptFunction(
        "percent", .pure, [.required("percent", "number|string", grammar: .percent)],
        returns: "price",
        "A share in percent, exact to 12 decimals."
      ) { call in
        let text: String
        switch call[0] {
        case .integer(let number): text = String(number)
        case .number(let number) where number.isFinite: text = LuaValue.decimalText(number)
        case .string(let given): text = given
        default: throw call.failure(0, "a percentage")
        }
        let (price, currency) = try own(call.object)
        return [object(try price.percent(try Percent(text)), currency)]
      }
    ],
    events: [
      operation("mul") { call in
        switch (call[0], call[1]) {
        case (.object(let object), .integer(let pieces)),
          (.integer(let pieces), .object(let object)):
          let (price, currency) = try own(object)
          return call.session.object(try price.amount(pieces, currency))
        case (.number, _), (_, .number):
          throw LuaRaise(
            "price: cannot multiply by a float; use :percent(n), which is exact, or a whole number of "
              + "pieces")
        default: throw LuaRaise("price: expected a whole number of pieces to multiply by")
        }
      },
      operation("eq") { call in .boolean(call[0] == call[1]) },
      operation("lt") { call in .boolean(try compare(call, <)) },
      operation("le") { call in .boolean(try compare(call, <=)) },
      operation("tostring") { call in
        guard case .object(let object) = call[0] else { return .nil }
        let (price, currency) = try own(object)
        return .string(price.text(currency))
      },
    ])

  static func object(_ price: UnitPrice, _ currency: Currency) -> LuaValue {
    .object(
      LuaObject(
        classID: ScriptClassID.price.rawValue,
        slot: UInt32(currency.number) << 4 | UInt32(price.scale), word: price.mantissa))
  }

  private static func operation(
    _ name: String, _ body: @escaping @Sendable (ScriptCall) throws -> LuaValue
  ) -> ScriptFunction {
    ScriptFunction(name, .pure, [.rest], "") { [try body($0)] }
  }

  private static func own(_ object: LuaObject) throws -> (UnitPrice, Currency) {
    guard let currency = Currency(number: Int(object.slot >> 4)) else {
      throw LuaRaise("price: is no longer available")
    }
    return (UnitPrice(mantissa: object.word, scale: Int(object.slot & 15)), currency)
  }

  /// Compares exactly: prices and money of one currency, numbers and decimal texts.
  private static func compare(_ call: ScriptCall, _ holds: (Int128, Int128) -> Bool) throws -> Bool
  {
    let (a, b) = (try number(call, call[0]), try number(call, call[1]))
    if let mine = a.currency, let other = b.currency, mine != other {
      throw LuaRaise("price: cannot compare \(mine) and \(other)")
    }
    let scale = max(a.scale, b.scale)
    return holds(a.digits * power(scale - a.scale), b.digits * power(scale - b.scale))
  }

  private static func number(_ call: ScriptCall, _ value: LuaValue) throws -> (
    digits: Int128, scale: Int, currency: Currency?
  ) {
    switch value {
    case .object(let object) where object.classID == ScriptClassID.price.rawValue:
      let (price, currency) = try own(object)
      return (Int128(price.mantissa), price.scale, currency)
    case .object(let object) where object.classID == ScriptClassID.money.rawValue:
      let money = try call.session.money(object)
      return (Int128(money.minor), money.currency.decimals, money.currency)
    case .integer(let number): return (Int128(number), 0, nil)
    case .number(let number) where abs(number) < 1e17:
      // A float means its shortest decimal text; what is beyond 12 decimals is less than any price tells.
      let price = try UnitPrice(String(LuaValue.decimalText(abs(number)).prefixOfDecimals(12)))
      return (Int128(price.mantissa) * (number < 0 ? -1 : 1), price.scale, nil)
    case .string(let text):
      let price = try UnitPrice(text)
      return (Int128(price.mantissa), price.scale, nil)
    default: throw LuaRaise("price: cannot compare a price and \(call.session.kind(value))")
    }
  }

  private static func power(_ exponent: Int) -> Int128 {
    (0..<exponent).reduce(1) { power, _ in power * 10 }
  }
}

extension String {
  /// The text with at most so many digits behind its point.
  fileprivate func prefixOfDecimals(_ count: Int) -> Substring {
    guard let point = firstIndex(of: ".") else { return self[...] }
    return prefix(distance(from: startIndex, to: point) + 1 + count)
  }
}
