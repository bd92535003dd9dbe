import GRDBSQLite
import Synchronization

/// The SQL statements that a store and its siblings execute, in order; a repeated statement is there
/// each time.
///
/// Tests count them: a statement is a round trip where the database is a server.
package final class StatementLog: Sendable {
  private let texts = Mutex<[String]>([])

  package init() {}

  package var statements: [String] { texts.withLock { $0 } }

  /// The statements that were executed while the write lock was held, `COMMIT` included.
  package var underLock: [String] {
    var (found, isLocked) = ([String](), false)
    for text in statements {
      if isLocked { found.append(text) }
      if text.hasPrefix("BEGIN IMMEDIATE") { isLocked = true }
      if text.hasPrefix("COMMIT") || text.hasPrefix("ROLLBACK") { isLocked = false }
    }
    return found
  }

  package func removeAll() { texts.withLock { $0 = [] } }

  /// How often each statement was executed, the most frequent first.
  package var summary: String {
    var counts: [String: Int] = [:]
    for text in statements { counts[text, default: 0] += 1 }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.value) × \($0.key)" }.joined(separator: "\n")
  }

  /// Adds the statements of a connection from now on; the log must outlive it.
  func follow(_ connection: OpaquePointer) {
    sqlite3_trace_v2(
      connection, UInt32(SQLITE_TRACE_STMT),
      { _, context, _, text in
        guard let context, let text else { return 0 }
        let log = Unmanaged<StatementLog>.fromOpaque(context)
        let sql = String(cString: text.assumingMemoryBound(to: CChar.self))
        log._withUnsafeGuaranteedRef { log in log.texts.withLock { $0.append(sql) } }
        return 0
      }, Unmanaged.passUnretained(self).toOpaque())
  }
}
