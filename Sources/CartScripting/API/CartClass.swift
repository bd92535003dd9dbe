import CartEngine
import CartModel
import LuaKit

/// `cart`: fields are read-only, effects go through the command handler.
enum CartClass {
  static let declaration = ScriptClass(
    kind: .cart, fields: fields, methods: effects + team + looking,
    events: [
      ScriptFunction("tostring", [.rest], "") { call in
        guard case .object(let object) = call[0] else { return [] }
        return [.string(call.session.text(object))]
      },
      ScriptFunction("eq", [.rest], "") { call in
        [.boolean(try call.session.isSame(call[0], call[1]))]
      },
    ])

  private static let fields: [ScriptField] =
    [
      ScriptField("id", "string", "The id that users see.") { .string(try $0.cart().id) },
      ScriptField(
        "status", "string", "active, abandoned, expired, ordered, deleted or held.",
        setter: "c:hold(reason), c:restore(reason), c:delete(reason) or c:order{…}"
      ) {
        .string(try $0.cart().status(at: $0.clock, $0.settings).rawValue)
      },
      ScriptField("created", "number", "Epoch seconds.") {
        ScriptSession.seconds(try $0.cart().created)
      },
      ScriptField("updated", "number", "Epoch seconds of its last event.") {
        ScriptSession.seconds(try $0.cart().updated)
      },
      ScriptField("idle", "number", "Seconds since the shopper last did something.") {
        .number(Double(try $0.cart().idle(at: $0.clock).milliseconds) / 1000)
      },
      ScriptField("version", "integer", "Counts its events.") { .integer(try $0.cart().version) },
      ScriptField("currency", "string", "ISO 4217.") { .string(try $0.cart().currency.code) },
      ScriptField(
        "lines", "line[]", "Its lines, in the order of adding.",
        setter: "c:add(sku, quantity), c:set(line, quantity) or c:remove(line)"
      ) {
        $0.session.object(linesOf: try $0.cart(), named: $0.object.word)
      },
      ScriptField(
        "quantity", "integer", "Pieces over all lines.", setter: "c:set(line, quantity)"
      ) {
        .integer(try $0.cart().quantity)
      },
      ScriptField("domain", "string", "What stands behind the @ of the e-mail.") {
        .string(try $0.cart().shopper.domain)
      },
      ScriptField("customer_id", "integer", "The shop's number of the customer, or 0.") {
        .integer(try $0.cart().shopper.customer)
      },
      ScriptField("shopper_type", "string", "guest or registered.") {
        .string(try $0.cart().shopper.isRegistered ? "registered" : "guest")
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
      ScriptField("order_id", "string", "The order it became, or empty.") {
        .string(try $0.cart().order?.id ?? "")
      },
      ScriptField(
        "flags", "string[]", "The rules that flagged it.", setter: "a rule with action = \"flag\""
      ) {
        .list(try $0.cart().flags.map { .string($0) })
      },
      ScriptField("claimed_by", "string", "Who has claimed it, as staff:anna, or empty.") {
        .string(try $0.cart().claim(at: $0.now)?.by ?? "")
      },
      ScriptField(
        "notes", "table[]", "What staff wrote down: {at=, by=, text=}.", setter: "c:note(text)",
        seal: .records
      ) {
        .list(
          try $0.cart().notes.map {
            .record([
              ("at", ScriptSession.seconds($0.at)), ("by", .string($0.by)),
              ("text", .string($0.text)),
            ])
          })
      },
      ScriptField("pending", "boolean", "True until a store has answered.") { _ in
        .boolean(false)
      },
    ] + shopperFields + amounts

  private static let shopperFields: [ScriptField] = [
    ("session", ShopperField.session), ("ip", .ip), ("country", .country), ("browser", .browser),
    ("email", .email), ("name", .name), ("phone", .phone), ("company", .company),
    ("group", .group),
  ].map { name, field in
    ScriptField(name, "string", "The shopper's \(name), or empty.") {
      .string(try $0.cart().shopper[field])
    }
  }

  private static let amounts: [ScriptField] = [
    amount("subtotal") { $0.subtotal }, amount("discount") { $0.discount },
    amount("shipping") { $0.shipping }, amount("tax") { $0.tax }, amount("total") { $0.total },
  ]

  private static func amount(_ name: String, _ amount: @escaping @Sendable (Totals) -> Money)
    -> ScriptField
  {
    ScriptField(name, "money", "The cart's \(name).") {
      $0.session.object(amount(try $0.cart().price($0.settings)))
    }
  }
}
