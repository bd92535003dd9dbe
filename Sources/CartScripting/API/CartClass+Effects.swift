import CartEngine
import CartModel
import LuaKit

/// What scripts do to a cart; each goes through the command handler and gives the cart as it then is.
extension CartClass {
  static let effects: [ScriptFunction] = [
    ScriptFunction(
      "add", .effect,
      [
        .required(
          "sku", "line|string", "of the catalogue; or a line of this cart, its id or \"#2\""),
        .optional("quantity", "integer", "pieces to add; 1 where it is left out"),
      ],
      returns: "cart",
      "Adds a product: a line without options at the catalogue's price, or more of the one that is "
        + "there. Given a line, adds to that one.",
      errors: [
        "a SKU that the catalogue does not have, with the nearest one",
        "a SKU with several lines of the same options and price",
        "a product in another currency than the cart's", tooMany, notOpen,
      ]
    ) { call in
      let quantity = try call.optionalInteger(1) ?? 1
      if case .string(let sku) = call[0], !sku.hasPrefix("#") {
        try call.run().add(sku, quantity, to: try call.target())
      } else {
        let cart = try call.cart()
        var line = cart.lines[try cart.index(of: try line(call))]
        line.quantity = quantity
        try call.run().execute(.add(line), on: try call.target())
      }
      return [call.arguments[0]]
    },
    ScriptFunction(
      "set", .effect,
      [
        .required("line", "line|string", lineWords),
        .required("quantity", "integer", "pieces that it shall have, from 1"),
      ],
      returns: "cart", "Sets the quantity of a line: a line, its SKU, its id or #n.",
      errors: [noLine, tooMany, changedLine, notOpen]
    ) { call in
      let command = Command.setQuantity(try line(call), try call.integer(1))
      try call.run().execute(command, on: try call.target())
      return [call.arguments[0]]
    },
    ScriptFunction(
      "remove", .effect, [.required("line", "line|string", lineWords)], returns: "cart",
      "Takes a line off.", errors: [noLine, changedLine, notOpen]
    ) { call in
      try call.run().execute(.remove(try line(call)), on: try call.target())
      return [call.arguments[0]]
    },
    ScriptFunction(
      "apply_coupon", .effect, [.required("code", "string", "as store.lua defines it")],
      returns: "cart",
      "Applies a coupon.",
      errors: ["a code that store.lua does not have", "a code that is on the cart", notOpen]
    ) { call in
      try call.run().applyCoupon(try call.text(0), to: try call.target())
      return [call.arguments[0]]
    },
    ScriptFunction(
      "remove_coupon", .effect, [.required("code", "string")], returns: "cart",
      "Takes a coupon off.",
      errors: ["a code that is not on the cart", notOpen]
    ) { call in
      try call.run().execute(.removeCoupon(try call.text(0)), on: try call.target())
      return [call.arguments[0]]
    },
    ScriptFunction(
      "set_address", .effect,
      [
        .required(
          "address", "table",
          "first_name last_name company street1 street2 city state postal_code country phone")
      ],
      returns: "cart", "Sets the shipping address, or {shipping={…}, billing={…}}.",
      errors: ["a field that no address has", "a country that is no code of ISO 3166-1", notOpen]
    ) { call in
      _ = try call.table(0)
      let fields = try call.session.address(call[0], call.name)
      try call.run().execute(.setAddress(fields), on: try call.target())
      return [call.arguments[0]]
    },
    ScriptFunction(
      "order", .effect, [.optional("options", "table")], returns: "cart",
      "Turns the cart into an order: {note=, reference=, shipping=, payment=, status=, address={…}}; "
        + "status is placed or paid, shipping and payment name the ways and stand in the note.",
      errors: [
        "without a yes: at the terminal, by --yes or confirm=N", "an empty cart",
        "a product that is sold out, or a shopper who is banned", notOpen,
      ]
    ) { call in
      var terms = try call.session.terms(call[0], "order")
      let target = try call.target()
      if !terms.address.isEmpty {
        try call.run().execute(.setAddress(terms.address), on: target)
      }
      terms.address = [:]
      try call.handler.confirmer.confirmOrder(of: try call.cart())
      try terms.order(target, in: call.run())
      return [call.arguments[0]]
    },
    effect(
      "delete", .delete, "Deletes the cart; it can be restored.",
      errors: ["a cart that is deleted or ordered"]),
    effect(
      "hold", .hold(), "Holds the cart, so that it cannot be ordered; it can be restored.",
      errors: ["a cart that is held, deleted or ordered"]),
    ScriptFunction(
      "restore", .effect,
      [
        .optional(
          "reason", "string|table", grammar: .record([("reason", .any), ("judge", .any)]))
      ], returns: "cart",
      "Restores a held or deleted cart: a reason, or {reason=, judge=}; what held it does not hold "
        + "it again, unless judge is true.",
      errors: ["a cart that is neither held nor deleted"]
    ) { call in
      var (reason, judge) = (String?.none, false)
      if case .table? = Optional(call[0]) {
        let options = try call.record(0)
        if let value = options["judge"] {
          judge = try flag(value, "judge", call)
        }
        if let value = options["reason"] {
          guard case .string(let text) = value else {
            throw LuaRaise("restore: reason: expected a text, got \(call.session.kind(value))")
          }
          reason = text
        }
      } else {
        reason = try call.optionalText(0)
      }
      if let reason { try call.run().note(reason: reason) }
      try call.run().execute(.restore(judge: judge), on: try call.target())
      return [call.arguments[0]]
    },
  ]

  private static let notOpen = "a cart that is ordered, held or deleted"
  private static let noLine = "a line that the cart does not have, or a SKU that several lines have"
  private static let changedLine = "a line that another run changed since this one read it"
  private static let tooMany = "a quantity that is not from 1 to 1,000,000"
  private static let lineWords = "a line of this cart, its SKU, its id or \"#2\""

  private static func effect(
    _ name: String, _ command: Command, _ help: String, errors: [String]
  ) -> ScriptFunction {
    ScriptFunction(
      name, .effect, [.optional("reason", "string")], returns: "cart", help, errors: errors
    ) { call in
      if let reason = try call.optionalText(0) { try call.run().note(reason: reason) }
      try call.run().execute(command, on: try call.target())
      return [call.arguments[0]]
    }
  }

  /// A line, its SKU, its id or `#n`.
  private static func line(_ call: ScriptCall) throws -> LineReference {
    switch call[0] {
    case .string(let text):
      guard text.hasPrefix("#"), let shown = call.session.shownLine else {
        return LineReference(text)
      }
      return .line(try shown(text, try call.cart()))
    case .object(let object) where object.classID == ScriptClassID.line.rawValue:
      guard object.word == call.object.word else {
        throw call.failure(0, "a line of this cart", "a line of another")
      }
      return .id(try call.session.lineName(object))
    default: throw call.failure(0, "a line, its SKU, its id or \"#n\"")
    }
  }
}
