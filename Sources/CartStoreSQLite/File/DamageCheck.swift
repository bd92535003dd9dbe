import CartStorage
import GRDBSQLite
import Glibc

/// Tells a damaged database from one that could not be read for a moment.
///
/// SQLite says `SQLITE_CORRUPT` of both: a read that fails with EIO gives `SQLITE_IOERR_CORRUPTFS`,
/// which a statement turns into it.
enum DamageCheck {
  /// Reads all of the file and the log, and then checks what they hold.
  ///
  /// - Returns: `corrupt` where the damage is proven; else `io`.
  /// - Complexity: O(pages).
  static func verdict(on path: String) -> StoreError {
    guard canRead(path), canReadLog(path) else { return .unreadable(path) }
    guard let finding = finding(path) else { return .unreadable(path) }
    return .damaged(path, finding)
  }

  private static let block = 1 << 16

  private static func canRead(_ path: String) -> Bool {
    guard let file = MainFile(path) else { return false }
    for offset in stride(from: 0, to: file.size, by: block) {
      guard (try? file.bytes(at: offset, block)) != nil else { return false }
    }
    return true
  }

  /// SQLite keeps no locks on the log: a descriptor of our own does no harm.
  private static func canReadLog(_ path: String) -> Bool {
    let descriptor = open(DatabaseFile.logPath(path), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return errno == ENOENT }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: block)
    while true {
      let count = Glibc.read(descriptor, &bytes, bytes.count)
      if count == 0 { return true }
      if count < 0, errno != EINTR { return false }
    }
  }

  /// What a connection of its own finds wrong; nil for a database that is sound.
  private static func finding(_ path: String) -> String? {
    var handle: OpaquePointer?
    let code = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
    defer { sqlite3_close(handle) }
    guard code == SQLITE_OK, let handle else { return nil }
    sqlite3_busy_timeout(handle, 5_000)
    var statement: OpaquePointer?
    defer { sqlite3_finalize(statement) }
    guard sqlite3_prepare_v2(handle, "PRAGMA quick_check(1)", -1, &statement, nil) == SQLITE_OK
    else { return damage(handle) }
    guard sqlite3_step(statement) == SQLITE_ROW else { return damage(handle) }
    let text = sqlite3_column_text(statement, 0).map { String(cString: $0) } ?? ""
    return text == "ok" ? nil : text
  }

  private static func damage(_ handle: OpaquePointer) -> String? {
    [SQLITE_CORRUPT, SQLITE_NOTADB].contains(sqlite3_errcode(handle))
      ? String(cString: sqlite3_errmsg(handle)) : nil
  }
}
