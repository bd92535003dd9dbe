import CartModel
import CartStorage
import CartSupport
import GRDB
import GRDBSQLite
import Glibc

/// How a database is opened: for writing, for reading, or as it is on disk.
struct Opening {
  /// The file; empty for a database without one.
  let path: String
  /// What SQLite opens.
  private let name: String
  /// KiB of the file that are kept in memory.
  let cache: Int
  /// Whether it is read without locks and log, as file or folder may only be read.
  let isImmutable: Bool
  let isReadOnly: Bool
  /// What a user should know; one sentence each.
  private(set) var notes: [String] = []

  /// SQLite's name of a database without a file.
  static let scratch = ""
  /// Pages of the log from which a commit checkpoints: 16 MB.
  static let checkpointPages = 4000

  /// For a database without a file.
  ///
  /// - Parameter path: of the file that it stands for until that is made.
  init(standingFor path: String = scratch, cache: Int) {
    (self.path, self.cache) = (path, cache)
    name = Self.scratch
    (isImmutable, isReadOnly) = (false, false)
  }

  /// - Throws: `replaced` where a log lies beside it that may not be its own; `permission` where its
  ///   log cannot be read.
  init(_ path: String, readOnly: Bool, cache: Int) throws(StoreError) {
    (self.path, self.cache) = (path, cache)
    let folder = FileAccess.folder(path)
    let isThere = access(path, R_OK) == 0
    let isWritable = access(path, W_OK) == 0 && access(folder, W_OK) == 0
    guard isThere, !isWritable else {
      (name, isImmutable, isReadOnly) = (path, false, readOnly)
      if let note = try StaleLog.settle(path) { notes.append(note) }
      return
    }
    let log = DatabaseFile.logPath(path)
    let hasLog = (FileStamp(log)?.size ?? 0) > 0
    // A process that may write keeps its index beside the log; without it SQLite cannot read the log.
    guard !hasLog || FileStamp(DatabaseFile.indexPath(path)) == nil else {
      (name, isImmutable, isReadOnly) = (path, false, readOnly)
      return
    }
    guard !hasLog else {
      throw StoreError(
        .permission,
        "database: changes of \(path) are in \(log), which cannot be read, as the folder \(folder) "
          + "is not writable. Copy both files to a folder of your own, and open the copy with --db")
    }
    (name, isImmutable, isReadOnly) = (MainFile.uri(path), true, true)
    let cause =
      access(folder, W_OK) == 0
      ? "the file \(path) is not writable" : "the folder \(folder) is not writable"
    notes.append(
      "\(cause): the database is read as it is now; changes made meanwhile are not seen")
  }

  /// Why nothing is written.
  var refusal: StoreError {
    isImmutable
      ? .notWritable(path)
      : StoreError(
        .readOnly, "database: opened only to read (--read-only or --now); nothing was changed")
  }

  var isFile: Bool { name != Self.scratch && name != ":memory:" }

  /// Two processes that make the same database at once meet where SQLite does not wait by itself.
  func connect() throws(StoreError) -> Connection {
    let deadline = ContinuousClock.now + .seconds(5)
    while true {
      do {
        return try Connection(try DatabaseQueue(path: name, configuration: configuration))
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

  private var configuration: Configuration {
    var configuration = Self.plain
    configuration.readonly = isReadOnly
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { [isReadOnly, cache] db in
      try db.execute(
        sql: "PRAGMA cache_size = -\(cache); "
          + "PRAGMA wal_autocheckpoint = \(Self.checkpointPages)")
      guard !isReadOnly else { return }
      if try String.fetchOne(db, sql: "PRAGMA journal_mode") != "wal" {
        try db.execute(sql: "PRAGMA journal_mode = WAL")
      }
      try db.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON")
    }
    return configuration
  }

  /// For any connection.
  static var plain: Configuration {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    // GRDB would write to the file each time it opens it: WAL is asked for here, once.
    configuration.journalMode = .default
    configuration.prepareDatabase { $0.add(function: folded) }
    return configuration
  }

  /// `folded(text)`: the text as filters compare it.
  private static let folded = DatabaseFunction("folded", argumentCount: 1, pure: true) {
    String.fromDatabaseValue($0[0]).map(TextFold.folded)
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
