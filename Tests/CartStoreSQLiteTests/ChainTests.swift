import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

@testable import CartStoreSQLite

/// The hash chain over the event log.
struct ChainTests {
  private func filled() throws -> BareStore {
    let bare = try BareStore(seed: 6)
    var records = RandomRecords(seed: 6)
    for number in 0..<12 {
      try bare.append(
        [try records.body(.entryAdded), try records.body(.couponApplied)], key: "k\(number)",
        actor: records.actor(), reason: number % 2 == 0 ? "reason" : "")
    }
    return bare
  }

  private func hashes(_ store: SQLiteStorage) throws -> [[UInt8]] {
    try store.read { statements in
      let rows = try statements.fresh("SELECT hash FROM commits ORDER BY id")
      var list: [[UInt8]] = []
      while try rows.step() { list.append([UInt8](rows.bytes(0))) }
      return list
    }
  }

  @Test("The same writes make the same chain, and another salt another one")
  func reproducible() throws {
    let (one, two) = (try hashes(filled().store), try hashes(filled().store))
    #expect(one == two)
    #expect(one.count == 12)
    #expect(Set(one).count == 12)
    #expect(one.allSatisfy { $0.count == 32 })
    let other = try BareStore(seed: 7)
    var records = RandomRecords(seed: 6)
    try other.append([try records.body(.entryAdded)], key: "k0", reason: "reason")
    #expect(try hashes(other.store).first != one.first)
  }

  @Test(
    "Each column that the chain covers is covered, in each row",
    arguments: [
      "UPDATE event SET cart = 9", "UPDATE event SET prev = 1", "UPDATE event SET version = 9",
      "UPDATE event SET op = op + 1", "UPDATE event SET actor = 99", "UPDATE event SET at = at - 1",
      "UPDATE event SET type = 8", "UPDATE event SET key = randomblob(16)",
      "UPDATE event SET data = CAST(data || x'0800' AS BLOB)",
      "UPDATE event SET recorded = recorded + 1",
    ])
  func eventColumns(sql: String) throws {
    for seq in [1, 12, 24] {
      let bare = try filled()
      try bare.change(sql + " WHERE seq = \(seq)")
      let found = try chainProblems(bare.another())
      #expect(!found.isEmpty, "\(sql) \(seq)")
    }
  }

  @Test(
    "Each column of an operation that the chain covers is covered",
    arguments: [
      "key = key || 'x'", "actor = 1 + actor % 2", "kind = kind + 1", "command = 'other'",
      "at = at + 1", "target = 5", "target_cart = 5", "parent = 5",
      "commitment = zeroblob(16)",
    ])
  func operationColumns(change: String) throws {
    for id in [1, 5, 12] {
      let bare = try filled()
      try bare.change("UPDATE operation SET \(change) WHERE id = \(id)")
      #expect(!(try chainProblems(bare.another())).isEmpty, "\(change) \(id)")
    }
  }

  private func chainProblems(_ store: SQLiteStorage) throws -> [String] {
    try store.read { statements in
      var checker = Checker(statements: statements, totals: nil, productChanges: { _ in [] })
      try checker.chain()
      return checker.report.problems
    }
  }

  @Test("A chain that nobody touched has no problems, and counts what it covers")
  func untouched() throws {
    let bare = try filled()
    try bare.store.read { statements in
      var checker = Checker(statements: statements, totals: nil, productChanges: { _ in [] })
      try checker.chain()
      #expect(checker.report.problems == [])
      #expect(checker.report.events == 24)
      #expect(checker.report.commits == 12)
    }
  }

  @Test("Events and commits that are missing, moved or added are found")
  func missingRows() throws {
    for (sql, expected) in [
      ("DELETE FROM event WHERE seq = 24", "hash does not fit"),
      ("DELETE FROM event WHERE seq = 3", "event 3: is missing from the event log"),
      ("DELETE FROM commits WHERE id = 12", "event 23: belongs to no commit"),
      ("DELETE FROM commits WHERE id = 1", "commit 1: is missing from the event log"),
      ("UPDATE commits SET first = 4 WHERE id = 2", "commit 2: begins with event 4, expected 3"),
      ("UPDATE commits SET recorded = 1 WHERE id = 2", "recorded at another time than its commit"),
      ("UPDATE event SET type = 200 WHERE seq = 5", "event 5: unknown type 200"),
      ("UPDATE event SET actor = 99 WHERE seq = 5", "event 5: unknown actor number 99"),
      ("UPDATE event SET data = x'0bff' WHERE seq = 5", "event 5: its record is damaged"),
      ("UPDATE fact SET salt = zeroblob(16) WHERE id = 2", "its fact 2 was changed"),
      ("DELETE FROM fact WHERE id = 2", "its fact 2 is missing"),
    ] {
      let bare = try filled()
      try bare.change(sql)
      let found = try chainProblems(bare.another())
      #expect(found.contains { $0.contains(expected) }, "\(sql): \(found)")
    }
  }

  @Test("A commitment is of the salt and the value, and of nothing else")
  func commitments() {
    var random = SeededRandom(seed: 9)
    func commitment(_ salt: EventKey, _ value: [UInt8]) -> EventKey {
      value.withUnsafeBytes { Chain.commitment(salt: salt, $0) }
    }
    for _ in 0..<200 {
      let salt = EventKey(high: random.next(), low: random.next())
      let value = (0..<random.pick(0...40)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let known = commitment(salt, value)
      #expect(known == commitment(salt, value))
      #expect(known != commitment(EventKey(high: salt.high ^ 1, low: salt.low), value))
      #expect(known != commitment(salt, value + [0]))
      if var changed = value.isEmpty ? nil : value {
        changed[random.pick(0...changed.count - 1)] ^= 1
        #expect(known != commitment(salt, changed))
      }
    }
  }

  @Test("A log of statements has each in its order, and those under the lock by themselves")
  func statementLog() throws {
    let bare = try BareStore()
    let log = StatementLog()
    bare.store.statementLog = log
    _ = try bare.store.meta("a")
    _ = try bare.store.meta("b")
    #expect(log.statements == Array(repeating: "SELECT value FROM meta WHERE name = ?", count: 2))
    #expect(log.summary == "2 × SELECT value FROM meta WHERE name = ?")
    #expect(log.underLock.isEmpty)
    log.removeAll()
    try bare.write { try $0.set("a", "1") }
    #expect(log.underLock.first == "PRAGMA data_version")
    #expect(log.underLock.last?.hasPrefix("COMMIT") == true)
    #expect(log.underLock.count == log.statements.count - 1)
    // A snapshot is no lock, and one statement needs no transaction.
    log.removeAll()
    try bare.store.consistently { _ in _ = try bare.store.meta("a") }
    #expect(log.underLock.isEmpty)
    #expect(log.statements.count == 3)
    log.removeAll()
    try bare.store.forEachEvent { _ in }
    #expect(log.statements.count == 1)
  }
}
