import CartModel
import CartStorage
import CartSupport
import GRDB
import GRDBSQLite
import Glibc

/// An inbox in an SQLite file.
final class SQLiteInbox: Inbox {
  private let path: String
  private let connection: Connection

  /// Hints wait at most so long for more of a burst; milliseconds.
  private static let longestBurst: Int64 = 500

  /// - Throws: `newerSchema`, `notADatabase`, `permission`, `busy`.
  init(_ path: String) throws(StoreError) {
    self.path = path
    do {
      let queue = try DatabaseQueue(path: path, configuration: Self.configuration)
      let migrator = InboxSchema.migrator()
      if try queue.read({ try migrator.hasBeenSuperseded($0) }) {
        throw StoreError(
          .newerSchema, "inbox: \(path) was made by a newer version of cartio; install that one")
      }
      try migrator.migrate(queue)
      connection = try Connection(queue)
    } catch { throw StoreError(error, path: path) }
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { db in
      if try String.fetchOne(db, sql: "PRAGMA journal_mode") != "wal" {
        try db.execute(sql: "PRAGMA journal_mode = WAL")
      }
      // What a store was answered for must outlast a power cut.
      try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON")
    }
    return configuration
  }

  func sibling() throws(StoreError) -> any Inbox { try SQLiteInbox(path) }

  func close() { connection.close() }

  // MARK: Writing

  func write(_ change: InboxChange, at time: Timestamp) throws(StoreError) {
    try transaction { statements in
      for look in change.served { try serve(look, statements) }
      for (look, until) in change.postponed { try postpone(look, until, statements) }
      if !change.hints.isEmpty {
        try statements("UPDATE generation SET last = last + 1").run()
        let generation = try statements.single("SELECT last FROM generation")
        for hint in change.hints { try add(hint, generation, time, statements) }
      }
      for (name, value) in change.values { try keep(value, name, statements) }
      for report in change.reports { try keep(report, statements) }
      for cart in change.settledReports {
        let delete = try statements("DELETE FROM report WHERE cart = ?")
        delete.bind(1, cart)
        try delete.run()
      }
    }
  }

  private func serve(_ look: DueLook, _ statements: Statements) throws(StoreError) {
    let delete = try statements(
      "DELETE FROM due WHERE kind = ? AND name = ? AND generation = ?")
    delete.bind(1, look.subject.kind.rawValue)
    delete.bind(2, look.subject.name)
    delete.bind(3, look.generation)
    try delete.run()
  }

  private func postpone(_ look: DueLook, _ until: Timestamp, _ statements: Statements)
    throws(StoreError)
  {
    let update = try statements(
      "UPDATE due SET due = ?, tries = tries + 1 WHERE kind = ? AND name = ? AND generation = ?")
    update.bind(1, until.milliseconds)
    update.bind(2, look.subject.kind.rawValue)
    update.bind(3, look.subject.name)
    update.bind(4, look.generation)
    try update.run()
  }

  private func add(
    _ hint: LookHint, _ generation: Int64, _ time: Timestamp, _ statements: Statements
  ) throws(StoreError) {
    let insert = try statements(
      """
      INSERT INTO due VALUES(?1, ?2, ?3, ?4, ?5, ?6, 0, ?7)
      ON CONFLICT DO UPDATE SET generation = ?3, rank = min(rank, ?4), tries = 0,
        due = min(?6, max(?5, first + ?8)), note = CASE ?7 WHEN '' THEN note ELSE ?7 END
      """)
    insert.bind(1, hint.subject.kind.rawValue)
    insert.bind(2, hint.subject.name)
    insert.bind(3, generation)
    insert.bind(4, hint.rank.rawValue)
    insert.bind(5, time.milliseconds)
    insert.bind(6, time.advanced(by: hint.patience).milliseconds)
    insert.bind(7, hint.note)
    insert.bind(8, Self.longestBurst)
    try insert.run()
  }

  private func keep(_ value: String, _ name: String, _ statements: Statements) throws(StoreError) {
    let insert = try statements("INSERT OR REPLACE INTO value VALUES(?, ?)")
    insert.bind(1, name)
    insert.bind(2, value)
    try insert.run()
  }

  private func keep(_ report: KeptReport, _ statements: Statements) throws(StoreError) {
    var json = JSONWriter()
    json.object {
      for (field, text) in report.fields.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        $0.string(String(field.rawValue), text)
      }
    }
    let insert = try statements("INSERT INTO report(cart, at, fields) VALUES(?, ?, ?)")
    insert.bind(1, report.cart)
    insert.bind(2, report.at.milliseconds)
    insert.bind(3, json.text)
    try insert.run()
  }

  func dropReports(before time: Timestamp) throws(StoreError) -> Int {
    try transaction { statements in
      let delete = try statements("DELETE FROM report WHERE at < ?")
      delete.bind(1, time.milliseconds)
      try delete.run()
      return statements.changedRows
    }
  }

  // MARK: Leases

  func lease(_ name: String, for holder: String, until end: Timestamp, at time: Timestamp)
    throws(StoreError) -> Bool
  {
    try transaction { statements in
      let insert = try statements(
        """
        INSERT INTO lease VALUES(?1, ?2, ?3)
        ON CONFLICT DO UPDATE SET holder = ?2, until = ?3 WHERE holder = ?2 OR until < ?4
        """)
      insert.bind(1, name)
      insert.bind(2, holder)
      insert.bind(3, end.milliseconds)
      insert.bind(4, time.milliseconds)
      try insert.run()
      return statements.changedRows > 0
    }
  }

  func holder(of lease: String, at time: Timestamp) throws(StoreError) -> String? {
    let row = try connection.statements("SELECT holder FROM lease WHERE name = ? AND until >= ?")
    row.bind(1, lease)
    row.bind(2, time.milliseconds)
    defer { row.reset() }
    return try row.step() ? row.text(0) : nil
  }

  func release(_ lease: String, of holder: String) throws(StoreError) {
    try transaction { statements in
      let delete = try statements("DELETE FROM lease WHERE name = ? AND holder = ?")
      delete.bind(1, lease)
      delete.bind(2, holder)
      try delete.run()
    }
  }

  /// The threads of a process take turns: SQLite would let one that finds the file locked sleep for up to
  /// 100 ms, and a webhook is answered only when its hint is written.
  private static let turn = WriteTurn()

  private func transaction<T>(_ body: (Statements) throws -> T) throws(StoreError) -> T {
    Self.turn.begin()
    defer { Self.turn.end() }
    do {
      return try connection.transaction(.immediate) { try body(connection.statements) }
    } catch { throw StoreError(error, path: path) }
  }
}

// MARK: - Reading

extension SQLiteInbox {
  private static let columns = "kind, name, generation, rank, first, due, tries, note"

  func due(at time: Timestamp, limit: Int) throws(StoreError) -> [DueLook] {
    let rows = try connection.statements(
      "SELECT \(Self.columns) FROM due WHERE due <= ? ORDER BY rank, due, name LIMIT ?")
    rows.bind(1, time.milliseconds)
    rows.bind(2, Int64(limit))
    defer { rows.reset() }
    var looks: [DueLook] = []
    while try rows.step() { if let look = look(rows) { looks.append(look) } }
    return looks
  }

  func look(of subject: LookSubject) throws(StoreError) -> DueLook? {
    let row = try connection.statements(
      "SELECT \(Self.columns) FROM due WHERE kind = ? AND name = ?")
    row.bind(1, subject.kind.rawValue)
    row.bind(2, subject.name)
    defer { row.reset() }
    return try row.step() ? look(row) : nil
  }

  /// Nil for a kind that a newer version knows.
  private func look(_ row: Statement) -> DueLook? {
    guard let kind = LookSubject.Kind(rawValue: row.int(0)) else { return nil }
    return DueLook(
      LookSubject(kind, row.text(1)), generation: row.int(2),
      rank: LookRank(rawValue: row.int(3)) ?? .sweep, first: Timestamp(milliseconds: row.int(4)),
      due: Timestamp(milliseconds: row.int(5)), tries: row.int(6), note: row.text(7))
  }

  func count() throws(StoreError) -> InboxCount {
    let row = try connection.statements(
      "SELECT count(*), count(*) FILTER (WHERE rank < 3), min(first) FROM due")
    defer { row.reset() }
    var count = InboxCount()
    guard try row.step() else { return count }
    (count.total, count.hinted) = (row.int(0), row.int(1))
    count.oldest = row.isNull(2) ? nil : Timestamp(milliseconds: row.int(2))
    return count
  }

  func reports(of cart: String) throws(StoreError) -> [KeptReport] {
    let rows = try connection.statements("SELECT at, fields FROM report WHERE cart = ? ORDER BY id")
    rows.bind(1, cart)
    defer { rows.reset() }
    var reports: [KeptReport] = []
    while try rows.step() {
      guard case .object(let members)? = try? JSONParser.parse(rows.text(1)) else { continue }
      var fields: [ShopperField: String] = [:]
      for member in members {
        guard let field = UInt8(member.key).flatMap(ShopperField.init) else { continue }
        fields[field] = member.value.string
      }
      reports.append(
        KeptReport(cart: cart, at: Timestamp(milliseconds: rows.int(0)), fields: fields))
    }
    return reports
  }

  func value(_ name: String) throws(StoreError) -> String? {
    try connection.statements.text("SELECT value FROM value WHERE name = ?", name)
  }
}

/// A lock that no task holds while it waits for anything else.
private final class WriteTurn: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  init() { pthread_mutex_init(mutex, nil) }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func begin() { pthread_mutex_lock(mutex) }
  func end() { pthread_mutex_unlock(mutex) }
}
