import CartEngine
import CartModel
import LuaKit

/// What a rule asked, and the answer.
public struct ScriptFact: Sendable {
  /// `quantity`, `lines[2].price`, `same(ip, 10m).carts`.
  public let name: String
  public let value: LuaValue
  /// Of a question about other carts, some of them.
  public var carts: [String] = []
}

extension ScriptSession {
  /// Asks a rule about a cart, noting what it asks.
  ///
  /// - Parameter changed: answers that are given in place of the true ones, by the fact's name.
  public func trace(
    _ rule: ScriptRule, _ cart: Int64, _ parameters: [String: String], changed: [String: LuaValue]
  ) throws(ScriptError) -> (reason: String?, facts: [ScriptFact]) {
    try noting(changed) { () throws(ScriptError) in try judge(rule, cart, parameters) }
  }

  /// Asks a policy about a cart, noting what it asks.
  public func trace(_ policy: ScriptPolicy, _ cart: Int64, _ parameters: [String: String])
    throws(ScriptError) -> (wish: (reason: String, terms: OrderTerms)?, facts: [ScriptFact])
  {
    try noting([:]) { () throws(ScriptError) in try decide(policy, cart, parameters) }
  }

  private func noting<T>(_ changed: [String: LuaValue], _ body: () throws(ScriptError) -> T)
    throws(ScriptError) -> (T, [ScriptFact])
  {
    (facts, answers) = ([], changed)
    vm.touch()
    defer {
      (facts, answers) = (nil, [:])
      vm.touch()
    }
    let answer = try body()
    return (answer, facts ?? [])
  }

  /// The answer to a question of a rule that is traced: the true one, or the one to be tried.
  func noted(_ answer: [LuaValue], _ call: ScriptCall) -> [LuaValue] {
    guard facts != nil, answer.count == 1, let name = factName(call) else { return answer }
    if let other = answers[name] { return [other] }
    switch answer[0] {
    case .integer, .number, .string, .boolean: break
    case .object(let object) where object.classID == ScriptClassID.money.rawValue: break
    default: return answer
    }
    if facts?.contains(where: { $0.name == name }) == false {
      var fact = ScriptFact(name: name, value: answer[0])
      if call.receiver == .same, let question = questions[call.object.slot] {
        fact.carts = (try? handler.carts(in: question, most: 6)) ?? []
      }
      facts?.append(fact)
    }
    return answer
  }

  private func factName(_ call: ScriptCall) -> String? {
    let field = call.name.split(separator: ".").last.map(String.init) ?? call.name
    switch call.receiver {
    case .cart where field == "matches":
      guard case .string(let filter) = call[0] else { return nil }
      return "matches(\(filter))"
    case .cart: return call.parameters.isEmpty ? field : nil
    case .line:
      guard let cart = try? cart(call.object.word) else { return nil }
      let id = (try? lineName(call.object)) ?? ""
      guard let place = cart.lines.firstIndex(where: { $0.id == id }) else { return nil }
      return "lines[\(place + 1)].\(field)"
    case .same:
      guard let question = questions[call.object.slot] else { return nil }
      return "same(\(question.name)).\(field)"
    case .product: return "product(\(interned(call.object.slot))).\(field)"
    case .list where field == "has":
      return "list(\(interned(call.object.slot))):has(\(text(call[0])))"
    default: return nil
    }
  }
}
