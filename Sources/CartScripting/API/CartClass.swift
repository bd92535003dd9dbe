import CartEngine
import CartModel
import LuaKit

/// `cart`: fields are read-only, effects go through the command handler.
enum CartClass {
  static let declaration = ScriptClass(
    kind: .cart, .pure, fields: fields, methods: effects + team + looking,
    events: [
      ScriptFunction("tostring", .pure, [.rest], "") { call in
        guard case .object(let object) = call[0] else { return [] }
        return [.string(call.session.text(object))]
      },
      ScriptFunction("eq", .pure, [.rest], "") { call in
        [.boolean(try call.session.isSame(call[0], call[1]))]
      },
    ])

  /// The fields of carts as they are declared, and those that are lists, tables or objects here.
  private static let fields: [ScriptField] =
    CartField.all.filter { field in !own.contains { $0.name == field.name } && !field.isOfLines }
    .map(member) + own

  private static func member(_ field: CartField) -> ScriptField {
    // A number that is not known is 0.
    let isOptional = field.isOptional && (field.kind == .amount || field.kind == .time)
    let type =
      field.hasSeveral ? "string[]" : ScriptField.type(of: field.kind, isOptional: isOptional)
    return ScriptField(
      field.name, type, field.about, setter: setters[field.name] ?? "",
      // What staff say to each other is nothing that a shopper is judged by.
      access: field == .claimedBy ? .read : nil
    ) { call in
      let cart = try call.cart()
      let now = field.readsClock ? call.clock : call.now
      let totals = field.isPriced ? try cart.price(call.settings) : nil
      let value = field.value(cart, FilterContext(now: now, settings: call.settings), totals)
      if case .amount(nil) = value, !field.isOptional {
        // What is out of range says so.
        return call.session.object(try cart.subtotal())
      }
      return isOptional && value.isUnknown ? .nil : call.session.value(value)
    }
  }

  /// What to use where one of them is written to.
  private static let setters = [
    "status": "c:hold(reason), c:restore(reason), c:delete(reason) or c:order{…}",
    "quantity": "c:set(line, quantity)", "flags": "a rule with action = \"flag\"",
  ]

  private static let own: [ScriptField] = [
    ScriptField(
      "lines", "line[]", "Its lines, in the order of adding.",
      setter: "c:add(sku, quantity), c:set(line, quantity) or c:remove(line)", noting: .nothing
    ) {
      $0.session.object(linesOf: try $0.cart(), named: $0.object.word)
    },
    ScriptField(
      "coupons", "string[]", "Its coupon codes.",
      setter: "c:apply_coupon(code) or c:remove_coupon(code)"
    ) {
      .list(try $0.cart().coupons.map { .string($0) })
    },
    ScriptField(
      "coupon", "string", "Its first coupon code, or empty.", setter: "c:apply_coupon(code)"
    ) {
      .string(try $0.cart().coupons.first ?? "")
    },
    ScriptField(
      "attr", "attributes", "Its reported attributes: cart.attr.utm_source, or empty.",
      noting: .nothing
    ) {
      .object(LuaObject(classID: ScriptClassID.attributes.rawValue, word: $0.object.word))
    },
    address(.shipping), address(.billing),
    ScriptField(
      "notes", "remark[]", "What staff wrote down: {at=, by=, text=}.", setter: "c:note(text)",
      access: .read
    ) {
      .list(
        try $0.cart().notes.map {
          .record([
            ("at", ScriptSession.seconds($0.at)), ("by", .string($0.by)),
            ("text", .string($0.text)),
          ])
        })
    },
  ]

  private static func address(_ side: CartPartClasses.Side) -> ScriptField {
    ScriptField(
      side.name, "address", "Its \(side.name.replacing("_", with: " ")).",
      setter: "c:set_address{…}", noting: .nothing
    ) {
      .object(
        LuaObject(
          classID: ScriptClassID.address.rawValue, slot: side.rawValue, word: $0.object.word))
    }
  }
}
