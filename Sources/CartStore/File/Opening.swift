import GRDB
import GRDBSQLite
import Glibc

/// How a database is opened: for writing, for reading, or as it is on disk.
struct Opening {
  /// Whether it is read without locks and log, as file or folder may only be read.
  let isImmutable: Bool
  /// What a user should know; one sentence each.
  private(set) var notes: [String] = []

  /// For a database without a file.
  init() { isImmutable = false }

  /// - Throws: `replaced` where a log lies beside it that may not be its own; `permission` where its
  ///   log cannot be read.
  init(_ path: String, readOnly: Bool) throws(StoreError) {
    let folder = FileAccess.folder(path)
    let isThere = access(path, R_OK) == 0
    let isWritable = access(path, W_OK) == 0 && access(folder, W_OK) == 0
    guard isThere, !isWritable else {
      isImmutable = false
      if let note = try StaleLog.settle(path) { notes.append(note) }
      return
    }
    let log = DatabaseFile.logPath(path)
    let hasLog = (FileStamp(log)?.size ?? 0) > 0
    // A process that may write keeps its index beside the log; without it SQLite cannot read the log.
    guard !hasLog || FileStamp(DatabaseFile.indexPath(path)) == nil else {
      isImmutable = false
      return
    }
    guard !hasLog else {
      throw StoreError(
        .permission,
        "database: changes of \(path) are in \(log), which cannot be read, as the folder \(folder) "
          + "is not writable. Copy both files to a folder of your own, and open the copy with --db")
    }
    isImmutable = true
    let cause =
      access(folder, W_OK) == 0
      ? "the file \(path) is not writable" : "the folder \(folder) is not writable"
    notes.append(
      "\(cause): the database is read as it is now; changes made meanwhile are not seen")
  }

  /// Why nothing is written.
  func refusal(_ path: String) -> StoreError {
    isImmutable
      ? .notWritable(path)
      : StoreError(
        .readOnly, "database: opened only to read (--read-only or --now); nothing was changed")
  }

  /// Two processes that make the same database at once meet where SQLite does not wait by itself.
  func open(_ path: String, _ configuration: Configuration) throws(StoreError) -> DatabaseQueue {
    let name = isImmutable ? MainFile.uri(path) : path
    let deadline = ContinuousClock.now + .seconds(5)
    while true {
      do {
        return try DatabaseQueue(path: name, configuration: configuration)
      } catch let error as DatabaseError
        where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < deadline
      {
        usleep(50_000)
      } catch {
        let error = StoreError(error, path: path)
        throw error.code == .unsound ? DamageCheck.verdict(on: path) : error
      }
    }
  }

  /// Moves into the main file what others left in the log, and removes the log, after a connection
  /// closed that could only read: SQLite does so only where the last one that closes may write.
  static func finishLog(_ path: String) {
    guard FileStamp(DatabaseFile.logPath(path)) != nil else { return }
    var handle: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
    if sqlite3_open_v2(path, &handle, flags, nil) == SQLITE_OK {
      // Reading opens the log.
      sqlite3_exec(handle, "SELECT 1 FROM sqlite_schema", nil, nil, nil)
    }
    sqlite3_close(handle)
  }
}
