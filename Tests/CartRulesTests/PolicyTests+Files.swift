import CartEngine
import CartModel
import CartRules
import CartScripting
import CartStorage
import CartTesting
import Testing

extension PolicyTests {
  // MARK: When it runs

  @Test func itRunsWhenItIsDue() throws {
    let harness = try harness(
      Self.all.replacing("max =", with: "every = \"15m\",\n  max ="), carts: 1)
    #expect(try run(harness) != nil)
    harness.test.clock.advance(15 * 60_000 - 1)
    #expect(try run(harness) == nil)
    #expect(try run(harness, "auto") != nil)
    harness.test.clock.advance(15 * 60_000)
    #expect(try run(harness) != nil)
  }

  @Test func aClockThatWasAheadDoesNotStopIt() throws {
    let harness = try harness(
      Self.all.replacing("max =", with: "every = \"1h\",\n  max ="), carts: 1)
    harness.test.clock.advance(86_400_000)
    #expect(try run(harness) != nil)
    harness.test.clock.advance(-86_400_000)
    #expect(try run(harness) != nil)
  }

  @Test func onceThatFailsFallsBackToShadow() throws {
    let harness = try harness(
      """
      policy "auto" {
        max = { orders = 30 },
        when = function(c) if c.quantity > 0 then error("no") end end,
      }
      """)
    try harness.enforce("auto")
    let result = try run(harness)
    #expect(result?.carts.count == 5)
    #expect(left(result).first == "t1: auto.lua:3: no")
    #expect(try harness.book.rule("auto").setting.mode == .shadow)
    #expect(
      harness.said == [
        "policy auto falls back to shadow: it failed 5 times in a row: auto.lua:3: no"
      ])
  }

  @Test func aPlanOrdersNothing() throws {
    let harness = try harness(Self.all)
    try harness.enforce("auto")
    let before = try harness.test.exported()
    var plan: Plan?
    try operation(harness.handler, "plan") {
      plan = try harness.handler.run.plans.plan { _ = try harness.book.runPolicies(isTrial: true) }
    }
    #expect(plan?.orders == 3)
    #expect(try harness.test.exported() == before)
    #expect(ordered(try run(harness)) == ["t1", "t2", "t3"])
  }

  // MARK: What a file may say

  @Test(
    arguments: [
      (
        "policy \"x\" { when = function() end }",
        "policy 'x': max: expected a cap as {orders=20, total=\"5000\", per=\"1d\"}, got nothing"
      ),
      (
        "policy \"x\" { max = {}, when = function() end }",
        "policy 'x': max: expected a cap as {orders=20, total=\"5000\", per=\"1d\"}"
      ),
      (
        "policy \"x\" { max = {order=1}, when = function() end }",
        "policy 'x': max: no key 'order'; did you mean 'orders'?"
      ),
      (
        "policy \"x\" { max = {orders=1}, evry = \"1d\", when = function() end }",
        "policy 'x': no key 'evry'; did you mean 'every'?"
      ),
      (
        "policy \"x\" { max = {orders=1}, order = {status=\"payed\"}, when = function() end }",
        "policy 'x': order: status: expected placed or paid, got 'payed'; did you mean 'placed'?"
      ),
      (
        "policy \"x\" { max = {orders=1}, every = 15, when = function() end }",
        "policy 'x': every: expected a span of at most 366d as \"15m\", got the number 15"
      ),
    ]) func aFileThatIsWrongSaysHow(_ text: String, _ message: String) throws
  {
    let harness = try RuleHarness(0)
    harness.write("x.lua", text)
    let scan = try harness.scan()
    #expect(scan.errors.first?.message == "x.lua:1: " + message)
  }

  @Test(
    arguments: [
      ("c:delete()", "delete"), ("c:add(\"PEN\")", "add"), ("c:order()", "order"),
      ("carts.create{}", "carts.create"), ("blacklist.add{ip=\"1.2.3.4\"}", "blacklist.add"),
      ("carts{}:each(function(c) c:delete() end)", "each"), ("undo(1)", "undo"),
      ("plan(function() end)", "plan"), ("atomically(function() end)", "atomically"),
    ]) func aPolicyLooksAndChangesNothing(_ code: String, _ name: String) throws
  {
    let harness = try harness(
      "policy \"auto\" { max = {orders=9}, when = function(c) \(code) return true end }", carts: 1)
    let result = try run(harness)
    #expect(
      left(result) == [
        "t1: auto.lua:1: \(name): not inside a policy, which looks at the shop and changes nothing; "
          + "what is to be ordered stands in 'order'"
      ])
  }

  @Test func itMayAskTheShopAndSayHow() throws {
    let harness = try harness(
      """
      policy "auto" {
        max = { orders = 9 },
        params = { most = 2 },
        when = function(c, p)
          local n = carts{customer_id = c.customer_id}:count()
          return n == 1 and #orders{status="any"} == 0 and c.quantity <= p.most
        end,
        order = function(c, p)
          if c.quantity == 1 then return nil end
          return { note = "two", status = "paid", address = { city = "Bern", country = "CH" } }
        end,
      }
      """)
    try harness.enforce("auto")
    #expect(ordered(try run(harness)) == ["t2"])
    let cart = try harness.cart("t2")
    #expect(cart.order?.state == .paid)
    #expect(cart.shopper[.shippingCity] == "Bern")
  }

  @Test func parametersAreSetAsAVersion() throws {
    let harness = try harness(
      """
      policy "auto" {
        max = { orders = 9 }, params = { most = 1 },
        when = function(c, p) return c.quantity <= p.most end,
      }
      """)
    try operation(harness.handler, "set") {
      _ = try harness.book.set("auto", parameters: [(name: "most", value: "2")])
    }
    #expect(ordered(try run(harness)) == ["t1", "t2"])
  }
}
