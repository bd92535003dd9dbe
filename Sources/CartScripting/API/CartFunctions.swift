import CartEngine
import CartModel
import CartSupport
import LuaKit

/// Finding and making carts.
enum CartFunctions {
  static let all: [ScriptFunction] = [
    ScriptFunction(
      "cart", .read, [.required("id", "string")], returns: "cart",
      "The cart of an id, an alias, or the first characters of one (at least 4).",
      errors: ["an id that no cart has", "a beginning that several have, naming some"]
    ) { call in
      [call.session.object(cart: try call.handler.reader.find(try call.text(0)))]
    }
  ]

  /// What a filter of carts may say beside its tests.
  static let options: Set<FilterOption> = [.sort, .limit, .at]

  /// `carts{…}` and `carts.create{…}`.
  static let namespace = ScriptClass(
    kind: .carts, .read, fields: [], methods: [],
    statics: [create],
    events: [
      ScriptFunction(
        "call", .read,
        [
          .required("self", "carts"),
          .optional("filter", "table|string", grammar: .filter(options)),
        ],
        returns: "query", "Carts that match: carts{\"total>300\", country=\"DE\"}.",
        errors: ["a field that carts do not have, with the nearest one", "a value of another kind"]
      ) { call in
        [call.session.object(try filter(call, call[1]))]
      },
      ScriptFunction("tostring", .read, [.rest], "") { _ in [.string("carts")] },
    ])

  private static let create = ScriptFunction(
    "create", .effect,
    [
      .optional(
        "fields", "table",
        grammar: .record(
          ShopperField.byKey.keys.sorted().map { ($0, .any) } + [("currency", .currency)]))
    ], returns: "cart",
    "A new cart: {currency=, \(ShopperField.own.map { $0.key + "=" }.joined(separator: ", "))}.",
    errors: ["a field of another name", "a currency or country that is no code of ISO"]
  ) { call in
    var currency: Currency?
    var fields: [ShopperField: String] = [:]
    for pair in call[0] == .nil ? [] : try call.table(0) {
      let key = call.session.text(pair.key)
      guard case .string(let text) = pair.value else {
        throw LuaRaise(
          "carts.create: \(key): expected a text, got \(call.session.kind(pair.value))")
      }
      if key == "currency" {
        guard let named = call.settings.currency(text) else {
          throw LuaRaise("carts.create: expected a currency of ISO 4217, got \(quoted(text))")
        }
        currency = named
      } else if let field = ShopperField.byKey[key] {
        if field == .country, !text.isEmpty { try Country.check(text) }
        fields[field] = text
      } else {
        let known = ShopperField.byKey.keys.sorted() + ["currency"]
        throw LuaRaise("carts.create: no field \(quoted(key))\(didYouMean(key, among: known))")
      }
    }
    let cart = try call.run().create(currency: currency, fields)
    return [call.session.object(cart: cart.key)]
  }

  /// A filter from a text, or from a table of texts and keys.
  ///
  /// - Parameter parser: nil for one at the run's clock.
  static func filter(_ call: ScriptCall, _ value: LuaValue, _ parser: FilterParser? = nil) throws
    -> Filter
  {
    let parser = parser ?? call.session.parser
    var reader = ScriptFilter(call.name, parser)
    let read = { (text: String, filter: inout Filter) in
      try add(text, to: &filter, call.session, parser)
    }
    switch value {
    case .nil: break
    case .string(let word): try reader.add(word, text: read)
    case .table(let pairs): for pair in pairs { try reader.add(pair, text: read) }
    default:
      throw LuaRaise(
        "\(call.name): expected a table or a text, got \(call.session.kind(value))")
    }
    return try reader.checked(options)
  }

  /// Adds a text, which is read once where it means the same at any time.
  private static func add(
    _ text: String, to filter: inout Filter, _ session: ScriptSession, _ parser: FilterParser
  ) throws {
    if let known = session.filters[text] { return filter.require(known.expression) }
    guard text.utf8.count < 200, session.filters.count < 200 else {
      return try parser.add(text, to: &filter)
    }
    var own = Filter()
    try parser.add(text, to: &own)
    if own.given.isEmpty, !own.expression.tests.contains(where: { $0.field.kind == .time }) {
      session.filters[text] = own
      filter.require(own.expression)
    } else {
      try parser.add(text, to: &filter)
    }
  }
}
