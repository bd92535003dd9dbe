import CartEngine
import CartModel
import CartTesting
import Testing

@testable import CartRules
@testable import CartScripting

/// Parameters that a rule reads and does not have.
struct ParameterTests {
  @Test func readingOneThatThereIsNotIsAnError() throws {
    let test = try TestShop()
    try test.take(TestShop.products)
    try test.take(
      """
      {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"cart1"}
      {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"cart1","sku":"MUG-01","quantity":12,"price":"10.50"}
      """)
    let handler = test.handler()
    _ = handler.begin("judge")
    let cart = try #require(try handler.cart(try handler.find("cart1")))
    let session = try ScriptSession(handler, profile: .rule, seed: 1) { _ in }
    _ = try session.run(
      """
      rule "r" { params = { most = 3 }, when = function(c, p)
        local key = "m" .. "ost" return c.quantity > p[key] end }
      rule "s" { params = { most = 3 }, when = function(c, p)
        local key = "m" .. "st" return c.quantity > p[key] end }
      rule "t" { when = function(c, p) return p.most end }
      policy "p" { max = { orders = 1 }, params = { most = 3 }, when = function(c, p)
        local key = "m" .. "st" return p[key] end }
      """, name: "@r.lua")
    #expect(try session.judge(session.rules[0], cart.key) == "")
    #expect(throws: ScriptError(.failed, "r.lua:4: params: has no 'mst'; did you mean 'most'?")) {
      try session.judge(session.rules[1], cart.key)
    }
    #expect(throws: ScriptError(.failed, "r.lua:5: params: has no 'most'")) {
      try session.judge(session.rules[2], cart.key)
    }
    #expect(throws: ScriptError(.failed, "r.lua:7: params: has no 'mst'; did you mean 'most'?")) {
      try session.decide(session.policies[0], cart.key)
    }
  }
}
