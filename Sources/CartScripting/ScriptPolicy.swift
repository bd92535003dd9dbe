import CartEngine
import CartModel
import CartSupport
import LuaKit

/// A policy as its file states it: which carts become orders by themselves, when, and how many.
public struct ScriptPolicy: Sendable {
  public let name: String
  /// How often it runs; nil for each time policies are run.
  public var every: Span?
  public var cap: OrderCap
  /// How far a price may be from the catalogue's.
  public var drift = Percent(millionths: 0)
  public var parameters: [(name: String, value: LuaValue)] = []
  let when: LuaFunction
  let order: Order

  enum Order: Sendable {
    case terms(OrderTerms)
    case function(LuaFunction)
  }

  func release(_ vm: LuaVM) {
    vm.release(when)
    if case .function(let function) = order { vm.release(function) }
  }
}

extension ScriptSession {
  static let policyKeys = ["when", "order", "every", "max", "drift", "params"]

  /// Takes in what follows `policy "name"`.
  func define(policy name: String, _ what: String, _ pairs: [LuaValue.Pair]) throws {
    let members = try DefinitionMembers(self, what, pairs, known: Self.policyKeys)
    guard !policies.contains(where: { $0.name == name }) else {
      throw LuaRaise("\(what): is defined already")
    }
    let when = try members.function("when")
    let order: ScriptPolicy.Order
    switch members["order"] {
    case nil, .table: order = .terms(try terms(members["order"] ?? .nil, "\(what): order"))
    case .function(let function): order = .function(function)
    default: throw members.bad("order", "a table or a function")
    }
    var policy = ScriptPolicy(
      name: name, every: try members.span("every"), cap: try cap(members, what), when: when,
      order: order)
    policy.drift = try members.percent("drift") ?? policy.drift
    policy.parameters = try members.parameters()
    keep(when)
    if case .function(let function) = order { keep(function) }
    policies.append(policy)
  }

  private func cap(_ members: DefinitionMembers, _ what: String) throws -> OrderCap {
    let expected = "a cap as {orders=20, total=\"5000\", per=\"1d\"}"
    guard let max = try members.table("max", known: ["orders", "total", "per"]) else {
      throw members.bad("max", expected)
    }
    let orders = try max.integer("orders")
    if let orders, orders < 0 { throw max.bad("orders", "0 or more") }
    var total: Money?
    switch max["total"] {
    case nil: break
    case .string(let text):
      do throws(ModelError) { total = try Money(text, handler.settings.currency) } catch {
        throw LuaRaise("\(what): max: total: \(error.message)")
      }
    case .integer(let whole): total = try? Money(String(whole), handler.settings.currency)
    case .object(let object) where object.classID == ScriptClassID.money.rawValue:
      total = Currency(number: Int(object.slot)).map { Money(minor: object.word, $0) }
    default: break
    }
    if max["total"] != nil, total.map({ $0.minor < 0 }) ?? true {
      throw max.bad("total", "an amount as \"5000\"")
    }
    guard orders != nil || total != nil else {
      throw LuaRaise("\(what): max: expected \(expected)")
    }
    return OrderCap(
      orders: orders, total: total, per: try max.span("per") ?? Span(milliseconds: 86_400_000))
  }

  /// Asks a policy about a cart.
  ///
  /// - Returns: why it would be ordered, empty for no words, and how; nil where it would not.
  /// - Throws: `ScriptError` for what the policy raises, for a limit, and for an answer that is none.
  public func decide(_ policy: ScriptPolicy, _ cart: Int64, _ parameters: [String: String] = [:])
    throws(ScriptError) -> (reason: String, terms: OrderTerms)?
  {
    isDeciding = true
    defer { isDeciding = false }
    let arguments = [object(cart: cart), self.parameters(policy.parameters, set: parameters)]
    let what = "policy \(quoted(policy.name))"
    guard
      let reason = try reason(
        callFresh(policy.when, arguments, .policy, record: ScriptRecord.parameters).first
          ?? .nil, what)
    else { return nil }
    switch policy.order {
    case .terms(let terms): return (reason, terms)
    case .function(let function):
      switch try callFresh(function, arguments, .policy, record: ScriptRecord.parameters).first
        ?? .nil
      {
      case .nil, .boolean(false): return nil
      case .boolean(true): return (reason, OrderTerms())
      case let value:
        do { return (reason, try terms(value, "\(what): order")) } catch {
          throw ScriptError(.failed, "\(error)")
        }
      }
    }
  }
}
