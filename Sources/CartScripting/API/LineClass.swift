import CartModel
import CartSupport
import LuaKit

/// `cart.lines` and each of its lines.
///
/// Which lines there are is fixed when `cart.lines` is read: a loop that removes lines skips none.
enum LineClass {
  static let sequence = ScriptClass(
    kind: .lines, .pure, fields: [], methods: [],
    events: [
      ScriptFunction("len", .pure, [.rest], "") { call in
        guard case .object(let object) = call[0] else { return [] }
        return [.integer(Int64(try call.session.lines(object).count))]
      },
      ScriptFunction("index", .pure, [.rest], "") { call in
        guard case .object(let object) = call[0], case .integer(let place) = call[1] else {
          return []
        }
        let lines = try call.session.lines(object)
        guard place >= 1, place <= lines.count else { return [.nil] }
        return [call.session.object(line: lines[Int(place) - 1], of: object.word)]
      },
    ])

  static let declaration = ScriptClass(
    kind: .line, .pure,
    fields: [
      ScriptField("id", "string", "Its name within the cart.") { .string(try line($0).id) },
      ScriptField("sku", "string", "Its SKU.") { .string(try line($0).sku) },
      ScriptField("name", "string", "Its product's name.") { .string(try line($0).name) },
      ScriptField("options", "table", "Options by name.") {
        options(try line($0).options)
      },
      ScriptField("quantity", "integer", "Pieces.", setter: "c:set(line, quantity)") {
        .integer(try line($0).quantity)
      },
      ScriptField("price", "string", "The exact price of one piece, a decimal.") {
        .string(try line($0).price.text(try $0.cart().currency))
      },
      ScriptField("unit_price", "price", "The same, to compare and to reckon with.") {
        PriceClass.object(try line($0).price, try $0.cart().currency)
      },
      ScriptField("total", "money", "Its amount.") {
        $0.session.object(try $0.cart().amount(of: try line($0)))
      },
      ScriptField("image", "string", "The address of a picture, or empty.") {
        .string(try line($0).image)
      },
    ],
    methods: [],
    events: [
      ScriptFunction("tostring", .pure, [.rest], "") { call in
        guard case .object(let object) = call[0] else { return [] }
        return [.string(call.session.text(object))]
      },
      ScriptFunction("eq", .pure, [.rest], "") { call in
        [.boolean(try call.session.isSame(call[0], call[1]))]
      },
    ])

  static func options(_ options: [Line.Option]) -> LuaValue {
    .record(options.map { ($0.name, .string($0.value)) })
  }

  private static func line(_ call: ScriptCall) throws -> Line {
    let name = try call.session.lineName(call.object)
    let cart = try call.cart()
    guard let line = cart.lines.first(where: { $0.id == name }) else {
      throw LuaRaise("line \(quoted(name)): is no longer in the cart \(cart.id)")
    }
    return line
  }
}
