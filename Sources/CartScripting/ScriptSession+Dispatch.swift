import CartEngine
import CartModel
import LuaKit

/// How calls of scripts reach what is declared for them.
extension ScriptSession {
  func dispatch(_ operation: Int, _ arguments: [LuaValue]) throws -> [LuaValue] {
    var call = ScriptCall(
      session: self, operation: Dispatch.shared.operations[operation], arguments: arguments)
    let revision = handler.revision
    defer { if handler.revision != revision { vm.touch() } }
    do {
      try checkFence(call.operation.entry)
      try call.check()
      let answer = try call.operation.entry.body(&call)
      return facts == nil ? answer : noted(answer, call)
    } catch let error as LuaRaise {
      throw error
    } catch let error as EngineError {
      throw LuaRaise("\(call.name): \(error.message)")
    } catch let error as ModelError {
      throw LuaRaise("\(call.name): \(error.message)")
    }
  }

  /// Answers without the way that all calls take; nil where that must say what is wrong, or note the
  /// question.
  func take(_ shortcut: Dispatch.Shortcut, _ call: LuaCall) throws -> LuaValue? {
    guard facts == nil else { return nil }
    return switch shortcut {
    case .listHas: has(call).map(LuaValue.boolean)
    case .same: try same(call).map(LuaValue.object)
    case .count(let series): try count(series, call).map(LuaValue.integer)
    }
  }

  /// - Throws: for what may not be used where the script is now.
  private func checkFence(_ entry: Dispatch.Entry) throws(LuaRaise) {
    if entry.isPure { return }
    if isDeciding {
      guard !entry.isReading else { return }
      throw LuaRaise(
        "\(entry.name): not inside a policy, which looks at the shop and changes nothing; what is to "
          + "be ordered stands in 'order'")
    }
    guard isJudging || isFenced && !entry.isDefinition else { return }
    throw LuaRaise(
      "\(entry.name): not inside a rule, which sees the cart, c:same, list, product, money and "
        + "times only")
  }
}
