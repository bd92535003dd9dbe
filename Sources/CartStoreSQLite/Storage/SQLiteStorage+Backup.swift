import CartModel
import CartStorage
import GRDB

extension SQLiteStorage {
  /// The copy is made beside its place and moved there when it is whole.
  func backup(to path: String) throws(StoreError) -> Int64 {
    var target: DatabaseQueue?
    do {
      try checkUsable()
      var configuration = Configuration()
      configuration.journalMode = .default
      let copy = try DatabaseQueue(path: path, configuration: configuration)
      target = copy
      try connection.copy(to: copy)
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

  func check(productChanges: @escaping (EventBody) -> [ProductCount]) throws(StoreError)
    -> CheckReport
  {
    try consistently { statements in
      var checker = Checker(
        statements: statements, totals: try RowTotals.marked(totals, statements),
        productChanges: productChanges)
      return try checker.run()
    }
  }
}
