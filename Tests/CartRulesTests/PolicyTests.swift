import CartEngine
import CartModel
import CartRules
import CartScripting
import CartStorage
import CartTesting
import Testing

/// Policies: orders without a command.
struct PolicyTests {
  static let all = """
    policy "auto" {
      max = { orders = 3, per = "1d" },
      when = function(c) return c.group == "trade" and "on account" end,
    }
    """

  /// Carts t1 … tN of customers of their own, each with so many pieces at 10.00 as its place says.
  func harness(_ text: String, carts: Int = 5) throws -> RuleHarness {
    let harness = try RuleHarness(0)
    var lines = """
      {"type":"product.upserted","at":"2026-10-01T08:00:00Z","sku":"PEN","name":"Pen","price":"10.00","currency":"EUR"}

      """
    for cart in 1...carts {
      lines += """
        {"type":"cart.created","at":"2026-11-01T07:0\(cart):00Z","cart":"t\(cart)","shopper":{"customer":\(100 + cart),"group":"trade"}}
        {"type":"line.added","at":"2026-11-01T07:0\(cart):00Z","cart":"t\(cart)","sku":"PEN","quantity":\(cart),"price":"10.00"}

        """
    }
    try harness.test.take(lines)
    harness.write("auto.lua", text)
    let scan = try harness.scan()
    #expect(scan.errors.map(\.message) == [])
    return harness
  }

  @discardableResult
  func run(_ harness: RuleHarness, _ only: String? = nil) throws -> PolicyResult? {
    var results: [PolicyResult] = []
    harness.book.refresh()
    try operation(harness.handler, "run") { results = try harness.book.runPolicies(only) }
    return results.first
  }

  func ordered(_ result: PolicyResult?) -> [String] { result?.ordered.map(\.cart) ?? [] }

  func left(_ result: PolicyResult?) -> [String] {
    result?.carts.filter { $0.outcome != .order }.map { "\($0.cart): \($0.reason)" } ?? []
  }

  // MARK: Shadow and enforced

  @Test func inShadowItIsOnlyCounted() throws {
    let harness = try harness(Self.all)
    let result = try run(harness)
    #expect(ordered(result) == ["t1", "t2", "t3"])
    #expect(result?.isFull == true)
    for cart in 1...5 { #expect(try harness.cart("t\(cart)").state == .open) }
    #expect(try harness.hits("auto") == 3)
  }

  @Test func inForceItOrdersWithinTheCapOverAllRuns() throws {
    let harness = try harness(Self.all)
    try harness.enforce("auto")
    let first = try run(harness)
    #expect(ordered(first) == ["t1", "t2", "t3"])
    let cart = try harness.cart("t2")
    #expect(cart.state == .ordered)
    #expect(cart.order?.total.description == "20.00")
    let actor = try harness.handler.history(of: cart.key).last?.event.actor.description
    #expect(actor == "policy:auto")
    #expect(ordered(try run(harness)) == [])
    // The cap is of a day, from now back.
    harness.test.clock.advance(86_400_001)
    #expect(ordered(try run(harness)) == ["t4", "t5"])
    #expect(try harness.test.shop.check().isClean)
  }

  @Test func theSumOfTheCapCountsAsWell() throws {
    let harness = try harness(
      """
      policy "auto" {
        max = { total = "65", per = "2h" },
        when = function(c) return true end,
      }
      """)
    try harness.enforce("auto")
    let result = try run(harness)
    // 10 + 20 + 30, then 40 and 50 are too much.
    #expect(ordered(result) == ["t1", "t2", "t3"])
    #expect(
      left(result) == [
        "t4: cap: 65.00 EUR in 2h, with this one it would be 100.00",
        "t5: cap: 65.00 EUR in 2h, with this one it would be 110.00",
      ])
  }

  @Test func anotherProcessUsesUpTheSameCap() throws {
    let harness = try harness(Self.all)
    let other = CommandHandler(try harness.test.reopened(), actor: .staff("ben"), consent: .given)
    let cap = OrderCap(orders: 1, total: nil, per: Span(milliseconds: 86_400_000))
    _ = harness.handler.begin("mine")
    _ = other.begin("theirs")
    let mine = try harness.handler.run.policies.begin(
      policy: "auto", version: 1, isShadow: false, cap: cap)
    let theirs = try other.run.policies.begin(policy: "auto", version: 1, isShadow: false, cap: cap)
    let (t1, t2) = (try harness.handler.find("t1"), try other.find("t2"))
    try other.run.policies.order(OrderTerms(), on: t2, reason: "", for: theirs)
    let t3 = try harness.handler.find("t3")
    // The second time no other run has written since: the cap is spent all the same.
    for cart in [t1, t3, t1] {
      #expect(throws: EngineError.self) {
        try harness.handler.run.policies.order(OrderTerms(), on: cart, reason: "", for: mine)
      }
    }
    _ = try harness.handler.finish()
    #expect(try harness.cart("t1").state == .open)
    #expect(try harness.cart("t2").state == .ordered)
  }

  @Test func stockIsLookedAtAgainWhenItIsWritten() throws {
    let harness = try harness(Self.all)
    try harness.test.take(
      """
      {"type":"product.upserted","at":"2026-11-01T07:30:00Z","sku":"PEN","name":"Pen","price":"10.00","currency":"EUR","stock":3}
      """)
    let other = CommandHandler(try harness.test.reopened(), actor: .staff("ben"), consent: .given)
    let cap = OrderCap(orders: 9, total: nil, per: Span(milliseconds: 86_400_000))
    _ = harness.handler.begin("mine")
    let mine = try harness.handler.run.policies.begin(
      policy: "auto", version: 1, isShadow: false, cap: cap)
    let check = SaleCheck(harness.handler.run, drift: Percent(millionths: 0))
    let t2 = try harness.handler.find("t2")
    #expect(try check.objection(to: try harness.cart("t2")) == nil)
    try operation(other) { try other.execute(.order(.init(id: "")), on: other.find("t3")) }
    let error = #expect(throws: EngineError.self) {
      _ = try harness.handler.run.policies.order(OrderTerms(), on: t2, reason: "", for: mine)
    }
    #expect(error?.message.contains("stock of PEN: wants 2, there were 3") == true)
    _ = try harness.handler.finish()
    #expect(try harness.cart("t2").state == .open)
  }

  @Test func aPlanOfTwoPoliciesSellsNothingTwice() throws {
    let harness = try harness(
      Self.all.replacing("\"auto\"", with: "\"one\"")
        .replacing("c.group ==", with: "c.quantity == 2 and c.group =="), carts: 3)
    harness.write(
      "two.lua",
      "policy \"two\" { max = { orders = 9 }, when = function(c) return c.quantity == 3 end }")
    _ = try harness.scan()
    try harness.test.take(
      """
      {"type":"product.upserted","at":"2026-11-01T07:30:00Z","sku":"PEN","name":"Pen","price":"10.00","currency":"EUR","stock":3}
      """)
    for policy in ["one", "two"] { try harness.enforce(policy) }
    var planned: [PolicyResult] = []
    try operation(harness.handler, "plan") {
      _ = try harness.handler.run.plans.plan {
        planned = try harness.book.runPolicies(isTrial: true)
      }
    }
    var done: [PolicyResult] = []
    try operation(harness.handler, "run") { done = try harness.book.runPolicies() }
    for results in [planned, done] {
      #expect(results.map { $0.ordered.map(\.cart) } == [["t2"], []])
    }
  }

  @Test func whatFailsOnOneCartKeepsNoOtherFromBeingOrdered() throws {
    let harness = try harness(
      """
      policy "auto" {
        max = { orders = 9 }, when = function() return true end,
        order = function(c) return { note = c.quantity == 2 and "a\\0b" or "fine" } end,
      }
      """)
    try harness.enforce("auto")
    let result = try run(harness)
    #expect(ordered(result) == ["t1", "t3", "t4", "t5"])
    #expect(result?.carts[1].outcome == .error)
    #expect(try harness.test.shop.store.lastRun(of: "auto", until: TestShop.start)?.run.orders == 4)
  }

  /// What is switched off while it runs ends there.
  @Test func oneThatIsSwitchedOffOrdersNoMore() throws {
    let harness = try harness(Self.all.replacing("orders = 3", with: "orders = 30"))
    try harness.enforce("auto")
    let other = CommandHandler(try harness.test.reopened(), actor: .staff("ben"), consent: .given)
    let book = RuleBook(other, folder: harness.test.folder.file("rules"))
    var seen = 0
    harness.handler.hooks.shouldStop = {
      seen += 1
      if seen == 3 { _ = try? operation(other) { _ = try book.set("auto", .off) } }
      return false
    }
    #expect(ordered(try run(harness)) == ["t1", "t2"])
  }

  /// Lines of a file that would enforce a rule, replace its text, or break it.
  @Test(
    arguments: [
      (
        #"{"type":"source.recorded","source":"00112233445566778899aabbccddeeff","text":"x"}"#,
        "source: its text does not have the digest '00112233445566778899aabbccddeeff'"
      ),
      (
        #"{"type":"rule.set","rule":"auto","mode":"enforce","version":1}"#,
        "rule.set: a file enforces rules only in a shop that has none; use 'rules enforce auto'"
      ),
      (
        #"{"type":"rule.versioned","rule":"zz","version":1,"file":"zz.lua"}"#,
        "sources: expected that of its file 'zz.lua'"
      ),
      (
        #"{"type":"rule.versioned","rule":"zz","version":1,"file":"zz.lua","sources":{"zz.lua":"00"}}"#,
        "sources: no source.recorded for zz.lua stands before it"
      ),
      (
        #"{"type":"rule.versioned","rule":"auto","version":9223372036854775807}"#,
        "version: expected a whole number of up to 10^9"
      ),
    ]) func aFilePutsNothingInForce(_ line: String, _ reason: String) throws
  {
    let harness = try harness(Self.all)
    let dated = line.replacing("{\"type\"", with: "{\"at\":\"2026-11-01T07:30:00Z\",\"type\"")
    let (report, rejects) = try harness.test.take(dated)
    #expect(report.total == 0)
    #expect(rejects.map(\.reason) == [reason])
    #expect(ordered(try run(harness)) == ["t1", "t2", "t3"])
    #expect(try harness.cart("t1").state == .open)
  }

  @Test func aRunInTheFutureDoesNotCount() throws {
    let harness = try harness(
      Self.all.replacing("max =", with: "every = \"12h\",\n  max ="), carts: 1)
    try harness.test.take(
      #"{"type":"policy.ran","at":"2099-01-01T00:00:00.000Z","rule":"auto","version":1}"#)
    #expect(try run(harness) != nil)
    #expect(try run(harness) == nil)
  }

  @Test func aCartIsOrderedAtMostOnce() throws {
    let harness = try harness(Self.all.replacing("orders = 3", with: "orders = 300"))
    try harness.enforce("auto")
    for _ in 0..<3 { try run(harness, "auto") }
    let orders = try (1...5).map { try harness.cart("t\($0)").order?.id ?? "" }
    #expect(Set(orders).count == 5)
    let events = try (1...5).flatMap {
      try harness.handler.history(of: harness.handler.find("t\($0)")).filter {
        if case .cartOrdered = $0.event.body { true } else { false }
      }
    }
    #expect(events.count == 5)
  }
}
