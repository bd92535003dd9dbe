import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

@testable import CartStoreSQLite

/// What rules and policies said, and what they were made of.
struct RuleStoreTests {
  private static let outcomes: [Decision.Outcome] = [.hold, .flag, .error, .order, .left]

  private struct Said {
    var decision: Decision
    var cart: Int64
    var at: Timestamp
  }

  /// The last decision of each rule on each cart.
  private func filled(_ bare: BareStore, seed: UInt64) throws -> [String: Said] {
    var random = SeededRandom(seed: seed)
    var last: [String: Said] = [:]
    for _ in 0..<20 {
      try bare.write { writer in
        for _ in 0..<30 {
          let cart = Int64(random.pick(1...40))
          let decision = Decision(
            cart: "c\(cart)", rule: "r\(random.pick(1...5))", version: Int64(random.pick(1...3)),
            outcome: random.pick(Self.outcomes), isShadow: random.chance(50), reason: "")
          let at = BareStore.now.advanced(by: Int64(random.pick(-9...9)) * 1000)
          try writer.save(decision, on: cart, at: at)
          last["\(decision.rule) \(cart)"] = Said(decision: decision, cart: cart, at: at)
        }
      }
    }
    return last
  }

  @Test("The last decision of each rule on each cart counts", arguments: 1...3)
  func decisions(seed: Int) throws {
    let bare = try BareStore()
    let last = try filled(bare, seed: UInt64(seed))
    let store = bare.store
    for rule in (1...6).map({ "r\($0)" }) {
      let own = last.values.filter { $0.decision.rule == rule }
      for version in Int64(1)...3 {
        let of = own.filter { $0.decision.version == version }
        let counts = try store.decisions(of: rule, version: version)
        #expect(counts.hits == Int64(of.count { ![.error, .left].contains($0.decision.outcome) }))
        #expect(counts.errors == Int64(of.count { $0.decision.outcome == .error }))
        for offset in [Int64(-9), 0, 3] {
          let time = BareStore.now.advanced(by: offset * 1000)
          let held = of.count {
            $0.decision.outcome == .hold && !$0.decision.isShadow && $0.at > time
          }
          #expect(try store.holds(of: rule, version: version, after: time) == Int64(held))
        }
      }
      let latest = own.filter { $0.decision.outcome != .error }.map(\.at).max()
      #expect(try store.lastHit(of: rule) == latest)
      for cart in Int64(1)...41 {
        let said = last["\(rule) \(cart)"]
        let found = try store.decision(of: rule, on: cart)
        #expect(
          found
            == said.map {
              RecordedDecision(
                rule: rule, version: $0.decision.version,
                outcome: Int64($0.decision.outcome.rawValue), isShadow: $0.decision.isShadow)
            })
      }
    }
  }

  @Test("Decisions on a range of carts are those one by one, in one statement", arguments: 1...3)
  func ranges(seed: Int) throws {
    let bare = try BareStore()
    let last = try filled(bare, seed: UInt64(seed) + 10)
    let log = StatementLog()
    bare.store.statementLog = log
    for (after, through) in [(0, 40), (0, 0), (5, 6), (10, 30), (-5, 1000)] as [(Int64, Int64)] {
      log.removeAll()
      let found = try bare.store.decisions(after: after, through: through)
      #expect(log.statements.count == 1)
      let expected = last.values.filter { $0.cart > after && $0.cart <= through }
      #expect(found.values.reduce(0) { $0 + $1.count } == expected.count)
      for said in expected {
        let one = found[said.cart]?.first { $0.rule == said.decision.rule }
        #expect(one == (try bare.store.decision(of: said.decision.rule, on: said.cart)))
      }
    }
    #expect(try BareStore().store.decisions(after: 0, through: .max).isEmpty)
  }

  @Test("Hits are what matched, without failures and what was left")
  func hits() throws {
    let bare = try BareStore()
    let last = try filled(bare, seed: 20)
    let expected = last.values.filter { ![.error, .left].contains($0.decision.outcome) }
      .map {
        RuleHit(
          rule: $0.decision.rule, cart: $0.cart, version: $0.decision.version,
          isShadow: $0.decision.isShadow)
      }
      .sorted { ($0.rule, $0.cart) < ($1.rule, $1.cart) }
    #expect(try bare.store.hits() == expected)
  }

  @Test("Sources are kept by their digests")
  func sources() throws {
    let bare = try BareStore()
    let texts = RandomRecords.texts.filter { !$0.contains("\0") }
    try bare.write { writer in
      for (index, text) in texts.enumerated() { try writer.save(source: "d\(index)", text) }
    }
    for store in [bare.store, try bare.another()] {
      for _ in 0..<2 {
        for (index, text) in texts.enumerated() {
          #expect(try store.source("d\(index)") == text)
        }
      }
      #expect(try store.source("none") == nil)
    }
  }

  @Test("Versions and settings of rules come in the order of the event log")
  func ruleEvents() throws {
    let bare = try BareStore()
    var records = RandomRecords(seed: 41)
    var expected: [EventBody] = []
    for _ in 0..<30 {
      let type = records.random.pick([EventType.ruleVersioned, .ruleSet, .entryAdded, .policyRan])
      let body = try records.body(type)
      try bare.append([body])
      if type == .ruleVersioned || type == .ruleSet { expected.append(body) }
    }
    #expect(try bare.store.ruleEvents().map(\.body) == expected)
  }

  @Test("Decisions of a range of time are read from the event log, in the order of time")
  func decisionsOfATime() throws {
    let bare = try BareStore()
    var records = RandomRecords(seed: 42)
    var all: [(at: Timestamp, decision: Decision)] = []
    for _ in 0..<40 {
      let at = BareStore.now.advanced(by: Int64(records.random.pick(-50...50)) * 1000)
      let decision = records.decision()
      try bare.append([.decisionMade(decision)], at: at)
      all.append((at, decision))
    }
    let sorted = all.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map(\.element)
    for (since, until) in [(nil, nil), (-20, nil), (nil, 20), (-10, 10), (10, -10)]
      as [(
        Int64?, Int64?
      )]
    {
      let from = since.map { BareStore.now.advanced(by: $0 * 1000) }
      let end = until.map { BareStore.now.advanced(by: $0 * 1000) }
      let expected = sorted.filter { said in
        from.map { said.at >= $0 } ?? true && end.map { said.at < $0 } ?? true
      }
      #expect(
        try bare.store.decisions(since: from, until: end).map(\.body)
          == expected.map { .decisionMade($0.decision) })
    }
  }

  @Test("The last run of a policy up to a moment is the latest in time")
  func policyRuns() throws {
    let bare = try BareStore()
    var random = SeededRandom(seed: 43)
    var runs: [(run: PolicyRun, at: Timestamp)] = []
    for number in 0..<30 {
      let at = BareStore.now.advanced(by: Int64(random.pick(-20...20)) * 1000)
      let run = PolicyRun(
        policy: random.pick(["daily", "hourly"]), version: 1, isShadow: false,
        carts: Int64(number), orders: 0, left: 0)
      try bare.append([.policyRan(run)], at: at)
      runs.append((run, at))
    }
    for offset in Int64(-21)...21 {
      let until = BareStore.now.advanced(by: offset * 1000)
      for policy in ["daily", "hourly", "never"] {
        let expected = runs.enumerated()
          .filter { $0.element.run.policy == policy && $0.element.at <= until }
          .max { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }?.element
        let found = try bare.store.lastRun(of: policy, until: until)
        #expect(found?.run == expected?.run)
        #expect(found?.at == expected?.at)
      }
    }
  }

  @Test("Orders of an actor after a moment, with their totals")
  func ordersOfAnActor() throws {
    let bare = try BareStore()
    var random = SeededRandom(seed: 44)
    var all: [(actor: Actor, at: Timestamp, total: Money)] = []
    for _ in 0..<30 {
      let actor = random.pick([Actor.policy("p"), .policy("q"), .staff("anna")])
      let at = BareStore.now.advanced(by: Int64(random.pick(-9...9)) * 1000)
      let total = Money(minor: Int64(random.pick(1...999)), .eur)
      try bare.append(
        [
          .cartOrdered(.init(id: "\(all.count)", lines: [], total: total, note: "private")),
          .couponApplied("x", at: nil),
        ], actor: actor, at: at)
      all.append((actor, at, total))
    }
    for actor in [Actor.policy("p"), .policy("q"), .policy("none")] {
      for offset in Int64(-10)...10 {
        let after = BareStore.now.advanced(by: offset * 1000)
        let expected = all.filter { $0.actor == actor && $0.at > after }.map(\.total.minor)
        let found = try bare.store.orders(by: actor, after: after).map(\.minor)
        #expect(found.sorted() == expected.sorted())
      }
    }
  }
}
