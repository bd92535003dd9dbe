import CartModel
import GRDB

extension CartStore {
  /// Copies the database as it is at this moment; writers are not held up.
  ///
  /// The copy is made beside its place and moved there when it is whole.
  /// - Returns: the number of its last event.
  /// - Throws: `corrupt` where the copy is not sound, `full`.
  public func backup(to path: String) throws(StoreError) -> Int64 {
    var target: DatabaseQueue?
    do {
      var configuration = Configuration()
      configuration.journalMode = .default
      let copy = try DatabaseQueue(path: path, configuration: configuration)
      target = copy
      // One step: the source is read in a single transaction, as of its beginning.
      try lend { source in
        try copy.writeWithoutTransaction { try source.backup(to: $0, pagesPerStep: -1) }
      }
      let (sound, last) = try copy.writeWithoutTransaction { db in
        // The copy is a file by itself, without a log beside it.
        try db.execute(sql: "PRAGMA journal_mode = DELETE")
        return (
          try String.fetchOne(db, sql: "PRAGMA quick_check(1)") == "ok",
          try Int64.fetchOne(db, sql: "SELECT max(seq) FROM event") ?? 0
        )
      }
      try copy.close()
      guard sound else {
        throw StoreError(.unsound, "database: \(self.path) is damaged, and so is the copy \(path)")
      }
      return last
    } catch {
      let system = target?.unsafeRead { SystemError.latest($0.sqliteConnection) }
      throw StoreError(system: system ?? 0, path: path) ?? explained(error)
    }
  }
}
