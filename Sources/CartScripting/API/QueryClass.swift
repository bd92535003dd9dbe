import CartEngine
import CartModel
import LuaKit

/// A query that a script holds: its filter, and how far a loop over it went.
final class ScriptQuery {
  let filter: Filter
  /// Fixed when a loop starts.
  var keys: [Int64] = []
  var next = 0

  init(filter: Filter) { self.filter = filter }
}

/// `carts{…}`: loop over it, count, sum, group, or do something to each.
enum QueryClass {
  static let declaration = ScriptClass(
    kind: .query, fields: [],
    methods: [
      ScriptFunction("count", returns: "integer", "How many carts match.") { call in
        [.integer(Int64(try keys(call).count))]
      },
      ScriptFunction(
        "sum", [.required("field", "string")], returns: "money|number",
        "The sum of a field: total, subtotal, quantity, …; of one currency only.", sum),
      ScriptFunction(
        "by", [.required("field", "string")], returns: "table[]",
        "Groups as {value=, count=}, the largest first.", by),
      ScriptFunction("list", returns: "cart[]", "All matching carts as a table.") { call in
        [.list(try keys(call).map(call.session.object(cart:)))]
      },
      ScriptFunction("first", returns: "cart?", "The first matching cart, or nil.") { call in
        [try keys(call).first.map(call.session.object(cart:)) ?? .nil]
      },
      ScriptFunction(
        "each", [.required("fn", "function")], returns: "integer",
        "Calls a function with each cart; gives how many."
      ) { call in
        let function = try call.function(0)
        let keys = try keys(call)
        for key in keys { _ = try call.session.call(function, [call.session.object(cart: key)]) }
        return [.integer(Int64(keys.count))]
      },
    ],
    events: [
      // A generic `for` calls with the loop's last value: nil asks for the first.
      ScriptFunction("call", [.rest], "") { call in
        guard case .object(let object) = call[0] else { return [] }
        let query = try call.session.query(object)
        if call[2] == .nil {
          query.keys = try call.handler.keys(matching: query.filter)
          query.next = 0
        }
        guard query.next < query.keys.count else { return [.nil] }
        query.next += 1
        return [call.session.object(cart: query.keys[query.next - 1])]
      },
      ScriptFunction("tostring", [.rest], "") { call in
        guard case .object(let object) = call[0] else { return [] }
        return [.string(call.session.text(object))]
      },
      ScriptFunction("len", [.rest], "") { call in
        guard case .object(let object) = call[0] else { return [] }
        let query = try call.session.query(object)
        return [.integer(Int64(try call.handler.keys(matching: query.filter).count))]
      },
    ])

  private static func keys(_ call: ScriptCall) throws -> [Int64] {
    let keys = try call.handler.keys(matching: call.session.query(call.object).filter)
    call.session.charge(keys.count)
    return keys
  }

  private static let sum: @Sendable (inout ScriptCall) throws -> [LuaValue] = { call in
    let name = try call.text(0)
    let numeric: [String: @Sendable (Cart) -> Int64] = [
      "quantity": { $0.quantity }, "lines": { Int64($0.lines.count) },
      "version": { $0.version },
    ]
    let amounts: [String: @Sendable (Totals) -> Money] = [
      "subtotal": { $0.subtotal }, "discount": { $0.discount }, "shipping": { $0.shipping },
      "tax": { $0.tax }, "total": { $0.total },
    ]
    let keys = try keys(call)
    if let field = numeric[name] {
      var sum: Int64 = 0
      for key in keys { sum += field(try call.session.cart(key)) }
      return [.integer(sum)]
    }
    guard let field = amounts[name] else {
      let known = numeric.keys.sorted() + amounts.keys.sorted()
      throw call.failure(
        0, "one of \(known.joined(separator: ", "))", quoted(name) + didYouMean(name, among: known))
    }
    var sum: Money?
    for key in keys {
      let amount = field(try call.session.cart(key).price(call.settings))
      guard let so = sum else {
        sum = amount
        continue
      }
      guard so.currency == amount.currency else {
        throw LuaRaise(
          "sum: the carts are in \(so.currency) and \(amount.currency); filter by currency")
      }
      sum = try so + amount
    }
    return [call.session.object(sum ?? .zero(call.settings.currency))]
  }

  private static let by: @Sendable (inout ScriptCall) throws -> [LuaValue] = { call in
    let name = try call.text(0)
    let context = call.handler.context
    let fields: [String: @Sendable (Cart) -> [String]] = [
      "status": { [$0.status(at: context.now, context.settings).rawValue] },
      "country": { [$0.shopper[.country]] }, "currency": { [$0.currency.code] },
      "email": { [$0.shopper[.email]] }, "domain": { [$0.shopper.domain] },
      "ip": { [$0.shopper[.ip]] }, "session": { [$0.shopper[.session]] },
      "browser": { [$0.shopper[.browser]] }, "group": { [$0.shopper[.group]] },
      "shopper_type": { [$0.shopper.isRegistered ? "registered" : "guest"] },
      "coupon": { $0.coupons.isEmpty ? [""] : $0.coupons }, "sku": { $0.lines.map(\.sku) },
      "customer_id": { [String($0.shopper.customer)] },
    ]
    guard let field = fields[name] else {
      let known = fields.keys.sorted()
      throw call.failure(
        0, "one of \(known.joined(separator: ", "))", quoted(name) + didYouMean(name, among: known))
    }
    var counts: [String: Int64] = [:]
    for key in try keys(call) {
      for value in Set(field(try call.session.cart(key))) { counts[value, default: 0] += 1 }
    }
    let sorted = counts.sorted {
      $0.value != $1.value
        ? $0.value > $1.value : $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
    }
    return [
      .list(
        sorted.map { .record([("value", .string($0.key)), ("count", .integer($0.value))]) })
    ]
  }
}
