import CartStorage

/// One state of a SQLite file, read by a connection of its own.
///
/// Its reads share a transaction: each of their own would cost two locks.
final class SQLiteSnapshot: ReadSnapshot, SQLReads {
  private let storage: SQLiteStorage

  init(_ storage: SQLiteStorage) { self.storage = storage }

  var seen: StorageStamp { storage.seen }
  var totals: RowTotals? { storage.totals }

  private func begin() throws(StoreError) {
    try storage.checkUsable()
    guard !storage.connection.isInTransaction else { return }
    do throws(StoreError) { try storage.connection.begin(.deferred) } catch {
      throw storage.explained(error)
    }
  }

  func read<T>(_ body: (Statements) throws -> T) throws(StoreError) -> T {
    try begin()
    return try storage.read(body)
  }

  func consistently<T>(_ body: (Statements) throws -> T) throws(StoreError) -> T {
    try begin()
    return try storage.read(body)
  }

  func cursor<T>(_ body: (Statements) throws -> T) throws -> T {
    try begin()
    return try storage.cursor(body)
  }

  func refresh() throws(StoreError) {
    if storage.connection.isInTransaction {
      do throws(StoreError) { try storage.connection.commit() } catch {
        throw storage.explained(error)
      }
    }
    storage.look()
  }

  func close() {
    try? refresh()
    storage.close()
  }
}
