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
    fields: ScriptField.members(
      RecordField<LineRecord>.lines, setters: ["quantity": "c:set(line, quantity)"]
    ) { LineRecord(try line($0), try $0.cart()) } + [
      ScriptField("options", "table", "Options by name.") {
        options(try line($0).options)
      },
      ScriptField("unit_price", "price", "The price, to compare and to reckon with.") {
        PriceClass.object(try line($0).price, try $0.cart().currency)
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
