import CartEngine
import CartModel
import CartStorage
import CartSupport
import CartTesting
import GRDB
import ProgramTesting
import Testing

@testable import CartStoreSQLite

/// One transaction: all of it or nothing, linked to the one before.
struct WriterTests {
  struct Failure: Error {}

  @Test("A transaction that fails leaves nothing, also of what is remembered")
  func rollsBack() throws {
    let bare = try BareStore()
    try bare.append([.couponApplied("before", at: nil)])
    let tables = [
      "event", "operation", "actor", "product", "counter", "tally", "commits", "fact", "alias",
      "orders", "cart", "entry", "source", "decision", "job", "rejected", "redeemed",
    ]
    let before = try tables.map(bare.count)
    #expect(throws: Failure.self) {
      try bare.write { writer in
        let begun = try writer.begin(
          Operation(
            key: "lost", actor: .staff("ben"), command: "x", at: BareStore.now, reason: "why"))
        try writer.append(
          Event(
            seq: 0, cart: 1, version: 1, operation: begun.id, actor: .rule("r"), at: BareStore.now,
            body: .cartCreated(.eur, [.init(.email, after: "a@b.de")])), prev: 0)
        try writer.count(ProductCount(sku: "SKU", name: "Thing", added: 3), at: BareStore.now)
        try writer.save(Cart(key: 1, id: "c1", currency: .eur, at: BareStore.now))
        try writer.add(alias: "c1", for: 1)
        try writer.add(order: "1001", for: 1)
        try writer.save(source: "d", "text")
        throw Failure()
      }
    }
    #expect(try tables.map(bare.count) == before)
    // The numbers that were given are given again, to others.
    let id = try bare.append([.couponApplied("after", at: nil)], key: "next", actor: .staff("ben"))
    #expect(id == 2)
    let event = try #require(try bare.events().last)
    #expect(event.actor == .staff("ben"))
    try bare.write {
      try $0.count(ProductCount(sku: "SKU", name: "Thing", added: 1), at: BareStore.now)
    }
    #expect(try bare.store.counts(from: .min, until: .max).map(\.added) == [1])
    #expect(
      try bare.store.check(productChanges: { _ in [] }).problems.filter {
        !$0.hasPrefix("counter")
      } == [])
  }

  @Test("Events come back with their places, times, actors and ids")
  func eventsComeBack() throws {
    let bare = try BareStore()
    var records = RandomRecords(seed: 22)
    var expected: [LoggedEvent] = []
    for _ in 0..<60 {
      let (type, actor) = (records.random.pick(EventType.allCases), records.actor())
      let (at, body) = (records.time(), try records.body(type))
      let origin = records.random.chance(30) ? "id-\(expected.count)" : ""
      let key = EventKey(high: UInt64(expected.count), low: records.random.next())
      try bare.write { writer in
        let begun = try writer.begin(
          Operation(key: "o\(expected.count)", actor: actor, command: "", at: at))
        let event = Event(
          seq: Int64(expected.count + 1), cart: 0, version: 0, operation: begun.id, actor: actor,
          at: at, body: body)
        let seq = try writer.append(event, prev: 0, key: key, origin: origin)
        #expect(seq == event.seq)
        expected.append(
          LoggedEvent(event: event, id: origin.isEmpty ? hexadecimal(key.bytes) : origin))
      }
      #expect(try bare.store.hasEvent(key))
    }
    var found: [LoggedEvent] = []
    try bare.store.forEachEvent { found.append($0) }
    #expect(found == expected)
    found = []
    try bare.store.forEachEvent(from: 10, to: 20) { found.append($0) }
    #expect(found == Array(expected[9...19]))
    found = []
    try bare.store.forEachEventByTime { found.append($0) }
    let sorted = expected.sorted { ($0.event.at, $0.event.seq) < ($1.event.at, $1.event.seq) }
    #expect(found == sorted)
    #expect(try bare.store.lastSeq() == 60)
    #expect(try bare.store.hasEvent(EventKey(high: .max, low: .max)) == false)
    #expect(try bare.store.lastEventKey()?.high == 59)
    #expect(
      try bare.store.check(productChanges: { _ in [] }).problems.filter {
        !$0.contains("differ") && !$0.contains("is missing")
      } == [])
  }

  @Test("An event of a key that is there is refused by the log itself")
  func keysAreUnique() throws {
    let bare = try BareStore()
    let key = EventKey(high: 1, low: 1)
    func add() throws {
      let count = try bare.count("operation")
      try bare.write { writer in
        let begun = try writer.begin(
          Operation(
            key: "k\(count)", actor: .sync, command: "", at: BareStore.now))
        try writer.append(
          Event(
            seq: 0, cart: 0, version: 0, operation: begun.id, actor: .sync, at: BareStore.now,
            body: .couponApplied("x", at: nil)), prev: 0, key: key, origin: "")
      }
    }
    try add()
    #expect(throws: StoreError.self) { try add() }
    #expect(try bare.count("event") == 1)
    #expect(try bare.count("operation") == 1)
  }

  @Test("The first event of a time on is found by commits")
  func firstSeqOfATime() throws {
    let bare = try BareStore()
    for step in 0..<5 {
      try bare.store.write(recorded: BareStore.now.advanced(by: Int64(step) * 1000)) { writer in
        let begun = try writer.begin(
          Operation(key: "s\(step)", actor: .sync, command: "", at: BareStore.now))
        for _ in 0...step {
          try writer.append(
            Event(
              seq: 0, cart: 0, version: 0, operation: begun.id, actor: .sync, at: BareStore.now,
              body: .couponApplied("x", at: nil)), prev: 0)
        }
      }
    }
    func first(_ offset: Int64) throws -> Int64 {
      try bare.store.firstSeq(recordedFrom: BareStore.now.advanced(by: offset))
    }
    #expect(try first(-1) == 1)
    #expect(try first(0) == 1)
    #expect(try first(1) == 2)
    #expect(try first(2000) == 4)
    #expect(try first(4000) == 11)
    #expect(try first(4001) == 16)
  }

  @Test("Two connections: the revision changes with the other's commits and not with one's own")
  func revisions() throws {
    let bare = try BareStore()
    let other = try bare.another()
    let start = try bare.store.revision()
    try bare.append([.couponApplied("a", at: nil)])
    #expect(try bare.store.revision() == start)
    _ = try other.write(recorded: BareStore.now) { try $0.set("x", "1") }
    let changed = try bare.store.revision()
    #expect(changed != start)
    try bare.write { #expect($0.revision == changed) }
    #expect(try bare.store.revision() == changed)
    // A stamp also counts one's own.
    bare.store.look()
    let seen = bare.store.seen
    bare.store.look()
    #expect(bare.store.seen == seen)
    try bare.write { try $0.set("y", "1") }
    #expect(bare.store.seen != seen)
    let after = bare.store.seen
    _ = try other.write(recorded: BareStore.now) { try $0.set("x", "2") }
    #expect(bare.store.seen == after)
    bare.store.look()
    #expect(bare.store.seen != after)
  }

  @Test("A write that fails counts as none")
  func failedWritesAreNotSeen() throws {
    let bare = try BareStore()
    bare.store.look()
    let seen = bare.store.seen
    #expect(throws: Failure.self) { try bare.write { _ in throw Failure() } }
    bare.store.look()
    #expect(bare.store.seen == seen)
  }

  @Test("A read-only store says how it was opened, and writes nothing")
  func readOnly() throws {
    let bare = try BareStore()
    try bare.append([.couponApplied("a", at: nil)])
    let reader = try bare.store.reader()
    #expect(reader.isReadOnly)
    #expect(
      throws: StoreError(
        .readOnly, "database: opened only to read (--read-only or --now); nothing was changed")
    ) { try reader.write(recorded: BareStore.now) { _ in } }
    #expect(try reader.lastSeq() == 1)
    reader.close()
    reader.close()
  }

  @Test("A read can be stopped, and a write never is")
  func stopping() throws {
    let bare = try BareStore()
    try bare.append((0..<2000).map { .couponApplied("c\($0)", at: nil) })
    bare.store.shouldStop = { true }
    #expect {
      try bare.store.read {
        try $0.single("SELECT count(*) FROM event a JOIN event b ON a.seq != b.seq")
      }
    } throws: { ($0 as? StoreError)?.code == .interrupted }
    try bare.write { _ in
      _ = try bare.store.connection.statements.single(
        "SELECT count(*) FROM event a JOIN event b ON a.seq != b.seq")
    }
    bare.store.shouldStop = nil
    #expect(try bare.store.lastSeq() == 2000)
  }
}

extension BareStore {
  func events() throws -> [Event] {
    var events: [Event] = []
    try store.forEachEvent { events.append($0.event) }
    return events
  }
}
