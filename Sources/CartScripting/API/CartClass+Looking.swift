import CartEngine
import CartModel
import LuaKit

/// What scripts ask of a cart beside its fields.
extension CartClass {
  static let looking: [ScriptFunction] = [
    ScriptFunction(
      "same", .pure,
      [
        .required("key", "string|table", grammar: .sharedKeys),
        .optional("window", "string|number", grammar: .span),
      ],
      returns: "same", noting: .nothing, shortcut: .same,
      "Facts about the carts that share a key with this one, up to its last event: ip, net, email, "
        + "domain, customer, session, country, browser, card, or a list of up to three; in a window "
        + "as \"10m\", or over all time.",
      errors: ["a key of another name, with the nearest one", "a window that is no span"]
    ) { call in
      let words = try ScriptSession.SharedWords(call)
      let question = try call.handler.shared.question(
        words.key, of: try call.cart(), window: words.window)
      return [
        .object(
          LuaObject(
            classID: ScriptClassID.same.rawValue, slot: call.session.questions.add(question)))
      ]
    },
    ScriptFunction(
      "matches", .pure, [.required("filter", "table|string", grammar: .filter([]))],
      returns: "boolean",
      "Whether a filter as in carts{…} is true of it: c:matches{\"ip=203.0.113.0/24\", \"mug\"}."
    ) { call in
      guard call[0] != .nil else { throw call.failure(0, "a filter, as \"total>300\"") }
      var filter = try CartFunctions.filter(call, call[0])
      try filter.check([], "matches")
      if call.session.watchesClock {
        let later = call.session.parser(at: call.session.laterClock)
        let isRelative = try CartFunctions.filter(call, call[0], later) != filter
        if isRelative || filter.expression.tests.contains(where: { $0.field.readsClock }) {
          _ = call.clock
        }
      }
      filter.allowAnyStatus()
      return [
        .boolean(filter.matches(try call.cart(), .init(now: call.now, settings: call.settings)))
      ]
    },
    ScriptFunction(
      "at", .read, [.required("time", "string|number", grammar: .time)], returns: "cart?",
      "The cart as it stood at a time, to read; nil where it was not made yet."
    ) { call in
      let key = try call.cart().key
      let time = try call.time(0)
      guard key > 0, try call.handler.reader.cart(key, at: time) != nil else { return [.nil] }
      return [call.session.object(cart: try call.session.word(key, at: time))]
    },
    ScriptFunction(
      "diff", .read,
      [
        .required("from", "string|number", grammar: .time),
        .optional("to", "string|number", grammar: .time),
      ],
      returns: "change[]",
      "What changed between two times, or since one: {what=, before=, after=}."
    ) { call in
      let until = call[1] == .nil ? nil : try call.time(1)
      let difference = try call.handler.reader.difference(
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
      "why", .read, returns: "explanation[]",
      "Why rules match it now: {rule=, version=, place=, outcome=, shadow=, reason=, facts={…}, "
        + "carts={…}, counts={…}, way=}; carts are the latest six of those that count in a fact about "
        + "others, counts says how many count, way is the smallest change of one fact with which it "
        + "would not match, or nil."
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
              (
                "counts",
                .record(
                  why.facts.filter { !$0.carts.isEmpty }.map {
                    ($0.name, .integer(Int64($0.cartCount)))
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
    ScriptFunction("history", .read, returns: "event[]", "Its events, oldest first.") { call in
      [try history(call)]
    },
  ]

  /// A text without the quotes that show where it begins and ends.
  private static func plain(_ text: String) -> String {
    text.count > 1 && text.hasPrefix("\"") ? String(text.dropFirst().dropLast()) : text
  }

  private static func history(_ call: ScriptCall) throws -> LuaValue {
    let word = call.object.word
    let entries = try call.handler.reader.at(call.session.moment(of: word)) {
      try call.handler.reader.history(of: call.session.key(of: word))
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
