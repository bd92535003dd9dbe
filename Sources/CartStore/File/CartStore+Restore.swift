import CartModel
import GRDB
import GRDBSQLite

extension CartStore {
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
      try self.init(copyOf: source, name: backup, random: random)
      try source.close()
    } catch {
      let error = StoreError(error, path: backup)
      throw error.code == .unsound ? DamageCheck.verdict(on: backup) : error
    }
  }

  /// Exchanges all content for another store's, in one transaction; other processes see the one or the
  /// other, and those that have it open notice.
  ///
  /// Nobody else can write meanwhile; what they wrote before is in the copy.
  ///
  /// - Parameters:
  ///   - source: has this schema.
  ///   - keep: copies the database as it is, once nobody else can write.
  /// - Throws: `busy`; what `keep` throws. Then nothing was changed.
  public func replaceContent(
    with source: CartStore, keep: (CartStore) throws -> Void
  ) throws -> Duration {
    look()
    if let failure { throw failure }
    let sizes = try [self, source].map { try $0.read { try $0.single("PRAGMA page_size") } }
    // A backup cannot change the size of pages of a database in WAL mode.
    guard sizes[0] == sizes[1] else {
      throw StoreError(
        .other,
        "database: \(path) has pages of \(sizes[0]) bytes, the backup of \(sizes[1]); nothing was "
          + "changed")
    }
    do {
      return try source.lend { content in
        try lendForWriting { target in
          try Self.exchange(target, for: content) {
            let reader = try CartStore(path: path, readOnly: true, random: { 0 })
            try watch?.checkPlace()
            try keep(reader)
          }
        }
      }
    } catch { throw error is DatabaseError || error is StoreError ? explained(error) : error }
  }

  private static func exchange(
    _ target: Database, for content: Database, keep: () throws -> Void
  ) throws -> Duration {
    guard
      let backup = sqlite3_backup_init(
        target.sqliteConnection, "main", content.sqliteConnection, "main")
    else { throw DatabaseError(resultCode: target.lastErrorCode, message: target.lastErrorMessage) }
    var isFinished = false
    defer { if !isFinished { sqlite3_backup_finish(backup) } }
    // A step of no pages takes the write lock and keeps it (SQLite, "Online Backup API").
    let locked = sqlite3_backup_step(backup, 0)
    guard locked == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: locked)) }
    let start = ContinuousClock.now
    try keep()
    let code = sqlite3_backup_step(backup, -1)
    guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    isFinished = true
    let finished = sqlite3_backup_finish(backup)
    guard finished == SQLITE_OK else {
      throw DatabaseError(resultCode: ResultCode(rawValue: finished))
    }
    return ContinuousClock.now - start
  }
}
