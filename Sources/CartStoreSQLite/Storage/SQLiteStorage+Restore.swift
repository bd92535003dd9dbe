import CartModel
import CartStorage
import CartSupport
import GRDB
import GRDBSQLite

extension SQLiteStorage {
  /// Copies a backup into a scratch database and brings it to this schema; the file stays as it is.
  ///
  /// - Throws: `missing`, `permission`, `notADatabase`, `newerSchema`, `corrupt`.
  convenience init(copyOf backup: String, random: @escaping () -> UInt64) throws(StoreError) {
    do {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.journalMode = .default
      // A log beside it belongs to it; without one, nothing is made beside it.
      let hasLog = FileStamp(DatabaseFile.logPath(backup)) != nil
      let source = try DatabaseQueue(
        path: hasLog ? backup : MainFile.uri(backup), configuration: configuration)
      let copy = try Connection(
        try DatabaseQueue(path: Opening.scratch, configuration: Opening.plain))
      try copy.copy(from: source)
      try self.init(scratch: copy, name: backup, random: random)
      try source.close()
    } catch {
      let error = StoreError(error, path: backup)
      throw error.code == .unsound ? DamageCheck.verdict(on: backup) : error
    }
  }

  func replaceContent(with source: any Storage, keep: (any Storage) throws -> Void) throws
    -> Duration
  {
    look()
    try checkUsable()
    guard let source = source as? SQLiteStorage else {
      throw StoreError(.other, "database: the backup is of another kind; nothing was changed")
    }
    let sizes = try [self, source].map { try $0.read { try $0.single("PRAGMA page_size") } }
    // A backup cannot change the size of pages of a database in WAL mode.
    guard sizes[0] == sizes[1] else {
      throw StoreError(
        .other,
        "database: \(path) has pages of \(sizes[0]) bytes, the backup of \(sizes[1]); nothing was "
          + "changed")
    }
    do {
      return try ContentExchange(try connection.handle, for: try source.connection.handle).run {
        let reader = try SQLiteStorage(path: path, readOnly: true, random: { 0 })
        try watch?.checkPlace()
        try keep(reader)
      }
    } catch { throw error is StoreError ? explained(error) : error }
  }
}

/// All pages of one database in the place of another's (SQLite, "Online Backup API").
private struct ContentExchange {
  private let target: OpaquePointer
  private let content: OpaquePointer

  init(_ target: OpaquePointer, for content: OpaquePointer) {
    (self.target, self.content) = (target, content)
  }

  /// - Parameter keep: called once nobody else can write.
  func run(_ keep: () throws -> Void) throws -> Duration {
    guard let backup = sqlite3_backup_init(target, "main", content, "main") else {
      throw StoreError(target, sqlite3_errcode(target))
    }
    var isFinished = false
    defer { if !isFinished { sqlite3_backup_finish(backup) } }
    // A step of no pages takes the write lock and keeps it.
    try check(sqlite3_backup_step(backup, 0), SQLITE_OK)
    let start = ContinuousClock.now
    try keep()
    try check(sqlite3_backup_step(backup, -1), SQLITE_DONE)
    isFinished = true
    try check(sqlite3_backup_finish(backup), SQLITE_OK)
    return ContinuousClock.now - start
  }

  private func check(_ code: Int32, _ wanted: Int32) throws(StoreError) {
    guard code == wanted else { throw StoreError(target, code) }
  }
}
