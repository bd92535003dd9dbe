import CartEngine
import CartModel
import CartPractice
import CartRules
import CartScripting
import CartStorage
import CartSupport
import CartTesting
import Testing

/// What holds for any stream of events.
extension WhatIfTests {
  /// The same rules enforced again give the same result.
  @Test(arguments: 1...30) func theSameRuleGivesTheSameShop(seed: UInt64) throws {
    let harness = try RuleHarness(0)
    try harness.test.take(TestShop.products)
    harness.write(
      "own.lua",
      """
      rule "crowd" {
        when = function(c) return c:same("ip", "2h").carts > 3 or c.quantity > 30 end,
        ban = { by = "ip", ttl = "30m" },
      }
      rule "other" { when = function(c) return c:same("email").orders > 2 end }
      """)
    _ = try harness.scan()
    try harness.enforce("crowd", judged: [(100, 100)])
    try harness.enforce("other", judged: [(100, 100)])
    try live(harness, seed: seed)
    let clock = harness.test.clock
    _ = harness.handler.begin("look")
    let was = try states(harness.handler)
    #expect(Set(was.values).count > 2, "a dull stream")
    for name in ["crowd", "other"] {
      let result = try harness.book.whatIf(
        .version(try harness.book.rule(name).newest), since: TestShop.start)
      let then = try states(result.handler)
      for (id, state) in was where then[id] != state {
        Issue.record(
          "\(name), seed \(seed): \(id) was \(state), is \(String(describing: then[id]))")
      }
      #expect(result.lost.changes == 0 && result.lost.orders == 0)
      #expect(result.handler.now == clock.now)
    }
  }

  /// Shoppers and staff, an act every few minutes.
  private func live(_ harness: RuleHarness, seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var keys: [Int64] = []
    // What is enforced stays so; what was undone of a rule's own doings is told by hand elsewhere.
    let first = try harness.test.shop.store.operations(limit: 1).first?.id ?? 0
    for _ in 0..<150 {
      harness.test.clock.advance(Int64(random.pick(1...9)) * 60_000)
      harness.handler.actor = random.chance(80) ? .shopper : .staff("anna")
      harness.book.refresh()
      if random.chance(10),
        let last = try harness.test.shop.store.operations(limit: 12).filter({
          $0.id > first && !$0.actor.description.hasPrefix("rule:")
        })
        .randomElement(using: &random)
      {
        harness.handler.actor = .staff("anna")
        _ = try? takeBack(harness.handler, last.id, redo: random.chance(40))
        continue
      }
      _ = try? operation(harness.handler) {
        guard !keys.isEmpty, random.chance(70) else {
          let cart = try harness.handler.create([
            .ip: "203.0.113.\(random.pick(1...4))",
            .email: "s\(random.pick(1...5))@x.example",
          ])
          keys.append(cart.key)
          return
        }
        let key = random.pick(keys)
        switch random.pick(0...10) {
        case 10:
          try harness.handler.execute(
            .declare(.payment(.init(result: "declined", card: "x"))), on: key)
        case 0...4: try harness.handler.add("MUG-01", Int64(random.pick(1...12)), to: key)
        case 5, 6: try harness.handler.execute(.order(.init(id: "")), on: key)
        case 7: try harness.handler.execute(.restore(), on: key)
        case 8: try harness.handler.execute(.delete, on: key)
        default: try harness.handler.execute(.setQuantity(.position(1), 2, expected: nil), on: key)
        }
      }
      // A key of before the flush means another cart now.
      keys = try harness.test.shop.store.keys(changedAfter: Timestamp(milliseconds: 0))
    }
  }

  /// A rule that asks about no other cart holds what its backtest says, whatever the stream.
  @Test(arguments: 1...6) func withoutKnockOnItIsTheBacktest(seed: UInt64) throws {
    let test = try TestShop()
    var practice = Practice(until: TestShop.start)
    practice.carts = 120
    practice.seed = seed
    _ = try practice.fill(test.shop)
    let handler = test.handler()
    let book = RuleBook(handler, folder: test.folder.file("rules"))
    try Files.makeFolder(test.folder.file("rules"))
    test.folder.write(
      "rules/own.lua", #"rule "many" { when = function(c) return c.quantity > 6 end }"#)
    try operation(handler, "scan") { _ = try book.scan() }
    book.refresh()
    let since = TestShop.start.advanced(by: -7 * 86_400_000)
    let backtest = try book.backtest("many", since: since.advanced(by: -1))
    let change = WhatIf.Change.version(try book.rule("many").newest)
    let result = try book.whatIf(change, since: since)
    let (hits, states) = (Set(backtest.hits.map(\.cart)), try states(result.handler))
    #expect(hits.count > 3)
    // A held cart can still be deleted, as the real one was.
    for (id, state) in states {
      #expect(hits.contains(id) ? [.held, .deleted].contains(state) : state != .held, "\(id)")
    }
    #expect(result.lost.orders == backtest.hits.count { $0.order != nil })
    let again = try book.whatIf(change, since: since)
    #expect(try self.states(again.handler) == states)
  }
}
