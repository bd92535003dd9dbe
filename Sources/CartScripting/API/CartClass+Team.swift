import CartEngine
import CartModel
import LuaKit

/// What members of staff say to each other about a cart.
extension CartClass {
  static let team: [ScriptFunction] = [
    ScriptFunction(
      "claim", .effect,
      [
        .optional(
          "options", "string|table", "how long, at most 7d; claim_for without",
          grammar: .record([("ttl", .span), ("take", .any)]))
      ],
      returns: "cart",
      "Takes the cart for you for a while, as \"30m\", or {ttl=, take=true} to take it over.",
      errors: ["a cart that other staff have claimed, naming them", "a deleted cart"]
    ) { call in
      let (ttl, takesOver) = try claim(call)
      try call.run().claim(try call.target(), ttl: ttl, takesOver: takesOver)
      return [call.arguments[0]]
    },
    ScriptFunction(
      "release", .effect,
      [.optional("options", "table", grammar: .record([("take", .any)]))], returns: "cart",
      "Gives a claimed cart free; {take=true} also another's.",
      errors: ["a cart that other staff have claimed, naming them"]
    ) { call in
      let takesOver = try flag(try call.record(0)["take"], "take", call)
      try call.run().release(try call.target(), takesOver: takesOver)
      return [call.arguments[0]]
    },
    ScriptFunction(
      "note", .effect, [.required("text", "string", "at most 2000 bytes")], returns: "cart",
      "Writes something down about it.", errors: ["an empty text", "the 101st note of a cart"]
    ) { call in
      try call.run().write(note: try call.text(0), on: try call.target())
      return [call.arguments[0]]
    },
  ]

  static func claim(_ call: ScriptCall) throws -> (ttl: Span?, takesOver: Bool) {
    guard case .table? = Optional(call[0]) else {
      return (try call.optionalText(0).map { try Span($0) }, false)
    }
    let options = try call.record(0)
    guard let ttl = options["ttl"] else { return (nil, try flag(options["take"], "take", call)) }
    guard case .string(let text) = ttl else {
      throw LuaRaise("claim: ttl: expected a text as \"30m\", got \(call.session.kind(ttl))")
    }
    return (try Span(text), try flag(options["take"], "take", call))
  }

  static func flag(_ value: LuaValue?, _ key: String, _ call: ScriptCall) throws(LuaRaise)
    -> Bool
  {
    guard let value else { return false }
    guard case .boolean(let flag) = value else {
      throw LuaRaise(
        "\(call.name): \(key): expected true or false, got \(call.session.kind(value))")
    }
    return flag
  }
}
