import CartEngine
import CartModel
import CartSupport
import LuaKit

/// A query that a script holds: its filter, and how far a loop over it went.
final class ScriptQuery {
  let filter: Filter
  /// Fixed when a loop starts.
  var keys: [Int64] = []
  var next = 0
  var ahead = ReadAhead()
  /// Whether it was said which of its attributes no cart has.
  private var isChecked = false

  /// Says which attributes and options of it no cart has, once.
  func check(_ call: ScriptCall) throws {
    guard !isChecked, call.session.profile == .console else { return }
    isChecked = true
    for field in try call.handler.reader.missing(in: filter) {
      call.session.messages("note: no cart has \(printable(field.name))")
    }
  }

  init(filter: Filter) { self.filter = filter }
}

/// `carts{…}`: loop over it, count, sum, group, or do something to each.
enum QueryClass {
  static let declaration = ScriptClass(
    kind: .query, .read, fields: [],
    methods: [
      ScriptFunction("count", .read, returns: "integer", "How many carts match.") { call in
        [.integer(Int64(try keys(call).count))]
      },
      ScriptFunction(
        "sum", .read, [.required("field", "string", grammar: .summed)], returns: "money|number",
        "The sum of a field: total, subtotal, quantity, …; of one currency only.", sum),
      ScriptFunction(
        "by", .read, [.required("field", "string", grammar: .grouped)], returns: "group[]",
        "Groups as {value=, count=}, the largest first.", by),
      ScriptFunction("list", .read, returns: "cart[]", "All matching carts as a table.") { call in
        [.list(try keys(call).map { try object(call, $0) })]
      },
      ScriptFunction("first", .read, returns: "cart?", "The first matching cart, or nil.") { call in
        [try keys(call).first.map { try object(call, $0) } ?? .nil]
      },
      ScriptFunction(
        "each", .effect, [.required("fn", "function")], returns: "integer",
        "Calls a function with each cart; gives how many were done, then on how many it failed, if "
          + "any. What fails on a cart is undone and the others go on; see jobs.",
        each),
    ],
    events: [
      // A generic `for` calls with the loop's last value: nil asks for the first.
      ScriptFunction("call", .read, [.rest], "") { call in
        guard case .object(let object) = call[0] else { return [] }
        let query = try call.session.query(object)
        if call[2] == .nil {
          try query.check(call)
          query.keys = try call.handler.reader.keys(matching: query.filter)
          (query.next, query.ahead) = (0, ReadAhead())
        }
        guard query.next < query.keys.count else { return [.nil] }
        if query.filter.at == nil {
          try query.ahead.advance(to: query.next, of: query.keys, call.handler.reader)
        }
        query.next += 1
        let key = try call.session.word(query.keys[query.next - 1], at: query.filter.at?.start)
        return [call.session.object(cart: key)]
      },
      ScriptFunction("tostring", .read, [.rest], "") { call in
        guard case .object(let object) = call[0] else { return [] }
        return [.string(call.session.text(object))]
      },
      ScriptFunction("len", .read, [.rest], "") { call in
        guard case .object(let object) = call[0] else { return [] }
        let query = try call.session.query(object)
        return [.integer(Int64(try call.handler.reader.keys(matching: query.filter).count))]
      },
    ])

  private static let each: @Sendable (inout ScriptCall) throws -> [LuaValue] = { call in
    let (session, function) = (call.session, try call.function(0))
    let moment = try session.query(call.object).filter.at?.start
    // A report that leaves out what failed would lie: there the first failure ends it.
    guard session.profile == .console, session.reportNames.isEmpty, moment == nil else {
      let keys = try keys(call)
      for key in keys {
        _ = try session.call(function, [session.object(cart: try session.word(key, at: moment))])
      }
      return [.integer(Int64(keys.count))]
    }
    let (done, failed) = try call.run().jobs.each(
      try keys(call), place: session.vm.position
    ) { key in
      do {
        _ = try session.call(function, [session.object(cart: key)])
      } catch let failure as LuaFailure {
        // A limit would end the script at this cart each time; Ctrl-C would not.
        throw JobStop(failure, isSpoilt: failure.code != .killed(.interrupt))
      } catch let raise as LuaRaise {
        throw EngineError(.refused, raise.message)
      }
    }
    return [.integer(Int64(done))] + (failed > 0 ? [.integer(Int64(failed))] : [])
  }

  /// The matching carts, as they are or as they stood.
  private static func forEach(_ call: ScriptCall, _ body: (Cart) throws -> Void) throws {
    let keys = try keys(call)
    try call.handler.reader.at(try call.session.query(call.object).filter.at?.start) {
      for key in keys { try body(try call.session.cart(key)) }
    }
  }

  private static func object(_ call: ScriptCall, _ key: Int64) throws -> LuaValue {
    let moment = try call.session.query(call.object).filter.at?.start
    return call.session.object(cart: try call.session.word(key, at: moment))
  }

  private static func keys(_ call: ScriptCall) throws -> [Int64] {
    let query = try call.session.query(call.object)
    try query.check(call)
    let keys = try call.handler.reader.keys(matching: query.filter)
    call.session.charge(keys.count)
    return keys
  }

  /// The field of a name, whose values can be added.
  static func summed(_ name: String) throws(LuaRaise) -> CartField {
    guard let field = try? CartField.named(name), field.kind == .number || field.kind == .amount
    else {
      let known = CartField.all.filter { $0.kind == .number || $0.kind == .amount }.map(\.name)
      throw LuaRaise(
        "expected one of \(known.joined(separator: ", ")), got \(quoted(name))"
          + didYouMean(name, among: known))
    }
    return field
  }

  private static let sum: @Sendable (inout ScriptCall) throws -> [LuaValue] = { call in
    let name = try call.text(0)
    let field: CartField
    do throws(LuaRaise) { field = try summed(name) } catch {
      throw LuaRaise("bad argument #1 'field' to '\(call.name)': \(error.message)")
    }
    var (number, money) = (CheckedSum(), Money?.none)
    let handler = call.handler
    try forEach(call) { cart in
      let totals = field.isPriced ? try cart.price(handler.settings) : nil
      switch field.value(cart, handler.reader.context, totals) {
      case .number(let value): number += value
      case .amount(let amount?):
        guard let so = money else {
          money = amount
          return
        }
        guard so.currency == amount.currency else {
          throw LuaRaise(
            "sum: the carts are in \(so.currency) and \(amount.currency); filter by currency")
        }
        money = try so + amount
      // A cart without an order adds nothing to the orders' sum.
      case .amount(nil) where field.isOptional: break
      default: throw LuaRaise("sum: \(name) of the cart \(cart.id) is out of range")
      }
    }
    guard field.kind == .number else {
      return [call.session.object(money ?? .zero(call.settings.currency))]
    }
    guard let sum = number.value else { throw LuaRaise("sum: \(name) is out of range") }
    return [.integer(sum)]
  }

  private static let by: @Sendable (inout ScriptCall) throws -> [LuaValue] = { call in
    let name = try call.text(0)
    let handler = call.handler
    let moment = try call.session.query(call.object).filter.at?.start
    let context = handler.reader.at(moment) { handler.reader.context }
    var groups = try CartGroups(by: name, context)
    try forEach(call) { groups.add($0) }
    return [
      .list(
        groups.sorted.map {
          .record([("value", .string($0.value)), ("count", .integer($0.count))])
        })
    ]
  }
}
