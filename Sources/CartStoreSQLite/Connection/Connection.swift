import CartModel
import CartStorage
import GRDB
import GRDBSQLite

/// One connection to a database, confined to one thread.
///
/// GRDB opens, migrates and closes it; all else goes over SQLite's handle.
final class Connection {
  private let queue: DatabaseQueue
  /// Nil once it is closed.
  private var open: Statements?
  /// Asked about every millisecond of a read; true ends it. Writes are never ended.
  var shouldStop: (() -> Bool)?
  /// Whether a transaction that writes is under way.
  private(set) var isWriting = false
  /// What a power cut may take.
  private(set) var synchronous = StoreSettings.Synchronous.normal

  enum Kind: String { case deferred, immediate }

  init(_ queue: DatabaseQueue) throws {
    guard let handle = queue.unsafeRead({ $0.sqliteConnection }) else {
      throw StoreError.isClosed
    }
    self.queue = queue
    open = try Statements(handle)
    // GRDB follows transactions for observers, which there are none of; it would expect its own queue.
    sqlite3_commit_hook(handle, nil, nil)
    sqlite3_rollback_hook(handle, nil, nil)
    // About a millisecond of SQLite's work between two questions.
    sqlite3_progress_handler(
      handle, 20_000,
      { context in
        guard let context else { return 0 }
        return Unmanaged<Connection>.fromOpaque(context)._withUnsafeGuaranteedRef {
          !$0.isWriting && $0.shouldStop?() == true ? 1 : 0
        }
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  deinit { close() }

  var isClosed: Bool { open == nil }

  /// - Throws: `other` once it is closed.
  var statements: Statements {
    get throws(StoreError) {
      guard let open else { throw StoreError.isClosed }
      return open
    }
  }

  /// SQLite's handle, which closing frees.
  ///
  /// - Throws: `other` once it is closed.
  var handle: OpaquePointer { get throws(StoreError) { try statements.connection } }

  /// The system's last error at the database; 0 once it is closed.
  var systemError: Int32 { open.map { SystemError.latest($0.connection) } ?? 0 }

  func follow(_ log: StatementLog) { if let open { log.follow(open.connection) } }

  func migrate() throws { try Schema.migrator().migrate(queue) }

  /// Copies what another connection reads into this one.
  func copy(from source: DatabaseQueue) throws { try source.backup(to: queue) }

  /// Copies all into another database, as of one moment.
  func copy(to target: DatabaseQueue) throws {
    // One step: it is read in a single transaction, as of its beginning.
    try queue.unsafeRead { source in
      try target.writeWithoutTransaction { try source.backup(to: $0, pagesPerStep: -1) }
    }
  }

  /// Runs statements that give no rows.
  func execute(_ sql: String) throws(StoreError) {
    let handle = try handle
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw StoreError(handle, code) }
  }

  // MARK: Transactions

  var isInTransaction: Bool { open.map { sqlite3_get_autocommit($0.connection) == 0 } ?? false }

  func begin(_ kind: Kind) throws(StoreError) {
    try statements("BEGIN \(kind.rawValue.uppercased()) TRANSACTION").run()
  }

  func commit() throws(StoreError) { try statements("COMMIT TRANSACTION").run() }

  /// Runs a body in a transaction, which is rolled back where the body or the commit throws.
  func transaction<T>(_ kind: Kind, _ body: () throws -> T) throws -> T {
    guard !isWriting else { throw StoreError.isWriting }
    try begin(kind)
    isWriting = kind == .immediate
    defer { isWriting = false }
    do {
      let result = try body()
      try commit()
      return result
    } catch {
      // Some errors end the transaction by themselves (SQLite, "Response To Errors Within A
      // Transaction").
      if isInTransaction { try? execute("ROLLBACK TRANSACTION") }
      throw error
    }
  }

  /// Sets whether each commit waits for the disk.
  func sync(_ wanted: StoreSettings.Synchronous) throws(StoreError) {
    guard wanted != synchronous else { return }
    try execute("PRAGMA synchronous = \(wanted.rawValue)")
    synchronous = wanted
  }

  /// Moves what was committed from the log into the database, as far as no reader needs it there.
  func checkpoint() throws(StoreError) {
    let handle = try handle
    let code = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    guard code == SQLITE_OK || code & 0xff == SQLITE_BUSY else { throw StoreError(handle, code) }
  }

  /// Called again it does nothing.
  func close() {
    guard let handle = open?.connection else { return }
    sqlite3_progress_handler(handle, 0, nil, nil)
    // Statements must be finalised before their connection closes.
    open = nil
    try? queue.close()
  }
}
