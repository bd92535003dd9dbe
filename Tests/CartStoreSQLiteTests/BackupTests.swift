import CartEngine
import CartModel
import CartStorage
import CartSupport
import CartTesting
import GRDB
import Glibc
import ProgramTesting
import Testing

@testable import CartStoreSQLite

/// Copies of a database, and copies put in its place.
struct BackupTests {
  private func filled(_ seed: UInt64 = 1) throws -> BareStore {
    let bare = try BareStore(seed: seed)
    var records = RandomRecords(seed: seed)
    for number in 0..<20 {
      try bare.append(
        [try records.body(.entryAdded), try records.body(.settingsChanged)], key: "k\(number)",
        reason: "reason \(number)")
    }
    return bare
  }

  /// All rows of all tables, without the marks of log and restore.
  private func content(_ store: SQLiteStorage) throws -> [String] {
    try store.read { statements in
      var rows: [String] = []
      let tables = try statements.fresh(
        "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      while try tables.step() {
        let name = tables.text(0)
        let columns = try statements.fresh("SELECT name FROM pragma_table_info('\(name)')")
        var names: [String] = []
        while try columns.step() { names.append("quote(\"\(columns.text(0))\")") }
        let list = try statements.fresh(
          "SELECT \(names.joined(separator: " || ',' || ")) FROM \"\(name)\" ORDER BY 1")
        while try list.step() {
          let row = list.text(0)
          if name == "meta", row.hasPrefix("'log'") || row.hasPrefix("'restored'") { continue }
          rows.append("\(name): \(row)")
        }
      }
      return rows
    }
  }

  @Test("A backup holds all there is, in one file by itself")
  func backups() throws {
    let bare = try filled()
    let path = bare.folder.file("copy.db")
    #expect(try bare.store.backup(to: path) == bare.store.lastSeq())
    #expect(!Files.exists(path + "-wal"))
    let copy = try SQLiteStorage.open(.file(path, readOnly: true), random: { 1 })
    #expect(try content(copy) == content(bare.store))
    #expect(
      try copy.check(productChanges: { _ in [] }).problems
        == bare.store.check(productChanges: { _ in [] }).problems)
  }

  @Test("A backup is as of its beginning, while another process writes")
  func backupsOfABusyStore() throws {
    let bare = try filled()
    let other = try bare.another()
    let last = try bare.store.lastSeq()
    try bare.store.consistently { _ in
      // A snapshot is as of its first read.
      #expect(try bare.store.lastSeq() == last)
      _ = try other.write(recorded: BareStore.now) { writer in
        let begun = try writer.begin(
          Operation(key: "late", actor: .sync, command: "", at: BareStore.now))
        try writer.append(
          Event(
            seq: 0, cart: 0, version: 0, operation: begun.id, actor: .sync, at: BareStore.now,
            body: .couponApplied("late", at: nil)), prev: 0)
      }
      #expect(try bare.store.lastSeq() == last)
    }
    #expect(try bare.store.lastSeq() == last + 1)
    #expect(try bare.store.backup(to: bare.folder.file("copy.db")) == last + 1)
  }

  @Test("A scratch copy of a backup is brought to this schema, and the file stays as it is")
  func scratchCopies() throws {
    let bare = try filled()
    let path = bare.folder.file("copy.db")
    _ = try bare.store.backup(to: path)
    let before = try Files.read(path, limit: 1 << 24)
    let copy = try SQLiteStorage.open(.copy(of: path), random: { 1 })
    #expect(copy.isInMemory)
    #expect(try content(copy) == content(bare.store))
    _ = try copy.write(recorded: BareStore.now) { try $0.set("x", "1") }
    copy.close()
    #expect(try Files.read(path, limit: 1 << 24) == before)
    #expect(!Files.exists(path + "-wal"))
  }

  @Test(
    "What is no backup is refused, and named",
    arguments: [
      ("missing.db", StoreError.Code.missing), ("text.db", .notADatabase),
      ("other.db", .notADatabase),
      ("newer.db", .newerSchema),
    ])
  func notBackups(name: String, code: StoreError.Code) throws {
    let bare = try filled()
    let path = bare.folder.file(name)
    switch name {
    case "text.db": bare.folder.write(name, String(repeating: "not a database ", count: 100))
    case "other.db":
      let queue = try DatabaseQueue(path: path)
      try queue.write { try $0.execute(sql: "CREATE TABLE t(x)") }
      try queue.close()
    case "newer.db":
      _ = try bare.store.backup(to: path)
      let queue = try DatabaseQueue(path: path)
      try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 99") }
      try queue.close()
    default: break
    }
    do throws(StoreError) {
      _ = try SQLiteStorage.open(.copy(of: path), random: { 1 })
      Issue.record("\(name) was opened")
    } catch {
      #expect(error.code == code, "\(error)")
      #expect(error.message.contains(path), "\(error)")
    }
  }

  @Test("Content that is put in place is another's, and those who have it open notice")
  func replacingContent() throws {
    let (bare, source) = (try filled(1), try filled(2))
    let other = try bare.another()
    #expect(try other.lastSeq() == 40)
    try source.write { try $0.markRestored("mark-1") }
    let kept = bare.folder.file("kept.db")
    let old = try content(bare.store)
    _ = try bare.store.replaceContent(with: source.store) { reader in
      #expect(reader.isReadOnly)
      _ = try reader.backup(to: kept)
    }
    let now = try bare.another()
    #expect(try content(now) == content(source.store))
    #expect(try content(SQLiteStorage.open(.file(kept), random: { 1 })) == old)
    other.look()
    #expect(other.failure?.code == .restored)
    #expect {
      try other.write(recorded: BareStore.now) { try $0.set("x", "1") }
    } throws: { ($0 as? StoreError)?.code == .restored }
    #expect { try other.lastSeq() } throws: { ($0 as? StoreError)?.code == .restored }
  }

  @Test("What keeps the old content may fail, and then nothing was changed")
  func failedReplacement() throws {
    struct Failure: Error {}
    let (bare, source) = (try filled(1), try filled(2))
    let old = try content(bare.store)
    #expect(throws: Failure.self) {
      try bare.store.replaceContent(with: source.store) { _ in throw Failure() }
    }
    #expect(try content(bare.another()) == old)
    try bare.append([.couponApplied("x", at: nil)], key: "after")
    #expect(try bare.store.lastSeq() == 41)
  }

  // MARK: Places

  @Test("A database that is not there reads as empty, and the first write makes it")
  func missingPlaces() throws {
    let folder = TemporaryFolder()
    var made = 0
    let path = folder.file("deep/s.db")
    let store = try SQLiteStorage.open(
      .missing(
        path,
        makingFolder: {
          made += 1
          try Files.makeFolder(folder.file("deep"))
        }), random: { 3 })
    #expect(store.isInMemory)
    #expect(try store.lastSeq() == 0)
    #expect(!Files.exists(path))
    let before = try store.revision()
    _ = try store.write(recorded: BareStore.now) { try $0.set("x", "1") }
    #expect(made == 1)
    #expect(!store.isInMemory)
    #expect(try store.meta("x") == "1")
    #expect(try store.revision() != before)
    #expect(Files.exists(path))
    #expect(try SQLiteStorage.open(.file(path), random: { 1 }).meta("x") == "1")
  }

  @Test("A folder that cannot be made leaves the store as it was")
  func missingFolders() throws {
    struct Failure: Error {}
    let folder = TemporaryFolder()
    let store = try SQLiteStorage.open(
      .missing(folder.file("s.db"), makingFolder: { throw Failure() }), random: { 3 })
    for _ in 0..<2 {
      #expect(throws: (any Error).self) {
        try store.write(recorded: BareStore.now) { try $0.set("x", "1") }
      }
    }
    #expect(try store.meta("x") == "")
    #expect(!Files.exists(folder.file("s.db")))
  }

  @Test("Scratch databases are nobody else's")
  func scratch() throws {
    let (one, two) = (
      try SQLiteStorage.open(.scratch, random: { 1 }),
      try SQLiteStorage.open(.scratch, random: { 1 })
    )
    _ = try one.write(recorded: BareStore.now) { try $0.set("x", "1") }
    #expect(try one.meta("x") == "1")
    #expect(try two.meta("x") == "")
    #expect(one.isInMemory)
    #expect(one.failure == nil)
  }

  @Test("A closed store fails, and closing it again does nothing")
  func closed() throws {
    let bare = try filled()
    bare.store.close()
    bare.store.close()
    #expect(throws: StoreError.self) { try bare.store.lastSeq() }
    #expect(!Files.exists(bare.folder.file("s.db-wal")))
    #expect(try bare.another().lastSeq() == 40)
  }

  @Test("A scratch database has one connection, and says so")
  func scratchSiblings() throws {
    let store = try SQLiteStorageFactory().open(.scratch, random: { 1 })
    #expect(throws: StoreError.self) { _ = try store.snapshot() }
    #expect(throws: StoreError.self) { _ = try store.reader() }
    #expect(throws: StoreError.self) { _ = try store.sibling() }
    #expect(try store.lastSeq() == 0)
  }

  @Test("A sibling writes while its store reads, and follows its settings")
  func siblings() throws {
    let bare = try filled()
    let log = StatementLog()
    bare.store.statementLog = log
    bare.store.shouldStop = { false }
    let sibling = try bare.store.sibling(random: { 5 })
    #expect(sibling.shouldStop != nil)
    log.removeAll()
    try bare.store.consistently { _ in
      let last = try bare.store.lastSeq()
      _ = try sibling.write(recorded: BareStore.now) { try $0.set("x", "1") }
      #expect(try bare.store.meta("x") == "")
      #expect(try bare.store.lastSeq() == last)
    }
    #expect(try bare.store.meta("x") == "1")
    #expect(log.statements.contains { $0.hasPrefix("INSERT OR REPLACE INTO meta") })
    sibling.close()
  }

  @Test("Checkpoints move what was committed into the file, and a reader does not hinder them")
  func checkpoints() throws {
    let bare = try filled()
    try bare.store.writesMuch(true)
    for number in 0..<50 {
      try bare.write { try $0.set("k\(number)", String(repeating: "x", count: 4000)) }
    }
    let before = try #require(FileStamp(bare.folder.file("s.db"))).size
    try bare.store.checkpoint()
    let after = try #require(FileStamp(bare.folder.file("s.db"))).size
    #expect(after > before)
    try bare.store.writesMuch(false)
    #expect(try bare.another().meta("k49").count == 4000)
  }
}
