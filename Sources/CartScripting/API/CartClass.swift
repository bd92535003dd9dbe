import CartEngine
import CartModel
import LuaKit

/// `cart`: fields are read-only, effects go through the command handler.
enum CartClass {
  static let declaration = ScriptClass(
    kind: .cart, fields: fields, methods: methods,
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
      ScriptField("status", "string", "active, abandoned, expired, ordered, deleted or held.") {
        .string(try $0.cart().status(at: $0.now, $0.settings).rawValue)
      },
      ScriptField("created", "number", "Epoch seconds.") {
        ScriptSession.seconds(try $0.cart().created)
      },
      ScriptField("updated", "number", "Epoch seconds of its last event.") {
        ScriptSession.seconds(try $0.cart().updated)
      },
      ScriptField("idle", "number", "Seconds since the shopper last did something.") {
        .number(Double(try $0.cart().idle(at: $0.now).milliseconds) / 1000)
      },
      ScriptField("version", "integer", "Counts its events.") { .integer(try $0.cart().version) },
      ScriptField("currency", "string", "ISO 4217.") { .string(try $0.cart().currency.code) },
      ScriptField("lines", "line[]", "Its lines, in the order of adding.") {
        $0.session.object(linesOf: try $0.cart(), named: $0.object.word)
      },
      ScriptField("quantity", "integer", "Pieces over all lines.") {
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
      ScriptField("coupons", "string[]", "Its coupon codes.") {
        .list(try $0.cart().coupons.map { .string($0) })
      },
      ScriptField("coupon", "string", "Its first coupon code, or empty.") {
        .string(try $0.cart().coupons.first ?? "")
      },
      ScriptField("order_id", "string", "The order it became, or empty.") {
        .string(try $0.cart().order?.id ?? "")
      },
      ScriptField("flags", "string[]", "The rules that flagged it.") {
        .list(try $0.cart().flags.map { .string($0) })
      },
      ScriptField("claimed_by", "string", "Who has claimed it, as staff:anna, or empty.") {
        .string(try $0.cart().claim(at: $0.now)?.by ?? "")
      },
      ScriptField("notes", "table[]", "What staff wrote down: {at=, by=, text=}.") {
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

  private static let methods: [ScriptFunction] = [
    ScriptFunction(
      "add",
      [
        .required("sku", "string", "of the catalogue, or of the one line that has it"),
        .optional("quantity", "integer", "pieces to add; 1 where it is left out"),
      ],
      returns: "cart", "Adds a product, or more of one that is there.",
      errors: [
        "a SKU that neither has, with the nearest one",
        "a product in another currency than the cart's", tooMany, notOpen,
      ]
    ) { call in
      let quantity = try call.optionalInteger(1) ?? 1
      try call.handler.add(try call.text(0), quantity, to: try call.target())
      return [call.arguments[0]]
    },
    ScriptFunction(
      "set",
      [
        .required("line", "line|string", lineWords),
        .required("quantity", "integer", "pieces that it shall have, from 1"),
      ],
      returns: "cart", "Sets the quantity of a line: a line, its SKU, its id or #n.",
      errors: [noLine, tooMany, changedLine, notOpen]
    ) { call in
      let command = Command.setQuantity(try line(call), try call.integer(1))
      try call.handler.execute(command, on: try call.target())
      return [call.arguments[0]]
    },
    ScriptFunction(
      "remove", [.required("line", "line|string", lineWords)], returns: "cart",
      "Takes a line off.", errors: [noLine, changedLine, notOpen]
    ) { call in
      try call.handler.execute(.remove(try line(call)), on: try call.target())
      return [call.arguments[0]]
    },
    ScriptFunction(
      "apply_coupon", [.required("code", "string", "as store.lua defines it")], returns: "cart",
      "Applies a coupon.",
      errors: ["a code that store.lua does not have", "a code that is on the cart", notOpen]
    ) { call in
      try call.handler.applyCoupon(try call.text(0), to: try call.target())
      return [call.arguments[0]]
    },
    ScriptFunction(
      "remove_coupon", [.required("code", "string")], returns: "cart", "Takes a coupon off.",
      errors: ["a code that is not on the cart", notOpen]
    ) { call in
      try call.handler.execute(.removeCoupon(try call.text(0)), on: try call.target())
      return [call.arguments[0]]
    },
    ScriptFunction(
      "set_address",
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
      try call.handler.execute(.setAddress(fields), on: try call.target())
      return [call.arguments[0]]
    },
    ScriptFunction(
      "order", [.optional("options", "table")], returns: "cart",
      "Turns the cart into an order: {note=, reference=, shipping=, payment=, status=, address={…}}; "
        + "status is placed or paid, shipping and payment name the ways and stand in the note.",
      errors: [
        "without a yes: at the terminal, by --yes or confirm=N", "an empty cart",
        "a product that is sold out, or a shopper who is banned", notOpen,
      ]
    ) { call in
      var terms = try call.session.terms(call[0], "order")
      let target = try call.target()
      if !terms.address.isEmpty { try call.handler.execute(.setAddress(terms.address), on: target) }
      terms.address = [:]
      let cart = try call.cart()
      let total = try cart.price(call.settings).total
      try call.session.confirm("order cart \(cart.id) for \(total) \(total.currency)")
      try call.handler.order(terms, on: target)
      return [call.arguments[0]]
    },
    ScriptFunction(
      "same", [.required("key", "string|table"), .optional("window", "string|number")],
      returns: "same",
      "Facts about the carts that share a key with this one, up to its last event: ip, net, email, "
        + "domain, customer, session, country, browser, card, or a list of up to three; in a window "
        + "as \"10m\", or over all time.",
      errors: ["a key of another name, with the nearest one", "a window that is no span"]
    ) { call in
      let words = try ScriptSession.SharedWords(call)
      let question = try call.handler.question(
        words.key, of: try call.cart(), window: words.window)
      return [
        .object(
          LuaObject(
            classID: ScriptClassID.same.rawValue, slot: call.session.questions.add(question)))
      ]
    },
    ScriptFunction(
      "matches", [.required("filter", "table|string")], returns: "boolean",
      "Whether a filter as in carts{…} is true of it: c:matches{\"ip=203.0.113.0/24\", \"mug\"}."
    ) { call in
      guard call[0] != .nil else { throw call.failure(0, "a filter, as \"total>300\"") }
      var filter = try CartFunctions.filter(call, call[0])
      guard filter.limit == nil, filter.at == nil else {
        throw LuaRaise("matches: limit and at choose among carts; they say nothing of one")
      }
      filter.anyStatus = true
      return [
        .boolean(filter.matches(try call.cart(), .init(now: call.now, settings: call.settings)))
      ]
    },
    effect(
      "delete", .delete, "Deletes the cart; it can be restored.",
      errors: ["a cart that is deleted or ordered"]),
    effect(
      "hold", .hold(), "Takes the cart out of sale; it can be restored.",
      errors: ["a cart that is held, deleted or ordered"]),
    ScriptFunction(
      "restore", [.optional("reason", "string|table")], returns: "cart",
      "Brings a held or deleted cart back: a reason, or {reason=, judge=}; what held it does not hold "
        + "it again, unless judge is true.",
      errors: ["a cart that is neither held nor deleted"]
    ) { call in
      var (reason, judge) = (String?.none, false)
      if case .table? = Optional(call[0]) {
        let options = try call.record(0, "reason", "judge")
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
      if let reason { try call.handler.note(reason: reason) }
      try call.handler.execute(.restore(judge: judge), on: try call.target())
      return [call.arguments[0]]
    },
    ScriptFunction(
      "claim", [.optional("options", "string|table", "how long, at most 7d; claim_for without")],
      returns: "cart",
      "Takes the cart for you for a while, as \"30m\", or {ttl=, take=true} to take it over.",
      errors: ["a cart that somebody else has claimed, naming them", "a deleted cart"]
    ) { call in
      let (ttl, takesOver) = try claim(call)
      try call.handler.claim(try call.target(), ttl: ttl, takesOver: takesOver)
      return [call.arguments[0]]
    },
    ScriptFunction(
      "release", [.optional("options", "table")], returns: "cart",
      "Gives a claimed cart free; {take=true} also another's.",
      errors: ["a cart that somebody else has claimed, naming them"]
    ) { call in
      let takesOver = try flag(try call.record(0, "take")["take"], "take", call)
      try call.handler.release(try call.target(), takesOver: takesOver)
      return [call.arguments[0]]
    },
    ScriptFunction(
      "note", [.required("text", "string", "at most 2000 bytes")], returns: "cart",
      "Writes something down about it.", errors: ["an empty text", "the 101st note of a cart"]
    ) { call in
      try call.handler.write(note: try call.text(0), on: try call.target())
      return [call.arguments[0]]
    },
    ScriptFunction(
      "at", [.required("time", "string|number")], returns: "cart?",
      "The cart as it stood at a time, to read; nil where it was not made yet."
    ) { call in
      let key = try call.cart().key
      let time = try call.time(0)
      guard key > 0, try call.handler.cart(key, at: time) != nil else { return [.nil] }
      return [call.session.object(cart: try call.session.word(key, at: time))]
    },
    ScriptFunction(
      "diff", [.required("from", "string|number"), .optional("to", "string|number")],
      returns: "table[]",
      "What changed between two times, or since one: {what=, before=, after=}."
    ) { call in
      let until = call[1] == .nil ? nil : try call.time(1)
      let difference = try call.handler.difference(
        of: try call.cart().key, from: try call.time(0), to: until)
      return [
        .list(
          difference.map {
            .record([
              ("what", .string($0.what)), ("before", .string($0.before)),
              ("after", .string($0.after)),
            ])
          })
      ]
    },
    ScriptFunction(
      "why", returns: "table[]",
      "Why rules are against it now: {rule=, version=, place=, outcome=, shadow=, reason=, facts={…}, "
        + "carts={…}, way=}; carts are those behind a fact about others, way the smallest change of "
        + "one fact with which it would not be, or nil."
    ) { call in
      let list = try call.handler.explain(try call.target())
      return [
        .list(
          list.map { why in
            var members: [(String, LuaValue)] = [
              ("rule", .string(why.verdict.rule)), ("version", .integer(why.verdict.version)),
              ("place", .string(why.place)), ("outcome", .string(why.verdict.outcome.name)),
              ("shadow", .boolean(why.verdict.isShadow)), ("reason", .string(why.verdict.reason)),
              ("facts", .record(why.facts.map { ($0.name, .string(plain($0.value))) })),
              (
                "carts",
                .record(
                  why.facts.filter { !$0.carts.isEmpty }.map {
                    ($0.name, .list($0.carts.map(LuaValue.string)))
                  })
              ),
            ]
            if let way = why.way {
              members.append(("way", .record([(way.name, .string(plain(way.value)))])))
            }
            return .record(members)
          })
      ]
    },
    ScriptFunction("history", returns: "table[]", "Its events, oldest first.") { call in
      [try history(call)]
    },
  ]

  /// A text without the quotes that show where it begins and ends.
  private static func plain(_ text: String) -> String {
    text.count > 1 && text.hasPrefix("\"") ? String(text.dropFirst().dropLast()) : text
  }

  private static func claim(_ call: ScriptCall) throws -> (ttl: Span?, takesOver: Bool) {
    guard case .table? = Optional(call[0]) else {
      return (try call.optionalText(0).map { try Span($0) }, false)
    }
    let options = try call.record(0, "ttl", "take")
    guard let ttl = options["ttl"] else { return (nil, try flag(options["take"], "take", call)) }
    guard case .string(let text) = ttl else {
      throw LuaRaise("claim: ttl: expected a text as \"30m\", got \(call.session.kind(ttl))")
    }
    return (try Span(text), try flag(options["take"], "take", call))
  }

  private static func flag(_ value: LuaValue?, _ key: String, _ call: ScriptCall) throws(LuaRaise)
    -> Bool
  {
    guard let value else { return false }
    guard case .boolean(let flag) = value else {
      throw LuaRaise(
        "\(call.name): \(key): expected true or false, got \(call.session.kind(value))")
    }
    return flag
  }

  private static let notOpen = "a cart that is ordered, held or deleted"
  private static let noLine = "a line that the cart does not have, or a SKU that several lines have"
  private static let changedLine = "a line that somebody else changed since this run read it"
  private static let tooMany = "a quantity that is not from 1 to 1,000,000"
  private static let lineWords = "a line of this cart, its SKU, its id or \"#2\""

  private static func effect(
    _ name: String, _ command: Command, _ help: String, errors: [String]
  ) -> ScriptFunction {
    ScriptFunction(
      name, [.optional("reason", "string")], returns: "cart", help, errors: errors
    ) { call in
      if let reason = try call.optionalText(0) { try call.handler.note(reason: reason) }
      try call.handler.execute(command, on: try call.target())
      return [call.arguments[0]]
    }
  }

  /// A line, its SKU, its id or `#n`.
  private static func line(_ call: ScriptCall) throws -> LineReference {
    switch call[0] {
    case .string(let text): return LineReference(text)
    case .object(let object) where object.classID == ScriptClassID.line.rawValue:
      guard object.word == call.object.word else {
        throw call.failure(0, "a line of this cart", "a line of another")
      }
      return .id(try call.session.lineName(object))
    default: throw call.failure(0, "a line, its SKU, its id or \"#n\"")
    }
  }

  private static func history(_ call: ScriptCall) throws -> LuaValue {
    let word = call.object.word
    let entries = try call.handler.at(call.session.moment(of: word)) {
      try call.handler.history(of: call.session.key(of: word))
    }
    return .list(
      entries.map { entry in
        .record([
          ("seq", .integer(entry.event.seq)), ("at", ScriptSession.seconds(entry.event.at)),
          ("type", .string(entry.event.body.type.name)),
          ("actor", .string(entry.event.actor.description)),
          ("operation", .integer(entry.event.operation)), ("reason", .string(entry.reason)),
          ("text", .string(entry.event.body.words)), ("undone", .boolean(entry.isUndone)),
        ])
      })
  }
}
