import CartEngine
import CartModel
import CartScripting
import CartTesting
import Testing

@testable import CartRules

/// The past of rules that read the clock.
struct ClockTests {
  private static let since = TestShop.start.advanced(by: -86_400_000 * 20)

  /// One cart that was left at seven, and one that went on; it is noon.
  private func backtest(_ body: String) throws -> Backtest {
    let rules = try RuleHarness(0)
    try rules.test.take(
      """
      {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"left","shopper":{"country":"DE"}}
      {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"left","sku":"MUG-01","quantity":2,"price":"10.00"}
      {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"going","shopper":{"country":"DE"}}
      {"type":"line.added","at":"2026-11-01T07:20:00Z","cart":"going","sku":"MUG-01","quantity":1,"price":"10.00"}
      {"type":"line.added","at":"2026-11-01T07:50:00Z","cart":"going","sku":"TEA-01","quantity":1,"price":"10.00"}
      """)
    rules.test.clock.now = TestShop.start
    rules.write("q.lua", "rule \"q\" { when = function(c) return \(body) end }")
    _ = try rules.scan()
    _ = rules.handler.begin("backtest")
    return try rules.book.backtest("q", since: Self.since)
  }

  /// A pass looks each quarter of an hour: at 7:45 it finds what has waited since 7:00:01 for more than
  /// half an hour.
  @Test func passesBetweenEventsAreSimulated() throws {
    let test = try backtest("c.idle > 1800 and c.quantity > 0")
    #expect(test.hits.map(\.cart) == ["left"])
    #expect(test.hits.first?.at.description == "2026-11-01T07:45:00.000Z")
    #expect(test.clock == ClockPasses(read: "cart.idle", found: 1))
  }

  @Test(arguments: [
    ("c.status == 'abandoned'", 0), ("c:matches{'idle>40m'}", 1),
    ("c:matches{'updated<30m'} and false", 0), ("c.idle > 60 and c.quantity == 1", 1),
  ])
  func otherWaysToReadTheClock(body: String, hits: Int) throws {
    let test = try backtest(body)
    #expect(test.hits.count == hits, "\(test.hits)")
    #expect(test.clock?.found == hits)
  }

  @Test func aRuleThatReadsNoClockIsAskedAtEvents() throws {
    let test = try backtest("c.quantity == 2")
    #expect(test.clock == nil && test.hits.map(\.cart) == ["left", "going"])
  }

  @Test(arguments: [
    ("now() - c.created > 60", "now"), ("date(nil, '%H') == '03'", "date"),
    ("time '1h' > c.updated", "time"),
  ])
  func whatDependsOnWhenItIsAskedIsRefused(body: String, read: String) throws {
    let error = #expect(throws: EngineError.self) { try backtest(body) }
    #expect(error?.code == .refused)
    #expect(
      error?.message
        == "rules backtest: rule q reads the clock by \(read)(), so what it matches depends on when it "
        + "is asked, and the past cannot say that. Use c.idle or c.updated in the rule, or see what it "
        + "matches now: rules run q --plan")
  }

  /// A rule may match in some passes only, and each pass is asked.
  @Test(arguments: [
    ("c.idle > 1800 and c.idle < 3000", "07:45:00"),
    ("c.idle > 2000 and c.idle < 2750", "07:45:00"),
    ("c.idle > 2700 and c.idle < 3600", "08:00:00"),
  ])
  func aWindowIsFound(body: String, time: String) throws {
    let test = try backtest("c.quantity == 2 and \(body)")
    #expect(test.hits.map(\.at.description) == ["2026-11-01T\(time).000Z"], "\(test.hits)")
  }

  /// Passes found by the simulation are those that a pass over the carts as they were would find.
  @Test(
    arguments: [
      (7200, 10_800), (7200, 8100), (86_400, 87_300), (259_200, 260_101), (1, 900),
    ] as [(Int64, Int64)])
  func everyPassIsAsked(from: Int64, to: Int64) throws {
    let rules = try RuleHarness(0)
    let start = TestShop.start.advanced(by: -5 * 86_400_000)
    var lines = ""
    for cart in 0..<8 {
      let at = start.advanced(by: Int64(cart) * 211_000)
      lines += """
        {"type":"line.added","at":"\(at)","cart":"c\(cart)","sku":"A","quantity":1,"price":"1.00"}

        """
    }
    try rules.test.take(lines)
    rules.test.clock.now = TestShop.start
    rules.write(
      "q.lua", "rule \"q\" { when = function(c) return c.idle > \(from) and c.idle < \(to) end }")
    _ = try rules.scan()
    _ = rules.handler.begin("backtest")
    let test = try rules.book.backtest("q", since: start.advanced(by: -1))
    var expected: [String: Timestamp] = [:]
    for cart in 0..<8 {
      let at = start.advanced(by: Int64(cart) * 211_000)
      for pass in (at.quarter + 1)...TestShop.start.quarter {
        let time = Timestamp(milliseconds: pass * 900_000)
        let idle = time.milliseconds - at.milliseconds
        guard expected["c\(cart)"] == nil, idle > from * 1000, idle < to * 1000 else { continue }
        expected["c\(cart)"] = time
      }
    }
    let found = Dictionary(uniqueKeysWithValues: test.hits.map { ($0.cart, $0.at) })
    #expect(found == expected)
    #expect(test.clock?.isCoarse != true)
  }

  /// Beyond a number of questions the steps grow, and that is said; what lasts is found all the same.
  @Test func grownStepsAreSaid() throws {
    let rules = try RuleHarness(0)
    try rules.test.take(
      #"{"type":"line.added","at":"2026-10-20T07:00:00Z","cart":"c1","sku":"A","quantity":1,"price":"1.00"}"#
    )
    rules.write("q.lua", "rule \"q\" { when = function(c) return c.idle > 200000 end }")
    _ = try rules.scan()
    _ = rules.handler.begin("test")
    let instance = try RuleInstance(try rules.book.rule("q").newest, rules.handler) { _ in }
    let cart = try rules.cart("c1")
    var found: [Timestamp] = []
    for limit in [0, 100_000] {
      let passes = PassSimulation(rules.handler, instance, limit: limit)
      let hit = try passes.first(of: cart, after: cart.touched, until: TestShop.start)
      found.append(try #require(hit).at)
      #expect(passes.isCoarse == (limit == 0))
    }
    #expect(found[0] == found[1])
  }
}
