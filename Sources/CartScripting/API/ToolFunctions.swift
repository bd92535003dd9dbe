import CartEngine
import CartModel
import CartSupport
import LuaKit

/// Tools beside carts: messages, help, modules.
enum ToolFunctions {
  static let all: [ScriptFunction] = [
    ScriptFunction(
      "progress", .read, [.required("n", "integer"), .optional("total", "integer")],
      "Says how far a script is."
    ) { call in
      let total = try call.optionalInteger(1)
      call.session.write(
        "\(try call.integer(0))\(total.map { " of \($0)" } ?? "")", to: call.session.messages)
      return []
    },
    ScriptFunction(
      "reason", .effect, [.required("text", "string", "at most 2000 bytes")],
      "Says why this run changes what it changes; an operation keeps the first.",
      errors: ["a text that is longer, or has a NUL"]
    ) { call in
      try call.run().note(reason: try call.text(0))
      return []
    },
    ScriptFunction("log", .pure, [.rest], noting: .nothing, "Writes a message beside the output.") {
      call in
      let words = call.arguments.map { call.session.text($0) }
      call.session.write(words.joined(separator: " "), to: call.session.messages)
      return []
    },
    ScriptFunction("show", .read, [.required("value", "any")], "Prints a value in full.") { call in
      call.session.write(try call.session.fullText(call[0]) + "\n", to: call.session.output)
      return []
    },
    ScriptFunction(
      "help", .read, [.optional("name", "string")], "Explains a function or class."
    ) { call in
      call.session.write(
        ScriptHelp.text(try call.optionalText(0) ?? "") + "\n", to: call.session.output)
      return []
    },
    ScriptFunction(
      "require", .define, [.required("name", "string", grammar: .module)], returns: "any",
      "What lib/NAME.lua returns; loaded once."
    ) { call in
      let name = try call.text(0)
      let letters = name.utf8.allSatisfy {
        (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f
      }
      guard letters, let first = name.utf8.first, first >= 0x61 else {
        throw LuaRaise(
          "require: expected a name of small letters, digits and _, got \(quoted(name))")
      }
      return [try call.session.require(name)]
    },
  ]
}
