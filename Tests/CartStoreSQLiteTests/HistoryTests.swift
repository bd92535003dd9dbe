import CartEngine
import CartModel
import CartStorage
import CartSupport
import CartTesting
import GRDB
import Testing

@testable import CartStoreSQLite

/// Histories of many carts in one statement.
struct HistoryTests {
  /// A shop of carts that people and imports changed, undid and redid.
  private func shop(seed: UInt64, carts count: Int = 12) throws -> (TestShop, [Int64]) {
    let test = try TestShop(seed: seed)
    try test.take(TestShop.products)
    var random = RandomCarts(seed: seed)
    let handler = test.handler()
    var keys: [Int64] = []
    for _ in 0..<count {
      var made: Cart?
      try operation(handler) { made = try handler.create([.email: "a@example.com"]) }
      let name = try #require(made).id
      keys.append(try #require(try test.shop.store.key(named: name)))
    }
    var operations: [Int64] = []
    for _ in 0..<80 {
      let key = random.random.pick(keys)
      let number = try operation(handler) {
        guard let cart = try handler.cart(key) else { return }
        _ = try? handler.execute(random.command(for: cart), on: key)
      }
      if let number { operations.append(number) }
      if random.random.chance(15), let last = operations.last {
        _ = try? takeBack(handler, last, redo: random.random.chance(30))
      }
    }
    return (test, keys)
  }

  /// The history as it was read before: an event at a time along `prev`.
  private func walked(_ store: SQLiteStorage, _ key: Int64) throws -> [Int64] {
    try store.read { statements in
      var (seqs, seq) = (
        [Int64](), try statements.single("SELECT head FROM cart WHERE id = ?", key)
      )
      while seq != 0 {
        seqs.append(seq)
        seq = try statements.single("SELECT ifnull(prev, 0) FROM event WHERE seq = ?", seq)
      }
      return seqs.reversed()
    }
  }

  @Test("All histories at once are those of each cart, and those of each step", arguments: 1...4)
  func sameAsOneByOne(seed: Int) throws {
    let (test, keys) = try shop(seed: UInt64(seed))
    let store = try test.sqlite
    let all = try store.histories(of: keys + [999, -1])
    #expect(Set(all.keys) == Set(keys))
    for key in keys {
      let events = try store.history(of: key)
      #expect(all[key]?.events == events)
      #expect(events.map(\.seq) == (try walked(store, key)))
      #expect(events.map(\.version) == Array(1...Int64(events.count)))
      #expect(events.allSatisfy { $0.cart == key })
      let cart = try #require(try store.cart(key))
      #expect(History(events, id: cart.id).replayed() == cart)
    }
    #expect(try store.histories(of: []).isEmpty)
    #expect(try store.history(of: 999).isEmpty)
    // Asked for twice, a cart is there once.
    #expect(try store.histories(of: [keys[0], keys[0]])[keys[0]]?.events == all[keys[0]]?.events)
  }

  @Test("Histories of any number of carts take one statement")
  func oneStatement() throws {
    let (test, keys) = try shop(seed: 9)
    let log = StatementLog()
    try test.sqlite.statementLog = log
    _ = try test.shop.store.history(of: keys[0])
    log.removeAll()
    for count in [1, 5, keys.count] {
      log.removeAll()
      _ = try test.shop.store.histories(of: Array(keys.prefix(count)))
      #expect(log.statements.count == 1, "\(log.summary)")
    }
  }

  @Test("A history names the imports that brought its operations")
  func parents() throws {
    let (test, keys) = try shop(seed: 3)
    let copy = try TestShop(seed: 40)
    try copy.take(try test.exported())
    let store = copy.shop.store
    let (all, parents) = (try store.histories(of: keys), try store.parents())
    #expect(!parents.isEmpty)
    for history in all.values {
      let operations = Set(history.events.map(\.operation))
      #expect(history.parents == parents.filter { operations.contains($0.key) })
      #expect(try store.parents(in: history.events) == history.parents)
    }
  }

  @Test("What a person's erased fact held is gone from the history, and the rest is there")
  func erasedFacts() throws {
    let (test, keys) = try shop(seed: 5)
    let before = try test.shop.store.histories(of: keys)
    let queue = try DatabaseQueue(path: test.folder.file("cartio.db"))
    try queue.write { try $0.execute(sql: "UPDATE fact SET salt = NULL, data = NULL") }
    try queue.close()
    let after = try test.reopened().store.histories(of: keys)
    for key in keys {
      let (was, now) = (before[key]?.events ?? [], after[key]?.events ?? [])
      #expect(was.map(\.seq) == now.map(\.seq))
      #expect(was.map(\.body.type) == now.map(\.body.type))
      for event in now {
        if case .cartCreated(_, let changes, _) = event.body { #expect(changes.isEmpty) }
      }
    }
    #expect(try test.reopened().check().problems.allSatisfy { !$0.contains("fact") })
  }

  // MARK: Gaps

  private func changed(_ sql: String) throws -> (SQLiteStorage, [Int64], TestShop) {
    let (test, keys) = try shop(seed: 6)
    let queue = try DatabaseQueue(path: test.folder.file("cartio.db"))
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
    return (try SQLiteStorage.open(.file(test.folder.file("cartio.db")), random: { 1 }), keys, test)
  }

  private static let last = "(SELECT head FROM cart WHERE id = 1)"

  @Test(
    "A gap in the event log is damage and never a shorter history",
    arguments: [
      ("DELETE FROM event WHERE seq = \(last)", "is missing from its history"),
      ("DELETE FROM event WHERE seq = (SELECT prev FROM event WHERE seq = \(last))", "is missing"),
      ("UPDATE event SET prev = 9999 WHERE seq = \(last)", "belongs to another cart"),
      ("UPDATE event SET prev = seq WHERE seq = \(last)", "belongs to another cart"),
      ("UPDATE event SET cart = 2 WHERE seq = \(last)", "belongs to another cart"),
      ("UPDATE cart SET head = 99999 WHERE id = 1", "event 99999 is missing"),
      ("UPDATE cart SET head = (SELECT head FROM cart WHERE id = 2) WHERE id = 1", "another cart"),
      ("UPDATE event SET type = 200 WHERE seq = \(last)", "unknown type 200"),
      ("UPDATE event SET data = x'0bff' WHERE seq = \(last)", "a record is damaged"),
      ("UPDATE event SET actor = 4711 WHERE seq = \(last)", "unknown actor number 4711"),
    ])
  func gaps(sql: String, expected: String) throws {
    let (store, keys, _) = try changed(sql)
    #expect(throws: StoreError.self) { try store.history(of: 1) }
    #expect(throws: StoreError.self) { try store.histories(of: keys) }
    // The others are as they were.
    #expect(try store.history(of: 2).isEmpty == false)
    let chain = try #require(try store.read { try EventTable($0).chains(from: .carts, [1])[1] })
    do throws(StoreError) {
      _ = try chain.checked()
      Issue.record("the gap was not found")
    } catch {
      #expect(error.code == .corrupt)
      #expect(error.message.contains(expected), "\(error.message)")
    }
    let problems = try store.check(productChanges: { _ in [] }).problems
    #expect(problems.contains { $0.contains(expected) }, "\(problems)")
  }

  @Test("A chain from an event leads to the cart's first, and holds the wanted types")
  func chainsFromEvents() throws {
    let (test, keys) = try shop(seed: 7)
    let store = try test.sqlite
    for key in keys.prefix(4) {
      let events = try store.history(of: key)
      for event in events {
        let chain = try store.read {
          try EventTable($0).chains(from: .events, [event.seq])[event.seq]
        }
        #expect(try chain?.checked().events == events.filter { $0.seq <= event.seq })
        let types: [EventType] = [.cartCreated, .lineAdded]
        let part = try store.read {
          try EventTable($0).chains(from: .events, [event.seq], types: types)[event.seq]
        }
        #expect(
          try part?.checked().events
            == events.filter { $0.seq <= event.seq && types.contains($0.body.type) })
      }
    }
  }

  @Test("Carts in bulk are the carts one by one")
  func bulkCarts() throws {
    let (test, keys) = try shop(seed: 8)
    let store = try test.sqlite
    let all = try store.carts(keys + [4711])
    #expect(all.count == keys.count)
    for key in keys { #expect(all[key] == (try store.cart(key))) }
    #expect(try store.carts([]).isEmpty)
    let names = all.values.map(\.id)
    let asked = names + ["nobody", "'; --", "\u{1b}"] + names
    let found = try store.keys(named: asked)
    #expect(found.count == asked.count)
    for (name, key) in zip(asked, found) { #expect(try store.key(named: name) == key) }
    #expect(found.count { $0 != nil } == 2 * keys.count)
    #expect(try store.keys(named: []).isEmpty)
  }

  @Test("Names of any letters are found in bulk")
  func hostileNames() throws {
    let test = try TestShop()
    let names = RandomRecords.texts.filter { !$0.isEmpty && !$0.contains("\0") }
    try test.shop.store.write(recorded: TestShop.start) { writer in
      for (index, name) in names.enumerated() {
        try writer.add(alias: name, for: Int64(index + 1))
      }
    }
    let found = try test.shop.store.keys(named: names)
    for (index, name) in names.enumerated() {
      #expect(found[index] == Int64(index + 1), "\(name.prefix(20))")
      #expect(try test.shop.store.key(named: name) == Int64(index + 1))
    }
  }
}
