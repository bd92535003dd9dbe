import CartEngine
import CartModel
import CartSupport
import LuaKit

/// A test that stands beside a rule.
public struct ScriptTest: Sendable {
  public let name: String
  let body: LuaFunction
}

/// What a rule or policy said of a fixture.
public struct ScriptTestVerdict {
  /// Nil for no hit.
  public var reason: String?
  public var facts: [ScriptFact]
  /// How a policy would order it.
  public var terms: OrderTerms?

  public init(reason: String?, facts: [ScriptFact], terms: OrderTerms? = nil) {
    self.reason = reason
    self.facts = facts
    self.terms = terms
  }
}

/// `test`, `fixture`, `judge` and `expect`: tests beside rules, which `cartio rules test` runs.
enum TestFunctions {
  static let names: Set<String> = ["test", "fixture", "judge", "expect"]

  static let all: [ScriptFunction] = [
    ScriptFunction(
      "test", .define, [.required("name", "string"), .required("body", "function")],
      "Beside rules: test(\"name\", function() … end), which 'cartio rules test' runs."
    ) { call in
      let body = try call.function(1)
      call.session.keep(body)
      call.session.tests.append(ScriptTest(name: try call.text(0), body: body))
      return []
    },
    ScriptFunction(
      "fixture", .define, [.required("cart", "table")], returns: "table",
      "In a test, a cart: {\(ShopperField.own.map { "\($0.key)=, " }.joined())currency=, quantity=, subtotal=, "
        + "lines={{sku=, name=, quantity=, price=, options=}}, coupons=, declined=, card=, code=, ordered=, ago=, "
        + "before={fixture with times=, …}, settings={as in store.lua}, now=}. The shop's own settings do "
        + "not count: without settings= they are the defaults, as EUR, UTC and no tax."
    ) { call in
      guard case .table = call[0] else { throw call.failure(0, "a table") }
      return [call[0]]
    },
    ScriptFunction(
      "judge", .define, [.required("rule", "string"), .required("cart", "table")],
      returns: "verdict",
      "In a test, what a rule says of a fixture: {hit=, reason=, facts={…}}; a policy that would order it "
        + "gives order={note=, status=} as well."
    ) { call in
      guard let judge = call.session.judgeFixture else {
        throw LuaRaise("judge: only inside a test; see 'cartio rules test'")
      }
      guard case .table = call[1] else { throw call.failure(1, "a fixture") }
      let fixture = try call.session.json(call[1], "judge")
      let said = try judge(try call.text(0), fixture)
      var members: [(String, LuaValue)] = [
        ("hit", .boolean(said.reason != nil)), ("reason", .string(said.reason ?? "")),
        ("facts", .record(said.facts.map { ($0.name, plain($0.value)) })),
      ]
      if let terms = said.terms {
        members.append(
          (
            "order",
            .record([
              ("note", .string(terms.note)), ("status", .string(terms.isPaid ? "paid" : "placed")),
            ])
          ))
      }
      return [.record(members)]
    },
    ScriptFunction(
      "expect", .define, [.required("got", "any"), .required("expected", "any")],
      "In a test: fails unless both are the same."
    ) { call in
      let (got, expected) = (call[0], call[1])
      if got == expected || call.session.text(got) == call.session.text(expected) { return [] }
      throw LuaRaise("expected \(call.session.text(expected)), got \(call.session.text(got))")
    },
  ]
}

extension TestFunctions {
  /// What another session answered, without objects of its own.
  private static func plain(_ value: LuaValue) -> LuaValue {
    if case .other(let word) = value { .string(word) } else { value }
  }
}

extension ScriptSession {
  /// A fixture that a chunk returns; nil for what is none.
  public func fixture(_ chunk: String) throws -> JSONValue? {
    let function = try hold("return function() \(chunk) end")
    defer { release(.function(function)) }
    guard let value = try callFresh(function, [], .rule).first, case .table = value else {
      return nil
    }
    return try json(value, "fixture")
  }

  /// Runs a test of its file.
  ///
  /// - Parameters:
  ///   - budget: of the test and of all that it asks rules.
  ///   - judge: what a rule says of a fixture: the reason of a hit, and what it asked.
  /// - Throws: what the test raises.
  public func run(
    _ test: ScriptTest, _ budget: LuaVM.Budget,
    judge: @escaping (_ rule: String, _ fixture: JSONValue) throws -> ScriptTestVerdict
  ) throws(ScriptError) {
    judgeFixture = judge
    defer { judgeFixture = nil }
    _ = try callFresh(test.body, [], budget)
  }
}
