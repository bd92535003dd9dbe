import CartModel
import CartSupport
import LuaKit

/// `money`: exact amounts.
enum MoneyClass {
  /// How many minor units a whole one has, by the currency's number.
  nonisolated(unsafe) static let scales: UnsafeBufferPointer<Int64> = {
    let scales = UnsafeMutableBufferPointer<Int64>.allocate(capacity: Currency.numberLimit)
    scales.initialize(repeating: 0)
    for number in 0..<Currency.numberLimit {
      guard let currency = Currency(number: number) else { continue }
      scales[number] = (0..<currency.decimals).reduce(1) { value, _ in value * 10 }
    }
    return UnsafeBufferPointer(scales)
  }()

  static let functions: [ScriptFunction] = [
    ScriptFunction(
      "money", .pure,
      [
        .required("text", "string", grammar: .amount),
        .optional("currency", "string", grammar: .currency),
      ],
      returns: "money", noting: .nothing,
      "An exact amount: money(\"12.99\"), in the store's currency unless another is named.",
      errors: ["a text with more decimals than the currency has", "a currency not of ISO 4217"]
    ) { call in
      guard case .string(let text) = call[0] else {
        throw call.failure(0, "a decimal text as \"12.99\"")
      }
      var currency = call.settings.currency
      if let code = try call.optionalText(1) { currency = try Self.currency(code, call.settings) }
      return [call.session.object(try Money(text, currency))]
    }
  ]

  static func currency(_ code: String, _ settings: StoreSettings = StoreSettings())
    throws(LuaRaise) -> Currency
  {
    guard let named = settings.currency(code) else {
      throw LuaRaise(
        "money: expected a currency of ISO 4217, got \(quoted(code))"
          + didYouMean(code, among: Currency.codes))
    }
    return named
  }

  static let declaration = ScriptClass(
    kind: .money, .pure,
    fields: [
      ScriptField("minor", "integer", "The count of minor units.") { .integer($0.object.word) },
      ScriptField("currency", "string", "ISO 4217.") {
        .string(try $0.session.money($0.object).currency.code)
      },
    ],
    methods: [
      ScriptFunction(
        "percent", .pure, [.required("percent", "number|string", grammar: .percent)],
        returns: "money",
        "A share in percent, rounded half up."
      ) { call in
        let text = try decimal(call, 0, "a percentage")
        return [call.session.object(try own(call).percent(try Percent(text)))]
      },
      ScriptFunction(
        "ratio", .pure, [.required("numerator", "integer"), .required("denominator", "integer")],
        returns: "money", "The amount × numerator / denominator, rounded half up."
      ) { call in
        [call.session.object(try own(call).ratio(try call.integer(0), try call.integer(1)))]
      },
      ScriptFunction(
        "split", .pure, [.required("parts", "integer")], returns: "money[]",
        "Amounts that differ by at most one minor unit."
      ) { call in
        [.list(try own(call).split(try call.integer(0)).map(call.session.object))]
      },
      ScriptFunction(
        "eq", .pure, [.required("other", "money|number|string", grammar: .decimal)],
        returns: "boolean",
        "Equality also with numbers and texts, for which == is always false."
      ) { call in
        switch call[0] {
        case .object(let object) where object.classID == ScriptClassID.money.rawValue: break
        case .number(let number) where number.isNaN:
          throw call.failure(0, "money, a number or a decimal text")
        case .integer, .number, .string: break
        default: throw call.failure(0, "money, a number or a decimal text")
        }
        return [.boolean(try compare(call, try own(call), call[0]) { $0 == $1 })]
      },
    ],
    events: [
      operation("add") { call in
        let (a, b) = try both(call, "add")
        return call.session.object(try a + b)
      },
      operation("sub") { call in
        let (a, b) = try both(call, "subtract")
        return call.session.object(try a - b)
      },
      operation("mul") { call in
        switch (call[0], call[1]) {
        case (.object(let object), .integer(let factor)),
          (.integer(let factor), .object(let object)):
          return call.session.object(try call.session.money(object) * factor)
        case (.number, _), (_, .number):
          throw LuaRaise(
            "money: cannot multiply by a float; use :percent(n) or :ratio(n, d), which round")
        default: throw LuaRaise("money: expected a whole number to multiply by")
        }
      },
      operation("div") { call in
        let (a, b) = try both(call, "divide")
        guard a.currency == b.currency else {
          throw LuaRaise("money: cannot divide \(a.currency) by \(b.currency)")
        }
        guard b.minor != 0 else { throw LuaRaise("money: cannot divide by zero") }
        return .number(Double(a.minor) / Double(b.minor))
      },
      operation("unm") { call in
        guard case .object(let object) = call[0] else { return .nil }
        return call.session.object(try call.session.money(object) * -1)
      },
      operation("eq") { call in .boolean(call[0] == call[1]) },
      operation("lt") { call in .boolean(try ordered(call) { $0 < $1 }) },
      operation("le") { call in .boolean(try ordered(call) { $0 <= $1 }) },
      operation("tostring") { call in
        guard case .object(let object) = call[0] else { return .nil }
        return .string(try call.session.money(object).description)
      },
    ])

  private static func operation(
    _ name: String, _ body: @escaping @Sendable (ScriptCall) throws -> LuaValue
  ) -> ScriptFunction {
    ScriptFunction(name, .pure, [.rest], "") { [try body($0)] }
  }

  private static func own(_ call: ScriptCall) throws -> Money {
    try call.session.money(call.object)
  }

  private static func both(_ call: ScriptCall, _ verb: String) throws -> (Money, Money) {
    (try side(call, 0, verb), try side(call, 1, verb))
  }

  private static func side(_ call: ScriptCall, _ index: Int, _ verb: String) throws -> Money {
    guard case .object(let object) = call[index], object.classID == ScriptClassID.money.rawValue
    else {
      throw LuaRaise(
        "money: cannot \(verb) money and \(call.session.kind(call[index])); write money(\"…\")")
    }
    return try call.session.money(object)
  }

  /// A number or text as decimal text; a float means its shortest decimal text.
  private static func decimal(_ call: ScriptCall, _ index: Int, _ what: String) throws -> String {
    switch call[index] {
    case .integer(let number): return String(number)
    case .number(let number) where number.isFinite: return LuaValue.decimalText(number)
    case .string(let text): return text
    default: throw call.failure(index, what)
    }
  }

  private static func ordered(_ call: ScriptCall, _ holds: (Int128, Int128) -> Bool) throws
    -> Bool
  {
    guard case .object(let object) = call[0], object.classID == ScriptClassID.money.rawValue
    else {
      // The money is on the right: compare the other way round.
      guard case .object(let object) = call[1] else { return false }
      return try compare(call, call.session.money(object), call[0]) { holds($1, $0) }
    }
    return try compare(call, call.session.money(object), call[1], holds)
  }

  /// Compares whole numbers of 10^-18 units, exactly.
  private static func compare(
    _ call: ScriptCall, _ money: Money, _ other: LuaValue, _ holds: (Int128, Int128) -> Bool
  ) throws -> Bool {
    let price: UnitPrice
    switch other {
    case .object(let object) where object.classID == ScriptClassID.money.rawValue:
      let other = try call.session.money(object)
      guard other.currency == money.currency else {
        throw LuaRaise("money: cannot compare \(money.currency) and \(other.currency)")
      }
      return holds(Int128(money.minor), Int128(other.minor))
    case .integer(let number): price = UnitPrice(mantissa: number, scale: 0)
    case .number(let number) where number.isInfinite:
      return holds(Int128(money.minor), number < 0 ? -(1 << 100) : 1 << 100)
    case .number(let number) where number.isFinite:
      return compare(money, number, holds)
    case .string(let text): price = try signed(text)
    default:
      throw LuaRaise("money: cannot compare money and \(call.session.kind(other))")
    }
    return holds(
      Int128(money.minor) * Int128(pow10(price.scale)),
      Int128(price.mantissa) * Int128(pow10(money.currency.decimals)))
  }

  /// A float means its shortest decimal text, which may be far longer than a price's.
  private static func compare(
    _ money: Money, _ number: Double, _ holds: (Int128, Int128) -> Bool
  ) -> Bool {
    let unit = Double(pow10(money.currency.decimals))
    let near = Double(money.minor) / unit
    // Far apart, floats decide; near each other both are small enough for exact numbers.
    if abs(near - number) > 1 + abs(near) / 1e6 {
      return holds(near < number ? 0 : 1, near < number ? 1 : 0)
    }
    let text = LuaValue.decimalText(abs(number))
    let parts = text.split(separator: ".")
    let fraction = parts.count > 1 ? parts[1] : ""
    let kept = fraction.prefix(16)
    var value = Int128(String(parts[0] + kept)) ?? 0
    // What is cut off lies between two numbers of 16 decimals.
    value = value * 2 + (fraction.count > kept.count ? 1 : 0)
    if number < 0 { value = -value }
    let scale = (0..<kept.count).reduce(Int128(1)) { power, _ in power * 10 }
    return holds(
      Int128(money.minor) * scale * 2, value * Int128(pow10(money.currency.decimals)))
  }

  /// A decimal text, which may be negative.
  static func signed(_ text: String) throws(ModelError) -> UnitPrice {
    guard text.hasPrefix("-") else { return try UnitPrice(text) }
    let price = try UnitPrice(text.dropFirst())
    return UnitPrice(mantissa: -price.mantissa, scale: price.scale)
  }

  private static func pow10(_ exponent: Int) -> Int64 {
    (0..<exponent).reduce(1) { power, _ in power * 10 }
  }
}
