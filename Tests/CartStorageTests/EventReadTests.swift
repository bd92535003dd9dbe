import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

/// Reads of the event log, over all kinds of storage.
struct EventReadTests {
  /// Random events of all types in random order of time, each in a commit of its own.
  private func filled(_ kind: StorageKind, _ count: Int) throws -> (Bare, [LoggedEvent]) {
    let bare = try Bare(kind)
    var records = RandomRecords(seed: 41)
    var expected: [LoggedEvent] = []
    for number in 0..<count {
      let type = EventType.allCases[number % EventType.allCases.count]
      let (actor, at, body) = (records.actor(), records.time(), try records.body(type))
      let origin = records.random.chance(40) ? "id-\(number)" : ""
      let key = EventKey(high: UInt64(number) % 7, low: records.random.next())
      try bare.store.write(recorded: Bare.now.advanced(by: Int64(number / 10))) { writer in
        let begun = try writer.begin(
          Operation(key: "o\(number)", actor: actor, command: "", at: at))
        let event = Event(
          seq: Int64(number + 1), cart: 0, version: 0, operation: begun.id, actor: actor, at: at,
          body: body)
        #expect(try writer.append(event, prev: 0, key: key, origin: origin) == event.seq)
        expected.append(
          LoggedEvent(event: event, id: origin.isEmpty ? hexadecimal(key.bytes) : origin))
      }
    }
    return (bare, expected)
  }

  @Test(
    "Events come back as they were, in the order of the log and of time",
    arguments: StorageKind.allCases)
  func all(kind: StorageKind) throws {
    let (bare, expected) = try filled(kind, 2 * EventType.allCases.count)
    func read(_ body: (_ add: (LoggedEvent) -> Void) throws -> Void) throws -> [LoggedEvent] {
      var found: [LoggedEvent] = []
      try body { found.append($0) }
      return found
    }
    #expect(try read { add in try bare.store.forEachEvent { add($0) } } == expected)
    let byTime = expected.sorted { ($0.event.at, $0.event.seq) < ($1.event.at, $1.event.seq) }
    #expect(try read { add in try bare.store.forEachEventByTime { add($0) } } == byTime)
    let count = Int64(expected.count)
    for (first, last) in [
      (1, count), (3, 5), (count, count), (count + 1, .max), (5, 3), (-4, 2), (0, 0), (.min, .max),
    ] as [(Int64, Int64)] {
      let part = expected.filter { $0.event.seq >= first && $0.event.seq <= last }
      let found = try read { add in
        try bare.store.forEachEvent(from: first, to: last) { add($0) }
      }
      #expect(found == part, "\(first) … \(last)")
    }
    #expect(try bare.store.lastSeq() == count)
    let given = expected.map(\.id).compactMap { EventKey($0) }
    for key in given { #expect(try bare.store.hasEvent(key)) }
    let greatest = try #require(try bare.store.lastEventKey())
    #expect(given.allSatisfy { ($0.high, $0.low) <= (greatest.high, greatest.low) })
    #expect(try Bare(kind).store.lastEventKey() == nil)
  }

  @Test("The first event of a time on is found by commits", arguments: StorageKind.allCases)
  func firstOfATime(kind: StorageKind) throws {
    let (bare, events) = try filled(kind, 35)
    for step in -1...4 as ClosedRange<Int64> {
      let expected = step < 0 ? 1 : step > 3 ? Int64(events.count) + 1 : step * 10 + 1
      let found = try bare.store.firstSeq(recordedFrom: Bare.now.advanced(by: step))
      #expect(found == expected, "\(step)")
    }
    #expect(try Bare(kind).store.firstSeq(recordedFrom: Bare.now) == 1)
  }

  @Test("What belongs to no cart is read by its type", arguments: StorageKind.allCases)
  func loose(kind: StorageKind) throws {
    let (bare, expected) = try filled(kind, 3 * EventType.allCases.count)
    func events(_ types: Set<EventType>) -> [Event] {
      expected.map(\.event).filter { types.contains($0.body.type) }
    }
    #expect(try bare.store.listEvents() == events([.entryAdded, .entryRemoved]))
    #expect(try bare.store.ruleEvents() == events([.ruleVersioned, .ruleSet]))
    let decisions = events([.decisionMade]).sorted { ($0.at, $0.seq) < ($1.at, $1.seq) }
    #expect(try bare.store.decisions(since: nil, until: nil) == decisions)
    for event in decisions {
      #expect(
        try bare.store.decisions(since: event.at, until: nil)
          == decisions.filter { $0.at >= event.at })
      #expect(
        try bare.store.decisions(since: nil, until: event.at)
          == decisions.filter { $0.at < event.at })
    }
    for event in events([.policyRan]) {
      guard case .policyRan(let run) = event.body else { continue }
      let found = try #require(try bare.store.lastRun(of: run.policy, until: event.at))
      let latest = events([.policyRan]).filter { other in
        guard case .policyRan(let run2) = other.body else { return false }
        return run2.policy == run.policy && other.at <= event.at
      }.max { ($0.at, $0.seq) < ($1.at, $1.seq) }
      #expect(found.at == latest?.at && .policyRan(found.run) == latest?.body)
    }
    #expect(try bare.store.lastRun(of: "never", until: Bare.now) == nil)
  }

  @Test("A cart's history is its own events in their order", arguments: StorageKind.allCases)
  func histories(kind: StorageKind) throws {
    let bare = try Bare(kind)
    for round in 0..<30 {
      let cart = Int64(round % 4 + 1)
      let isNew = try bare.store.cart(cart) == nil
      try bare.append(
        isNew ? [.cartCreated(.eur, [])] : [.couponApplied("C\(round)", at: nil)], cart: cart,
        key: "o\(round)")
    }
    let all = try bare.store.histories(of: [1, 2, 3, 4, 99, -1])
    #expect(Set(all.keys) == [1, 2, 3, 4])
    for (key, history) in all {
      #expect(history.events == (try bare.store.history(of: key)) && history.parents.isEmpty)
      #expect(history.events.map(\.version) == Array(1...Int64(history.events.count)))
      #expect(history.events.allSatisfy { $0.cart == key })
      let replayed = History(history.events, id: "c\(key)").replayed()
      #expect(try replayed == bare.store.cart(key))
    }
    #expect(try bare.store.history(of: 99).isEmpty && bare.store.histories(of: []).isEmpty)
    let operation = try #require(try bare.store.operation(1))
    #expect(operation.extent == .init(first: 1, last: 1, carts: 1, events: 1))
    #expect(try bare.store.orders(by: .staff("anna"), after: Timestamp(milliseconds: 0)).isEmpty)
    #expect(try bare.store.check(productChanges: { _ in [] }).isClean)
  }
}
