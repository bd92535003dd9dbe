import CartEngine
import CartModel

/// The Lua of verbs that change one cart.
extension VerbLua {
  /// What a method of a cart does, by the verb's name.
  static let effects: [String: Phrase] = [
    "add": { targets, call in
      // Behind .each there is no one cart, and only a SKU will do.
      var what = call[1]
      if !call[0].isEmpty, !what.hasPrefix("#") {
        let line = try targets.addition(what, to: targets.cart(call[0]), isBulk: false)
        what = line.id.isEmpty ? line.sku : line.id
      }
      return "add(\(what, "sku"), \(try call.quantity(2, default: 1), "quantity"))"
    },
    "set": { "set(\(try line($0, $1), "line"), \(try $1.quantity(2), "quantity"))" },
    "remove": { "remove(\(try line($0, $1), "line"))" },
    "coupon": { _, call in
      call[1].hasPrefix("-")
        ? "remove_coupon(\(String(call[1].dropFirst()), "code"))"
        : "apply_coupon(\(call[1], "code"))"
    },
    "address": { _, call in
      let fields = call.options.filter { $0.key != "reason" }.sorted { $0.key < $1.key }
      func part(_ isBilling: Bool) -> LuaCode {
        .joined(
          fields.filter { $0.key.hasPrefix("billing_") == isBilling }.map { field -> LuaCode in
            let name = isBilling ? String(field.key.dropFirst(8)) : field.key
            return "\(code: name) = \(field.value, name)"
          })
      }
      guard fields.contains(where: { $0.key.hasPrefix("billing_") }) else {
        return "set_address{\(part(false))}"
      }
      return "set_address{shipping = {\(part(false))}, billing = {\(part(true))}}"
    },
    "claim": { _, call in
      var parts: [LuaCode] = []
      if let ttl = call.options["ttl"] { parts.append("ttl = \(ttl, "ttl")") }
      if call.options["take"] == "yes" { parts.append("take = true") }
      return parts.isEmpty ? "claim()" : "claim{\(LuaCode.joined(parts))}"
    },
    "release": { $1.options["take"] == "yes" ? "release{take = true}" : "release()" },
    "note": { "note(\($1.text(after: 1), "note"))" },
    "delete": { "delete(\(reason($1)))" },
    "hold": { "hold(\(reason($1)))" },
    "restore": { "restore(\(reason($1)))" },
    "order": { _, call in
      guard let note = call.options["note"] else { return "order()" }
      return "order{note = \(note, "note")}"
    },
  ]

  /// The line of the second word: its place as it was typed, else what names it to a script.
  private static func line(_ targets: Targets, _ call: VerbCall) throws -> String {
    if call[0].isEmpty || call[1].hasPrefix("#") { return call[1] }
    let cart = try targets.cart(call[0])
    let line = try targets.line(call[1], of: cart, isBulk: false)
    let isOnly = !line.sku.isEmpty && cart.lines.count { $0.sku == line.sku } == 1
    return isOnly ? line.sku : line.id
  }

  private static func reason(_ call: VerbCall) -> LuaCode {
    guard let reason = call.options["reason"] else { return "" }
    return "\(reason, "because")"
  }
}
