import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

/// What is stored comes back, over all kinds of storage.
struct RecordTests {
  @Test(
    "Bulk runs go on where they were, and one process at a time", arguments: StorageKind.allCases)
  func jobs(kind: StorageKind) throws {
    let bare = try Bare(kind)
    func job(_ operation: String, _ ordinal: Int64) -> Job {
      Job(
        operation: operation, place: "p.lua:3", ordinal: ordinal, command: "run", origin: "o",
        actor: .staff("anna"), at: Bare.now, total: 4)
    }
    let first = try bare.write { try $0.begin(job("a", 0), carts: [5, 3, 9, 8], made: [1]) }
    let second = try bare.write { try $0.begin(job("a", 1), carts: [2], made: []) }
    #expect(first == 1 && second == 2)
    let taken = StoreError(
      .conflict, "job 1: another process goes on with it; see 'cartio jobs'")
    try bare.write { writer in
      try writer.advance(job: 1, from: 0, to: 3)
      try writer.fail(job: 1, cart: 9, "no stock")
      try writer.fail(job: 1, cart: 3, "first")
      try writer.fail(job: 1, cart: 3, "second")
      #expect(try writer.failureCount(ofJob: 1) == 2)
      try writer.set(origin: "again", ofJob: 1)
      try writer.set(made: [1, 7], of: "a")
    }
    #expect(throws: taken) { try bare.write { try $0.advance(job: 1, from: 0, to: 2) } }
    #expect(throws: taken) { try bare.write { try $0.succeed(job: 1, cart: 8) } }
    let stored = try #require(try bare.store.job(1))
    #expect(stored.next == 3 && stored.failed == 2 && stored.done == 1 && stored.origin == "again")
    #expect(try bare.store.job(of: "a", place: "p.lua:3", ordinal: 1)?.id == 2)
    #expect(try bare.store.job(of: "b", place: "p.lua:3", ordinal: 1) == nil)
    #expect(try bare.store.jobs(limit: 1).map(\.id) == [2])
    #expect(try bare.store.jobs(limit: 9).map(\.id) == [2, 1])
    let carts = try bare.store.carts(ofJob: 1)
    #expect(carts.keys == [5, 3, 9, 8] && carts.made == [1, 7])
    #expect(try bare.store.carts(ofJob: 2).made == [1, 7])
    let failures = try bare.store.failures(ofJob: 1)
    #expect(failures.map(\.cart) == [3, 9] && failures.map(\.message) == ["second", "no stock"])
    try bare.write { try $0.succeed(job: 1, cart: 3) }
    #expect(try bare.store.failureCount(ofJob: 1) == 1)
    for number in [0, -1, 99, .min, .max] as [Int64] {
      #expect(try bare.store.job(number) == nil && bare.store.operation(number) == nil)
      #expect(try bare.store.failureCount(ofJob: number) == 0)
      #expect(try bare.store.carts(ofJob: number).keys == [])
      #expect(try !bare.store.isTarget(number) && bare.store.undos(of: number) == Undos())
    }
  }

  @Test("A rejected line stays so until a later import", arguments: StorageKind.allCases)
  func rejections(kind: StorageKind) throws {
    let bare = try Bare(kind)
    let line = EventKey(high: 5, low: 6)
    #expect(try !bare.store.hasRejections())
    let first = try bare.append([.cartCreated(.eur, [])], cart: 1, key: "i1", kind: .importing)
    try bare.write { writer in
      try writer.record(rejected: [line], by: "i1")
      try writer.record(rejected: [EventKey(high: 1, low: 1)], by: "nobody")
    }
    #expect(try bare.store.hasRejections())
    #expect(try bare.store.rejection(of: line) == Rejection(operation: first, last: 0))
    #expect(try bare.store.rejection(of: EventKey(high: 1, low: 1)) == nil)
    try bare.write { try $0.close(rejectionsOf: first) }
    let rejection = try #require(try bare.store.rejection(of: line))
    #expect(rejection == Rejection(operation: first, last: 1))
    // What people do is no import.
    try bare.append([.couponApplied("x", at: nil)], cart: 1, key: "own")
    #expect(try bare.store.isLatest(rejection, on: 1) && bare.store.isLatest(rejection, on: 2))
    let second = try bare.append([.couponApplied("y", at: nil)], key: "i2", kind: .importing)
    try bare.append(
      [.couponApplied("z", at: nil)], cart: 1, key: "part", kind: .foreign, parent: second)
    #expect(try !bare.store.isLatest(rejection, on: 1))
    #expect(try bare.store.isLatestOfLists(rejection))
    var records = RandomRecords(seed: 4)
    try bare.append([.entryAdded(records.entry())], key: "i3", kind: .importing)
    #expect(try !bare.store.isLatestOfLists(rejection))
    #expect(try bare.store.isLatestOfLists(Rejection(operation: first, last: 99)))
  }

  @Test("Entries of lists and texts of rules come back", arguments: StorageKind.allCases)
  func lists(kind: StorageKind) throws {
    let bare = try Bare(kind)
    var records = RandomRecords(seed: 5)
    let entries = (0..<9).map { records.entry("e\($0)") }
    let before = try bare.store.listsRevision()
    try bare.write { writer in
      for entry in entries.reversed() { try writer.save(entry) }
      try writer.save(source: "d1", "text")
    }
    #expect(try bare.store.entries() == entries)
    let revision = try bare.store.listsRevision()
    #expect(revision != before)
    for entry in entries {
      #expect(try bare.store.entry(entry.id) == entry)
      let about = entries.filter { $0.list == entry.list && $0.pattern == entry.pattern }
      #expect(try bare.store.entries(about: entry).map(\.id) == about.map(\.id))
    }
    try bare.write { try $0.remove(entries[3]) }
    #expect(try bare.store.listsRevision() != revision)
    #expect(try bare.store.entry("e3") == nil && bare.store.entries().count == 8)
    #expect(try bare.store.source("d1") == "text" && bare.store.source("d2") == nil)
  }

  @Test("The latest decisions of rules are counted", arguments: StorageKind.allCases)
  func decisions(kind: StorageKind) throws {
    let bare = try Bare(kind)
    func decide(
      _ rule: String, _ version: Int64, _ outcome: Decision.Outcome, on cart: Int64,
      isShadow: Bool = false, after milliseconds: Int64 = 0
    ) throws {
      try bare.write {
        try $0.save(
          Decision(
            cart: "c\(cart)", rule: rule, version: version, outcome: outcome, isShadow: isShadow,
            reason: ""), on: cart, at: Bare.now.advanced(by: milliseconds))
      }
    }
    try decide("r", 1, .hold, on: 1)
    try decide("r", 2, .hold, on: 2, after: 5)
    try decide("r", 2, .flag, on: 3, isShadow: true, after: 6)
    try decide("r", 2, .error, on: 4, after: 7)
    try decide("a", 1, .left, on: 3, after: 8)
    try decide("a", 1, .order, on: 2, after: 3)
    // Another decision takes the place of the one before.
    try decide("r", 2, .hold, on: 1, isShadow: true, after: 9)
    let store = bare.store
    #expect(try store.decisions(of: "r", version: 1) == (0, 0))
    #expect(try store.decisions(of: "r", version: 2) == (3, 1))
    #expect(try store.decisions(of: "a", version: 1) == (1, 0))
    #expect(
      try store.hits().map { "\($0.rule) \($0.cart) \($0.version) \($0.isShadow)" } == [
        "a 2 1 false", "r 1 2 true", "r 2 2 false", "r 3 2 true",
      ])
    #expect(
      try store.decision(of: "r", on: 3)
        == RecordedDecision(rule: "r", version: 2, outcome: 2, isShadow: true))
    #expect(try store.decision(of: "x", on: 3) == nil)
    let range = try store.decisions(after: 1, through: 3)
    #expect(range.mapValues { $0.map(\.rule) } == [2: ["a", "r"], 3: ["a", "r"]])
    // What a policy left alone, and what failed, is no hit.
    #expect(try store.lastHit(of: "a") == Bare.now.advanced(by: 3))
    #expect(try store.lastHit(of: "r") == Bare.now.advanced(by: 9))
    #expect(try store.lastHit(of: "x") == nil)
    #expect(try store.holds(of: "r", version: 2, after: Bare.now) == 1)
    #expect(try store.holds(of: "r", version: 2, after: Bare.now.advanced(by: 5)) == 0)
  }

  @Test("What was undone of an operation is said by the latest", arguments: StorageKind.allCases)
  func undos(kind: StorageKind) throws {
    let bare = try Bare(kind)
    let id = try bare.append([.cartCreated(.eur, [])], cart: 1, key: "target")
    #expect(try !bare.store.isTarget(id))
    var number = 0
    func say(
      _ kind: Operation.Kind, cart: Int64? = nil, parent: Int64? = nil, _ expected: Undos
    ) throws {
      number += 1
      try bare.append(
        [], key: "u\(number)", kind: kind, parent: parent, target: id, targetCart: cart)
      #expect(try bare.store.undos(of: id) == expected, "\(number)")
      #expect(try bare.store.isTarget(id))
    }
    try say(.undo, Undos(last: .undo))
    try say(.redo, cart: 1, Undos(last: .undo, areOfCarts: true))
    try say(.redo, Undos(last: .redo))
    try say(.undo, parent: id, Undos(last: .redo, areOfCarts: true))
    #expect(try bare.store.undos(of: 99) == Undos())
    #expect(try bare.store.undoing(limit: 1).map(\.key) == ["u4"])
    #expect(try bare.store.undoing(limit: 9).map(\.key) == ["u4", "u1"])
    let listed = try bare.store.undoneOperations(limit: 9)
    #expect(listed.map(\.operation.key) == ["u3", "u2", "u1", "target"])
    #expect(listed.last?.undos == Undos(last: .redo, areOfCarts: true))
    #expect(try bare.store.operations(limit: 9, before: 3).map(\.id) == [2, 1])
    #expect(try bare.store.parents() == [5: 1])
  }

  @Test("The seams of an import are one operation", arguments: StorageKind.allCases)
  func imports(kind: StorageKind) throws {
    let bare = try Bare(kind)
    let parent = try bare.append([.cartCreated(.eur, [])], cart: 1, key: "i", kind: .importing)
    let part = try bare.append(
      [.cartCreated(.eur, []), .couponApplied("x", at: nil)], cart: 2, key: "g", kind: .foreign,
      parent: parent)
    try bare.append([.couponApplied("y", at: nil)], cart: 1, key: "own")
    let operation = try #require(try bare.store.operation(parent))
    #expect(try bare.store.carts(of: operation) == [1, 2])
    #expect(try bare.store.size(of: operation) == (2, 3))
    let own = try #require(try bare.store.operation(part))
    #expect(try bare.store.carts(of: own) == [2] && bare.store.size(of: own) == (1, 2))
    let events = try bare.store.history(of: 2)
    #expect(try bare.store.parents(in: events) == [part: parent])
    #expect(try bare.store.histories(of: [2])[2]?.parents == [part: parent])
    #expect(try !bare.store.mayBeUndoneGroup(part))
    try bare.write { try $0.set(SettingName.undoneGroups, "1") }
    #expect(try bare.store.mayBeUndoneGroup(part) && !bare.store.mayBeUndoneGroup(parent))
  }
}
