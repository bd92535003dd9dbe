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
    rules.handler.begin("backtest")
    return try rules.book.backtest("q", since: Self.since)
  }

  /// A pass looks each quarter of an hour: at 7:45 it finds what has waited since 7:00:01 for more than
  /// half an hour.
  @Test func passesBetweenEventsAreSimulated() throws {
    let test = try backtest("c.idle > 1800 and c.quantity > 0")
    #expect(test.hits.map(\.cart) == ["left"])
    #expect(test.hits.first?.at.description == "2026-11-01T07:45:00.000Z")
    #expect(test.clockRead == "cart.idle" && test.hitsOfPasses == 1)
  }

  @Test(arguments: [
    ("c.status == 'abandoned'", 0), ("c:matches{'idle>40m'}", 1),
    ("c:matches{'updated<30m'} and false", 0), ("c.idle > 60 and c.quantity == 1", 1),
  ])
  func otherWaysToReadTheClock(body: String, hits: Int) throws {
    let test = try backtest(body)
    #expect(test.hits.count == hits, "\(test.hits)")
    #expect(test.clockRead != nil && test.hitsOfPasses == hits)
  }

  @Test func aRuleThatReadsNoClockIsAskedAtEvents() throws {
    let test = try backtest("c.quantity == 2")
    #expect(test.clockRead == nil && test.hits.map(\.cart) == ["left", "going"])
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
}
