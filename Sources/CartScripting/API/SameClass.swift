import CartEngine
import CartModel
import LuaKit

/// What `c:same` gives: each field is worked out when it is asked.
enum SameClass {
  static let declaration = ScriptClass(
    kind: .same,
    fields: [
      ScriptField("known", "boolean", "Whether the key is known of the cart; else all is 0.") {
        .boolean(try question($0).isKnown)
      },
      count("carts", .carts, "Carts that have it, this one too."),
      count("orders", .orders, "Orders of them."),
      count("declined", .declined, "Declined cards."),
      count("emails", .emails, "Different e-mails."),
      count("ips", .ips, "Different addresses."),
      count("sessions", .sessions, "Different sessions."),
      ScriptField("ordered", "money", "What their orders came to.") {
        $0.session.object(try $0.handler.ordered(try question($0)))
      },
      ScriptField("first", "number", "When the first was seen: epoch seconds, or 0.") {
        try $0.handler.span(try question($0)).map { ScriptSession.seconds($0.first) } ?? .integer(0)
      },
      ScriptField("last", "number", "When the last was seen: epoch seconds, or 0.") {
        try $0.handler.span(try question($0)).map { ScriptSession.seconds($0.last) } ?? .integer(0)
      },
    ],
    methods: [],
    events: [
      ScriptFunction("tostring", [.rest], "") { call in
        guard case .object(let object) = call[0] else { return [] }
        return [.string(call.session.text(object))]
      }
    ])

  private static func count(
    _ name: String, _ series: CommandHandler.SharedCount, _ help: String
  ) -> ScriptField {
    ScriptField(name, "integer", help) {
      .integer(Int64(try $0.handler.count(series, try question($0))))
    }
  }

  private static func question(_ call: ScriptCall) throws -> SharedQuestion {
    guard let question = call.session.questions[call.object.slot] else {
      throw LuaRaise("same: is no longer available; ask again")
    }
    return question
  }
}
