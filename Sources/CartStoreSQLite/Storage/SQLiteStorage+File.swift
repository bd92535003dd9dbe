import CartModel
import CartStorage

extension SQLiteStorage {
  func look() {
    guard failure == nil else { return }
    try? read { statements in
      try watch?.checkFile(statements)
      let revision = ChangeToken(try statements.single("PRAGMA data_version") + madeSince)
      // What another connection did not commit did not change the content.
      if revision != seen.revision { try watch?.checkContent(statements) }
      seen.revision = revision
    }
  }

  var failure: StoreError? { watch?.failure }

  func reader() throws(StoreError) -> any Storage {
    try another(readOnly: true, random: { 0 })
  }

  func sibling(random: (() -> UInt64)?) throws(StoreError) -> any Storage {
    let store = try another(readOnly: false, random: random ?? self.random)
    store.shouldStop = shouldStop
    return store
  }

  func scratch(cache: Int, random: @escaping () -> UInt64) throws(StoreError) -> any Storage {
    try SQLiteStorage(path: Opening.scratch, cache: cache, random: random)
  }

  /// - Throws: `replaced` where the path leads to another file by now.
  func another(readOnly: Bool, random: @escaping () -> UInt64) throws(StoreError)
    -> SQLiteStorage
  {
    try makeIfMissing()
    guard !Self.isInMemory(path) else {
      throw StoreError(.other, "database: a scratch database has one connection")
    }
    let store = try SQLiteStorage(path: path, readOnly: readOnly, random: random)
    store.statementLog = statementLog
    look()
    try checkUsable()
    try store.sync(connection.synchronous)
    return store
  }

  func sync(_ synchronous: StoreSettings.Synchronous) throws(StoreError) {
    guard !isReadOnly else { return }
    do throws(StoreError) { try connection.sync(synchronous) } catch { throw explained(error) }
  }

  /// SQLite checkpoints by itself, but never to the end while another connection always reads: the log
  /// would grow with an import.
  func checkpoint() throws(StoreError) {
    look()
    try checkUsable()
    do throws(StoreError) { try connection.checkpoint() } catch { throw explained(error) }
  }

  func writesMuch(_ does: Bool) throws(StoreError) {
    do throws(StoreError) {
      try connection.execute(
        "PRAGMA wal_autocheckpoint = \(does ? 0 : Opening.checkpointPages)")
    } catch { throw explained(error) }
  }
}
