import CartModel
import GRDB
import GRDBSQLite
import Glibc

/// The database of a shop: its journal, the carts that it makes, catalogue and counters.
///
/// The only room that knows SQL. Confined to one thread; other processes may use the same file.
public final class CartStore {
  private let queue: DatabaseQueue
  private var open: Statements?
  /// Set while an access is under way: reads inside it go the same way, as GRDB's accesses do not
  /// nest.
  private var active: Statements?
  /// Set while `confined` lends the connection.
  private var lent: Database?
  private let random: () -> UInt64
  /// Whether this connection has the write lock.
  public private(set) var isWriting = false
  /// Asked now and then during a read; true ends it with an error. Writes are never ended.
  public var shouldStop: (() -> Bool)?

  public let path: String
  public let isReadOnly: Bool

  static let applicationID: Int64 = 0x4361_7274
  static let schemaVersion: Int64 = 8
  /// Pages of the log from which a commit checkpoints: 16 MB.
  private static let checkpointPages = 4000

  /// Opens the database; makes it where there is none, unless `readOnly`.
  ///
  /// - Parameters:
  ///   - cache: how much of the file is kept in memory; KiB.
  ///   - random: salts and keys of events come from it.
  /// - Throws: `notADatabase`, `newerSchema`, `missing`, `busy`.
  public init(
    path: String, readOnly: Bool = false, cache: Int = 65_536, random: @escaping () -> UInt64
  ) throws(StoreError) {
    self.path = path
    self.random = random
    isReadOnly = readOnly
    var configuration = Configuration()
    configuration.readonly = readOnly
    configuration.busyMode = .timeout(5)
    configuration.foreignKeysEnabled = false
    // GRDB would write to the file each time it opens it: WAL is asked for here, once.
    configuration.journalMode = .default
    configuration.prepareDatabase { db in
      try db.execute(
        sql: "PRAGMA cache_size = -\(cache); PRAGMA wal_autocheckpoint = \(Self.checkpointPages)")
      guard !readOnly else { return }
      if try String.fetchOne(db, sql: "PRAGMA journal_mode") != "wal" {
        try db.execute(sql: "PRAGMA journal_mode = WAL")
      }
      try db.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON")
    }
    queue = try Self.open(path, configuration)
    try prepare()
  }

  /// Two processes that make the same database at once meet where SQLite does not wait by itself.
  private static func open(_ path: String, _ configuration: Configuration) throws(StoreError)
    -> DatabaseQueue
  {
    let deadline = ContinuousClock.now + .seconds(5)
    while true {
      do {
        return try DatabaseQueue(path: path, configuration: configuration)
      } catch let error as DatabaseError
        where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < deadline
      {
        usleep(50_000)
      } catch { throw StoreError(opening: path, error) }
    }
  }

  /// Saves each cart as its events make it.
  private func rebuildStates() throws {
    try write(recorded: Timestamp(milliseconds: 0)) { writer in
      var keys: [Int64] = []
      try forEachCart { keys.append($0.key) }
      for key in keys {
        guard let cart = try cart(key),
          let replayed = History(try history(of: key), id: cart.id).replayed()
        else { continue }
        try writer.save(replayed)
      }
    }
  }

  /// Another connection to the same database, only to read.
  public func reader() throws(StoreError) -> CartStore {
    try CartStore(path: path, readOnly: true, random: { 0 })
  }

  /// Whether the database is only of this connection.
  public var isInMemory: Bool { path == ":memory:" || path == Self.scratch }

  /// The path of a database that is nobody else's and gone when it is closed; what does not fit into
  /// the cache goes to a file without a name (SQLite, "In-Memory Databases", section 3).
  public static let scratch = ""

  /// Another connection to the same database, which can write while this one reads.
  public func sibling() throws(StoreError) -> CartStore {
    let store = try CartStore(path: path, random: random)
    store.shouldStop = shouldStop
    return store
  }

  private func identity() throws -> (application: Int64, version: Int64, tables: Int64) {
    try queue.unsafeRead { db in
      (
        try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0,
        try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0,
        try Int64.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
      )
    }
  }

  private func prepare() throws(StoreError) {
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
          "database: \(path) is \(tables == 0 ? "empty" : "of an older Cartio"); open it once "
            + "without --read-only")
      }
      try Schema.migrator().migrate(queue)
      // States of before know no pauses, nor whose they are; it is done again where it was cut off.
      if (1..<6).contains(version) { try rebuildStates() }
      try queue.writeWithoutTransaction {
        try $0.execute(
          sql: """
            PRAGMA application_id = \(Self.applicationID);
            PRAGMA user_version = \(Self.schemaVersion)
            """)
      }
    } catch {
      throw StoreError(opening: path, error)
    }
  }

  /// Runs reads on the connection, inside the access under way if there is one.
  func read<T>(_ body: (Statements) throws -> T) throws(StoreError) -> T {
    do {
      if let active { return try body(active) }
      if let lent {
        if !lent.isInsideTransaction { try lent.beginTransaction(.deferred) }
        return try body(try statements(lent))
      }
      return try queue.unsafeRead { try body(try statements($0)) }
    } catch { throw StoreError(error) }
  }

  /// Runs reads that see one state of the database, however long they take.
  ///
  /// - Throws: what the body throws; an error of SQLite as `StoreError`.
  func snapshot<T>(_ body: (Statements) throws -> T) throws -> T {
    if let active { return try body(active) }
    do {
      guard let lent else { return try queue.read { try enter($0, body) } }
      return try transaction(on: lent, .deferred) { try enter(lent, body) }
    } catch let error as DatabaseError { throw StoreError(error) }
  }

  /// Lends the connection to many small accesses in a row, which then need not queue for it.
  ///
  /// Reads between two writes share a transaction: each of their own would cost two locks.
  public func confined<T>(_ body: () throws -> T) throws -> T {
    guard lent == nil, active == nil else { return try body() }
    return try queue.writeWithoutTransaction { db in
      lent = db
      defer { lent = nil }
      do {
        let result = try body()
        if db.isInsideTransaction { try db.commit() }
        return result
      } catch {
        // Only reads can be under way: a write ends its own transaction.
        if db.isInsideTransaction { try db.rollback() }
        throw error
      }
    }
  }

  /// Hands the connection itself to this room's own work.
  func lend<T>(_ body: (Database) throws -> T) throws -> T { try queue.unsafeRead(body) }

  /// Lets the reads that follow in a `confined` body see what was committed since.
  public func refresh() throws(StoreError) {
    guard let lent, lent.isInsideTransaction else { return }
    do { try lent.commit() } catch { throw StoreError(error) }
  }

  /// Moves what was committed from the log into the database, as far as no reader needs it there.
  ///
  /// SQLite does so by itself, but never to the end while another connection always reads: the log
  /// would grow with an import.
  public func checkpoint() throws(StoreError) {
    do {
      try queue.writeWithoutTransaction { _ = try $0.checkpoint(.passive) }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      return
    } catch { throw StoreError(error) }
  }

  /// Whether SQLite checkpoints by itself after a commit; else `checkpoint` must be called.
  public func checkpointsItself(_ does: Bool) throws(StoreError) {
    do {
      try queue.writeWithoutTransaction {
        try $0.execute(sql: "PRAGMA wal_autocheckpoint = \(does ? Self.checkpointPages : 0)")
      }
    } catch { throw StoreError(error) }
  }

  /// A snapshot for reads of this room, which throw its own error.
  func consistently<T>(_ body: (Statements) throws -> T) throws(StoreError) -> T {
    do { return try snapshot(body) } catch { throw StoreError(error) }
  }

  /// Holds the write lock for one transaction: all that the body writes is kept, or none.
  ///
  /// - Throws: what the body throws; `busy` after five seconds of waiting for the lock.
  public func write<T>(recorded: Timestamp, _ body: (StoreWriter) throws -> T) throws -> T {
    guard !isReadOnly else {
      throw StoreError(
        .readOnly, "database: opened only to read (--read-only or --now); nothing was changed")
    }
    isWriting = true
    defer { isWriting = false }
    func work(_ db: Database) throws -> T {
      try enter(db) { statements in
        let writer = try StoreWriter(statements: statements, recorded: recorded, random: random)
        let result = try body(writer)
        try writer.finish()
        return result
      }
    }
    do {
      guard let lent else { return try queue.write(work) }
      return try transaction(on: lent, .immediate) { try work(lent) }
    } catch let error as DatabaseError {
      open?.forget()
      throw StoreError(error)
    } catch {
      open?.forget()
      throw error
    }
  }

  private func transaction<T>(
    on db: Database, _ kind: Database.TransactionKind, _ body: () throws -> T
  ) throws -> T {
    var result: T?
    if db.isInsideTransaction { try db.commit() }
    try db.inTransaction(kind) {
      result = try body()
      return .commit
    }
    guard let result else { throw StoreError(.other, "database: a transaction gave nothing") }
    return result
  }

  private func enter<T>(_ db: Database, _ body: (Statements) throws -> T) throws -> T {
    let statements = try statements(db)
    active = statements
    defer { active = nil }
    return try body(statements)
  }

  /// Changes when another process commits.
  public func dataVersion() throws(StoreError) -> Int64 {
    try read { try $0.single("PRAGMA data_version") }
  }

  private func statements(_ db: Database) throws -> Statements {
    if let open { return open }
    guard let handle = db.sqliteConnection else {
      throw StoreError(.other, "database: is closed")
    }
    let made = Statements(handle)
    open = made
    // About a millisecond of SQLite's work between two questions.
    sqlite3_progress_handler(
      handle, 20_000,
      { context in
        guard let context else { return 0 }
        return Unmanaged<CartStore>.fromOpaque(context)._withUnsafeGuaranteedRef {
          !$0.isWriting && $0.shouldStop?() == true ? 1 : 0
        }
      }, Unmanaged.passUnretained(self).toOpaque())
    return made
  }

  deinit {
    if let handle = open?.connection { sqlite3_progress_handler(handle, 0, nil, nil) }
    // Statements must be finalised before their connection closes.
    open = nil
    try? queue.close()
  }
}

extension StoreError {
  init(_ error: any Error) {
    switch error {
    case let error as StoreError: self = error
    case let error as ModelError: self.init(.other, error.message)
    case let error as DatabaseError:
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
      case .SQLITE_FULL:
        self.init(.full, "database: the disk is full; nothing of this was saved")
      case .SQLITE_IOERR:
        self.init(.full, "database: cannot write (\(error.message ?? "input/output error"))")
      case .SQLITE_READONLY: self.init(.readOnly, "database: is read-only")
      case .SQLITE_CORRUPT:
        self.init(.corrupt, "database: is damaged; restore a backup")
      case .SQLITE_NOTADB:
        self.init(.notADatabase, "database: the file is not a Cartio database")
      default: self.init(.other, "database: \(error.message ?? error.description)")
      }
    default: self.init(.other, "database: \(error)")
    }
  }

  fileprivate init(opening path: String, _ error: any Error) {
    if let error = error as? DatabaseError, error.resultCode == .SQLITE_CANTOPEN {
      self.init(
        .missing, "database: cannot open \(path); expected a file, or a folder to make it in")
    } else if let error = error as? DatabaseError, error.resultCode == .SQLITE_NOTADB {
      self.init(.notADatabase, "database: \(path) is not a Cartio database")
    } else {
      self.init(error)
    }
  }
}
