import CartModel
import GRDB
import GRDBSQLite

extension CartStore {
  /// Any error, as this target throws it: that the file is damaged is said only where it is proven.
  func explained(_ error: any Error) -> StoreError {
    let error = StoreError(
      error, path: path, system: open.map { SystemError.latest($0.connection) } ?? 0)
    guard error.code == .unsound else { return error }
    guard isInMemory else { return DamageCheck.verdict(on: path) }
    return StoreError(.corrupt, "database: a scratch database is damaged (\(error.message))")
  }

  /// Notices that another file or content is at the path; then every later access fails.
  ///
  /// A command calls this before it reads: a write asks by itself.
  public func look() {
    guard failure == nil else { return }
    try? read { statements in
      try watch?.checkFile(statements)
      let revision = try statements.single("PRAGMA data_version") + madeSince
      // What another connection did not commit did not change the content.
      if revision != seen.revision { try watch?.checkContent(statements) }
      seen.revision = revision
    }
  }

  /// A state of the database as this connection knows it; only equal or not says anything.
  public struct Stamp: Equatable, Sendable {
    /// The revision at the last look.
    var revision: Int64 = -1
    /// The same, as `CartStore.revision()` gives it; nil where nobody has looked.
    public var known: Int64? { revision < 0 ? nil : revision }
    /// How many transactions this connection has written.
    public var writes = 0
  }

  /// Why nothing can be read or written any more; nil while all is in place.
  public var failure: StoreError? { watch?.failure }

  /// Another connection to the same database, only to read.
  public func reader() throws(StoreError) -> CartStore {
    try another(readOnly: true, random: { 0 })
  }

  /// Another connection to the same database, which can write while this one reads.
  ///
  /// - Parameter random: where its keys and salts come from; nil for where this one's do.
  public func sibling(random: (() -> UInt64)? = nil) throws(StoreError) -> CartStore {
    let store = try another(readOnly: false, random: random ?? self.random)
    store.shouldStop = shouldStop
    return store
  }

  /// - Throws: `replaced` where the path leads to another file by now.
  private func another(readOnly: Bool, random: @escaping () -> UInt64) throws(StoreError)
    -> CartStore
  {
    try makeIfMissing()
    let store = try CartStore(path: path, readOnly: readOnly, random: random)
    store.statementLog = statementLog
    look()
    try checkUsable()
    try store.sync(synchronous)
    return store
  }

  /// Says whether each commit waits for the disk.
  public func sync(_ synchronous: StoreSettings.Synchronous) throws(StoreError) {
    guard synchronous != self.synchronous, !isReadOnly else { return }
    do {
      try queue.writeWithoutTransaction {
        try $0.execute(sql: "PRAGMA synchronous = \(synchronous.rawValue)")
      }
      self.synchronous = synchronous
    } catch { throw explained(error) }
  }

  /// Moves what was committed from the log into the database, as far as no reader needs it there.
  ///
  /// SQLite does so by itself, but never to the end while another connection always reads: the log
  /// would grow with an import.
  public func checkpoint() throws(StoreError) {
    look()
    try checkUsable()
    do {
      try queue.writeWithoutTransaction { _ = try $0.checkpoint(.passive) }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      return
    } catch { throw explained(error) }
  }

  /// Whether SQLite checkpoints by itself after a commit; else `checkpoint` must be called.
  public func checkpointsItself(_ does: Bool) throws(StoreError) {
    do {
      try queue.writeWithoutTransaction {
        try $0.execute(sql: "PRAGMA wal_autocheckpoint = \(does ? Self.checkpointPages : 0)")
      }
    } catch { throw explained(error) }
  }

  /// Closes the connection; the last one of a database leaves all in its main file.
  ///
  /// Every later access fails. Called again it does nothing.
  public func close() {
    guard !isClosed else { return }
    isClosed = true
    if let open {
      sqlite3_progress_handler(open.connection, 0, nil, nil)
      watch?.prepareToClose(open)
    }
    // Statements must be finalised before their connection closes.
    open = nil
    try? queue.close()
    try? retired?.close()
    if isReadOnly, watch?.failure == nil, watch != nil { Opening.finishLog(path) }
  }
}
