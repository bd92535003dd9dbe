import CartModel
import CartStorage
import Glibc

extension SQLiteStorage {
  static let applicationID: Int64 = 0x4361_7274
  static let schemaVersion: Int64 = 11

  func identity() throws(StoreError) -> (application: Int64, version: Int64, tables: Int64) {
    let statements = try connection.statements
    return (
      try statements.single("PRAGMA application_id"), try statements.single("PRAGMA user_version"),
      try statements.single("SELECT count(*) FROM sqlite_schema")
    )
  }

  /// Makes the tables, or brings them to this schema.
  ///
  /// - Parameter path: what messages call it.
  func prepare(_ path: String) throws(StoreError) {
    do {
      var (identity, version, tables) = try identity()
      // Another process may be in the middle of making it.
      for _ in 0..<20 where identity == 0 && tables > 0 {
        usleep(50_000)
        (identity, version, tables) = try self.identity()
      }
      if identity == Self.applicationID, version == Self.schemaVersion { return }
      guard identity == Self.applicationID || tables == 0 else {
        throw StoreError(.notADatabase, "database: \(path) is a database of another program")
      }
      guard version <= Self.schemaVersion else {
        throw StoreError(
          .newerSchema,
          "database: \(path) was written by a newer Cartio (schema \(version), here "
            + "\(Self.schemaVersion)); update this one")
      }
      guard !isReadOnly else {
        throw StoreError(
          .missing,
          "database: \(path) is \(tables == 0 ? "empty" : "of an older Cartio"); open "
            + (opening.isImmutable
              ? "a copy of it where you may write" : "it once without --read-only"))
      }
      try connection.migrate()
      // States of before know no pauses, nor whose they are; it is done again where it was cut off.
      if (1..<6).contains(version) { try rebuildStates() }
      try connection.execute(
        """
        PRAGMA application_id = \(Self.applicationID); PRAGMA user_version = \(Self.schemaVersion)
        """)
    } catch {
      throw explained(error)
    }
  }

  /// Saves each cart as its events make it.
  private func rebuildStates() throws {
    try write(recorded: Timestamp(milliseconds: 0)) { writer in
      var keys: [Int64] = []
      try writer.forEachCart { keys.append($0.key) }
      for start in stride(from: 0, to: keys.count, by: StorageLimits.cartsAtOnce) {
        let part = Array(keys[start...].prefix(StorageLimits.cartsAtOnce))
        let (carts, histories) = (try writer.carts(part), try writer.histories(of: part))
        for key in part {
          guard let cart = carts[key], let stored = histories[key],
            let replayed = History(stored.events, id: cart.id).replayed()
          else { continue }
          try writer.save(replayed)
        }
      }
    }
  }
}
