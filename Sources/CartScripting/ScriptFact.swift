import CartEngine
import CartModel
import LuaKit

/// What a rule asked, and the answer.
public struct ScriptFact: Sendable {
  /// `quantity`, `lines[2].price`, `same(ip, 10m).carts`.
  public let name: String
  /// `other` for an object that says only that it is there.
  public let value: LuaValue
  /// Of a question about other carts, the latest of those that count.
  public var carts: [String] = []
  /// How many carts count.
  public var cartCount = 0
}

extension ScriptSession {
  /// How many carts behind a fact are named.
  private static let cartsNamed = 6

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
    throws(ScriptError) -> (proposal: (reason: String, terms: OrderTerms)?, facts: [ScriptFact])
  {
    try noting([:]) { () throws(ScriptError) in try decide(policy, cart, parameters) }
  }

  private func noting<T>(_ changed: [String: LuaValue], _ body: () throws(ScriptError) -> T)
    throws(ScriptError) -> (T, [ScriptFact])
  {
    (facts, answers, watchesClock) = ([], changed, true)
    vm.touch()
    defer {
      (facts, answers, watchesClock) = (nil, [:], false)
      vm.touch()
    }
    let answer = try body()
    return (answer, facts ?? [])
  }

  /// The answer to a question of a rule that is traced: the true one, or the one to be tried.
  func noted(_ answer: [LuaValue], _ call: ScriptCall) -> [LuaValue] {
    guard facts != nil, answer.count <= 1 else { return answer }
    if call.operation.entry.event == "index" { return noted(line: answer, call) }
    guard let name = FactName.of(call) else { return answer }
    if let other = answers[name] { return [other] }
    let value = answer.first ?? .nil
    var fact: ScriptFact
    switch value {
    case .object(let object) where object.classID != ScriptClassID.money.rawValue:
      fact = ScriptFact(name: name, value: .other("known"))
    case .function: return answer
    default: fact = ScriptFact(name: name, value: value)
    }
    guard facts?.contains(where: { $0.name == name }) == false else { return answer }
    if let found = cartsBehind(call) { (fact.carts, fact.cartCount) = found }
    facts?.append(fact)
    return answer
  }

  private func cartsBehind(_ call: ScriptCall) -> (named: [String], count: Int)? {
    guard call.receiver == .same, let question = questions[call.object.slot] else { return nil }
    let series: SharedCount?
    switch SameClass.counting(call.name) {
    case .none: return nil
    case .all: series = nil
    case .of(let counted): series = counted
    }
    return try? handler.shared.carts(in: question, counting: series, most: Self.cartsNamed)
  }

  /// Reading a line behind the last one asks how many there are.
  private func noted(line answer: [LuaValue], _ call: ScriptCall) -> [LuaValue] {
    guard case .object(let object) = call[0], case .integer(let place) = call[1],
      let count = try? lines(object).count
    else { return answer }
    if case .integer(let other)? = answers[FactName.lines] {
      return place > other ? [.nil] : answer
    }
    if place == count + 1, facts?.contains(where: { $0.name == FactName.lines }) == false {
      facts?.append(ScriptFact(name: FactName.lines, value: .integer(Int64(count))))
    }
    return answer
  }
}

/// How a fact is called that a call reads.
enum FactName {
  static let lines = "#lines"

  /// Nil for a call that reads nothing.
  static func of(_ call: ScriptCall) -> String? {
    let session = call.session
    let entry = call.operation.entry
    guard entry.access == .pure, entry.noting != .nothing else { return nil }
    let field = call.name.split(separator: ".").last.map(String.init) ?? call.name
    let words = session.words(call)
    if case .object(let object) = call[0],
      object.classID == ScriptClassID.attributes.rawValue, case .string(let key) = call[1]
    {
      return "attr.\(key)"
    }
    switch (call.receiver, entry.event) {
    case (nil, "len"):
      guard case .object(let object) = call[0] else { return nil }
      switch ScriptClassID(rawValue: object.classID) {
      case .lines: return lines
      case .list: return "#list(\(session.interned(object.slot)))"
      default: return nil
      }
    case (_, let event) where !event.isEmpty: return nil
    case (nil, _):
      if entry.noting == .clock, !session.hasReadClock { return nil }
      return "\(call.name)(\(words))"
    case (.cart, _):
      return call.parameters.isEmpty ? field : "\(field)(\(words))"
    case (.line, _):
      guard let cart = try? session.cart(call.object.word) else { return nil }
      let id = (try? session.lineName(call.object)) ?? ""
      guard let place = cart.lines.firstIndex(where: { $0.id == id }) else { return nil }
      return "lines[\(place + 1)].\(field)"
    case (.address, _):
      let side = CartPartClasses.Side(rawValue: call.object.slot) ?? .shipping
      return "\(side.name).\(field)"
    case (.same, _):
      guard let question = session.questions[call.object.slot] else { return nil }
      return "same(\(question.name)).\(field)"
    case (.product, _): return "product(\(session.interned(call.object.slot))).\(field)"
    case (.list, _): return "list(\(session.interned(call.object.slot))):\(field)(\(words))"
    default: return nil
    }
  }
}

extension ScriptSession {
  /// The arguments of a call as its fact is called by: texts raw, tables by their keys.
  fileprivate func words(_ call: ScriptCall) -> String {
    (0..<max(0, call.count)).map { words(call[$0]) }.joined(separator: ", ")
  }

  private func words(_ value: LuaValue) -> String {
    switch value {
    case .table(let pairs):
      pairs.map { pair in
        if case .string(let key) = pair.key {
          key + "=" + words(pair.value)
        } else {
          words(pair.value)
        }
      }.joined(separator: ", ")
    case .object(let object) where object.classID == ScriptClassID.cart.rawValue: "c"
    default: text(value)
    }
  }
}
