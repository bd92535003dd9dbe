import CartEngine
import CartModel
import CartSupport
import LuaKit

/// How calls of scripts reach what is declared for them.
extension ScriptSession {
  func dispatch(_ operation: Int, _ arguments: [LuaValue]) throws -> [LuaValue] {
    var call = ScriptCall(
      session: self, operation: Dispatch.shared.operations[operation], arguments: arguments)
    let revision = handler.reader.revision
    defer { if handler.reader.revision != revision { vm.touch() } }
    do {
      try checkFence(call.operation.entry)
      try call.check()
      hasReadClock = false
      let answer = try call.operation.entry.body(&call)
      return facts == nil ? answer : noted(answer, call)
    } catch let error as LuaRaise {
      throw error
    } catch let error where error is EngineError || error is SupportError || error is ModelError {
      throw LuaRaise(Self.message(call.name, "\(error)"))
    }
  }

  /// A message that begins with the name of its function, once.
  static func message(_ name: String, _ message: String) -> String {
    message.hasPrefix(name + ":") ? message : "\(name): \(message)"
  }

  /// Answers without the way that all calls take; nil where that must say what is wrong, or note the
  /// question.
  func take(_ shortcut: ScriptShortcut, _ call: LuaCall) throws -> LuaValue? {
    guard facts == nil else { return nil }
    return switch shortcut {
    case .listHas: has(call).map(LuaValue.boolean)
    case .same: try same(call).map(LuaValue.object)
    case .count(let series): try count(series, call).map(LuaValue.integer)
    }
  }

  /// - Throws: for what may not be used where the script is now.
  private func checkFence(_ entry: Dispatch.Entry) throws(LuaRaise) {
    let place: ScriptPlace? =
      entry.access == .pure
      ? nil : isDeciding ? .policy : isJudging ? .rule : isFenced ? .file : nil
    if let words = place?.refusal(entry.name, entry.access) { throw LuaRaise(words) }
  }
}
