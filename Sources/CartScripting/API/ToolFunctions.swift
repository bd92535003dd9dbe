import CartEngine
import CartModel
import CartStore
import LuaKit

/// Tools beside carts: undo, operations, messages, help, modules.
enum ToolFunctions {
  static let all: [ScriptFunction] = [
    ScriptFunction(
      "undo", [.required("operation", "integer")], returns: "integer",
      "Takes an operation back; gives how many carts changed."
    ) { call in [try revert(call, redo: false)] },
    ScriptFunction(
      "redo", [.required("operation", "integer")], returns: "integer",
      "Does an undone operation again; gives how many carts changed."
    ) { call in [try revert(call, redo: true)] },
    ScriptFunction(
      "ops", [.optional("options", "table")], returns: "table[]",
      "Operations, newest first: {op=, at=, actor=, command=, carts=, events=, undone=}."
    ) { call in
      let options = try call.record(0, "limit")
      var limit = 50
      if let value = options["limit"] {
        guard case .integer(let given) = value, given > 0 else {
          throw LuaRaise("ops: limit: expected a whole number from 1")
        }
        limit = Int(clamping: given)
      }
      let operations = try call.handler.operations(limit: limit)
      return [
        .list(
          operations.map {
            .record([
              ("op", .integer($0.operation.id)),
              ("at", ScriptSession.seconds($0.operation.at)),
              ("actor", .string($0.operation.actor.description)),
              ("command", .string($0.operation.command)),
              ("carts", .integer($0.operation.carts)),
              ("events", .integer($0.operation.events)), ("undone", .boolean($0.isUndone)),
            ])
          })
      ]
    },
    ScriptFunction(
      "progress", [.required("n", "integer"), .optional("total", "integer")],
      "Says how far a script is."
    ) { call in
      let total = try call.optionalInteger(1)
      call.session.write(
        "\(try call.integer(0))\(total.map { " of \($0)" } ?? "")", to: call.session.messages)
      return []
    },
    ScriptFunction("log", [.rest], "Writes a message beside the output.") { call in
      let words = call.arguments.map { call.session.text($0) }
      call.session.write(words.joined(separator: " "), to: call.session.messages)
      return []
    },
    ScriptFunction("show", [.required("value", "any")], "Prints a value in full.") { call in
      call.session.write(try call.session.fullText(call[0]) + "\n", to: call.session.output)
      return []
    },
    ScriptFunction(
      "help", [.optional("name", "string")], "Explains a function or class."
    ) { call in
      call.session.write(
        ScriptHelp.text(try call.optionalText(0) ?? "") + "\n", to: call.session.output)
      return []
    },
    ScriptFunction(
      "require", [.required("name", "string")], returns: "any",
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

  private static func revert(_ call: ScriptCall, redo: Bool) throws -> LuaValue {
    let result = try call.handler.undo(try call.integer(0), redo: redo)
    for sentence in result.report.stays { call.session.messages(sentence) }
    return .integer(Int64(result.report.carts.count))
  }
}
