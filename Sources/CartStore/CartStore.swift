import CartModel
import GRDB
import GRDBSQLite
import Glibc

/// The database of a shop: its event log, the carts that it makes, catalogue and counters.
///
/// The only target that contains SQL. Confined to one thread; other processes may use the same file.
public final class CartStore {
  var queue: DatabaseQueue
  var open: Statements?
  /// Set while an access is under way: reads inside it go the same way, as GRDB's accesses do not
  /// nest.
  private var active: Statements?
  /// Set while `confined` lends the connection.
  private var lent: Database?
  let random: () -> UInt64
  /// Nil while no settings are in use: then no row has a total.
  var totals: RowTotals?
  /// Whether this connection has the write lock.
  public private(set) var isWriting = false
  /// Where the statements of this connection and of its siblings are recorded.
  package var statementLog: StatementLog? {
    didSet { if let open { statementLog?.follow(open.connection) } }
  }
  /// The state of the database at the last look, and what this connection has written since.
  public internal(set) var seen = Stamp()
  /// By which settings the rows are priced, as the last write left it; nil before one.
  private(set) var priced: String?
  /// Asked now and then during a read; true ends it with an error. Writes are never ended.
  public var shouldStop: (() -> Bool)?

  public let path: String
  public let isReadOnly: Bool
  /// What a user should know of how it was opened; one sentence each.
  public private(set) var notes: [String]
  let opening: Opening
  /// Nil where there is no file that could be exchanged.
  var watch: FileWatch?
  var isClosed = false
  /// What a power cut may take.
  var synchronous = StoreSettings.Synchronous.normal
  /// Makes the folder of a database that the first write makes; nil once it is there.
  private var makeFolder: (() throws -> Void)?
  /// The empty database that was read until then; a read of it may still be under way.
  private(set) var retired: DatabaseQueue?
  private let cache: Int

  /// `folded(text)`: the text as filters compare it.
  private static let folded = DatabaseFunction("folded", argumentCount: 1, pure: true) {
    String.fromDatabaseValue($0[0]).map(TextFold.folded)
  }

  static let applicationID: Int64 = 0x4361_7274
  static let schemaVersion: Int64 = 10
  /// Pages of the log from which a commit checkpoints: 16 MB.
  static let checkpointPages = 4000

  /// Opens the database; makes it where no file exists, unless `readOnly`.
  init(
    path: String, readOnly: Bool = false, cache: Int = 65_536, random: @escaping () -> UInt64
  ) throws(StoreError) {
    self.path = path
    self.random = random
    self.cache = cache
    let hasFile = !Self.isInMemory(path)
    opening = hasFile ? try Opening(path, readOnly: readOnly) : Opening()
    isReadOnly = readOnly || opening.isImmutable
    notes = opening.notes
    queue = try opening.open(path, Self.configuration(isReadOnly, cache))
    try prepare(path)
    if hasFile, !opening.isImmutable {
      watch = try read { try FileWatch(path, $0) }
    }
  }

  /// Stands for a database that is not there: it reads as empty, and the first write makes it.
  ///
  /// - Parameter makeFolder: called before it is made.
  /// - Throws: `other`, where no scratch database can be made.
  init(
    path: String, cache: Int = 65_536, makingFolder makeFolder: @escaping () throws -> Void,
    random: @escaping () -> UInt64
  ) throws(StoreError) {
    self.path = path
    self.random = random
    self.cache = cache
    self.makeFolder = makeFolder
    isReadOnly = false
    notes = []
    opening = Opening()
    queue = try opening.open(Self.scratch, Self.configuration(false, cache))
    try prepare(path)
  }

  /// Makes the database that this one stands for, or opens the one that another process made since.
  func makeIfMissing() throws(StoreError) {
    guard let makeFolder else { return }
    let made: DatabaseQueue
    do {
      try makeFolder()
      let opening = try Opening(path, readOnly: false)
      notes += opening.notes
      made = try opening.open(path, Self.configuration(false, cache))
    } catch { throw explained(error) }
    let (empty, wanted) = (queue, synchronous)
    (open, queue, self.makeFolder) = (nil, made, nil)
    do throws(StoreError) {
      try prepare(path)
      synchronous = .normal
      try sync(wanted)
      watch = try read { try FileWatch(path, $0) }
      retired = empty
    } catch {
      (open, queue, self.makeFolder, synchronous) = (nil, empty, makeFolder, wanted)
      throw error
    }
  }

  /// Opens the database that this one stands for where another connection has made it since.
  ///
  /// - Returns: whether it has.
  public func openIfMade() throws(StoreError) -> Bool {
    guard makeFolder != nil, FileStamp(path).map({ $0.size > 0 }) ?? false else { return false }
    try makeIfMissing()
    return true
  }

  private static func configuration(_ isReadOnly: Bool, _ cache: Int) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = isReadOnly
    configuration.busyMode = .timeout(5)
    configuration.foreignKeysEnabled = false
    // GRDB would write to the file each time it opens it: WAL is asked for here, once.
    configuration.journalMode = .default
    configuration.prepareDatabase { db in
      db.add(function: Self.folded)
      try db.execute(
        sql: "PRAGMA cache_size = -\(cache); PRAGMA wal_autocheckpoint = \(checkpointPages)")
      guard !isReadOnly else { return }
      if try String.fetchOne(db, sql: "PRAGMA journal_mode") != "wal" {
        try db.execute(sql: "PRAGMA journal_mode = WAL")
      }
      try db.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON")
    }
    return configuration
  }

  /// Copies what another connection reads into a database of its own that is gone when it is closed.
  ///
  /// - Parameter name: what messages call it.
  init(copyOf source: DatabaseQueue, name: String, random: @escaping () -> UInt64) throws {
    path = Self.scratch
    self.random = random
    cache = 65_536
    isReadOnly = false
    notes = []
    opening = Opening()
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    configuration.journalMode = .default
    configuration.prepareDatabase { db in db.add(function: Self.folded) }
    queue = try DatabaseQueue(path: path, configuration: configuration)
    try source.backup(to: queue)
    guard try identity().tables > 0 else { throw StoreError.notOurs(name) }
    try prepare(name)
  }

  /// Whether the database is only of this connection.
  public var isInMemory: Bool { makeFolder != nil || Self.isInMemory(path) }

  private static func isInMemory(_ path: String) -> Bool { path == ":memory:" || path == scratch }

  /// SQLite's path of a database without a name.
  static let scratch = ""

  func checkUsable() throws(StoreError) {
    if let failure = watch?.failure { throw failure }
  }

  /// Runs reads on the connection, inside the access under way if there is one.
  func read<T>(_ body: (Statements) throws -> T) throws(StoreError) -> T {
    try checkUsable()
    do {
      if let active { return try body(active) }
      if let lent {
        if !lent.isInsideTransaction { try lent.beginTransaction(.deferred) }
        return try body(try statements(lent))
      }
      return try queue.unsafeRead { try body(try statements($0)) }
    } catch { throw explained(error) }
  }

  /// Runs reads that see one state of the database, however long they take.
  ///
  /// - Throws: what the body throws; an error of SQLite as `StoreError`.
  func snapshot<T>(_ body: (Statements) throws -> T) throws -> T {
    if let active { return try body(active) }
    try checkUsable()
    do {
      guard let lent else {
        return try queue.unsafeRead { db in
          try transaction(on: db, .deferred) { try enter(db, body) }
        }
      }
      return try transaction(on: lent, .deferred) { try enter(lent, body) }
    } catch  where error is DatabaseError || error is StoreError { throw explained(error) }
  }

  /// Runs one statement while the body reads others: all see one state of the database, as SQLite
  /// keeps a connection's snapshot while a statement is being stepped.
  ///
  /// - Throws: what the body throws; an error of SQLite as `StoreError`.
  func cursor<T>(_ body: (Statements) throws -> T) throws -> T {
    if let active { return try body(active) }
    guard lent == nil else { return try snapshot(body) }
    try checkUsable()
    do { return try queue.unsafeRead { try enter($0, body) } } catch
      where error is DatabaseError || error is StoreError
    { throw explained(error) }
  }

  /// Looks up what a write needs by name, so that it does not have to while it has the lock.
  ///
  /// - Complexity: a statement for each kind of which something is not known yet.
  public func prepare(actors: Set<Actor>, skus: Set<String>) throws(StoreError) {
    try read { statements in
      if !actors.allSatisfy({ statements.actorIDs[$0] != nil }) { try statements.readActors() }
      let unknown = skus.filter { statements.productIDs[$0] == nil }
      if !unknown.isEmpty { try statements.readProducts(unknown) }
    }
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

  /// Hands the connection itself to the other files of this target.
  func lend<T>(_ body: (Database) throws -> T) throws -> T { try queue.unsafeRead(body) }

  /// Hands the connection over outside of a transaction.
  func lendForWriting<T>(_ body: (Database) throws -> T) throws -> T {
    try queue.writeWithoutTransaction(body)
  }

  /// Lets the reads that follow in a `confined` body see what was committed since.
  public func refresh() throws(StoreError) {
    guard let lent, lent.isInsideTransaction else { return }
    do { try lent.commit() } catch { throw explained(error) }
  }

  /// A snapshot for reads of this target, which throw `StoreError`.
  func consistently<T>(_ body: (Statements) throws -> T) throws(StoreError) -> T {
    do { return try snapshot(body) } catch { throw explained(error) }
  }

  /// A cursor for reads of this target, which throw `StoreError`.
  func stepping<T>(_ body: (Statements) throws -> T) throws(StoreError) -> T {
    do { return try cursor(body) } catch { throw explained(error) }
  }

  /// Holds the write lock for one transaction: all that the body writes is kept, or none.
  ///
  /// - Throws: what the body throws; `busy` after five seconds of waiting for the lock; `replaced` or
  ///   `restored`, and then nothing is in the file that is now at the path.
  public func write<T>(recorded: Timestamp, _ body: (StoreWriter) throws -> T) throws -> T {
    try checkUsable()
    guard !isReadOnly else { throw opening.refusal(path) }
    try makeIfMissing()
    isWriting = true
    defer { isWriting = false }
    let mark: String?
    do { mark = try lent == nil ? markLog() : nil } catch { throw explained(error) }
    func work(_ db: Database) throws -> T {
      try enter(db) { statements in
        try watch?.checkFile(statements)
        var start = try WriteStart(statements)
        try watch?.checkContent(start.restoration)
        start.revision += madeSince
        seen.revision = start.revision
        let writer = try StoreWriter(
          statements: statements, start, recorded: recorded, totals: totals, random: random)
        if let mark { try writer.set(LogMark.key, mark) }
        let result = try body(writer)
        try writer.finish()
        priced = writer.priced
        return result
      }
    }
    do {
      let result =
        if let lent {
          try transaction(on: lent, .immediate) { try work(lent) }
        } else { try queue.write(work) }
      seen.writes += 1
      // What went into a file that is not at the path any more is not acknowledged.
      if let open { try watch?.checkFile(open) }
      return result
    } catch {
      open?.forget()
      throw error is DatabaseError || error is StoreError ? explained(error) : error
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

  /// Changes when another connection, or another process, commits.
  ///
  /// Only equal or not says anything; within a transaction, `StoreWriter.revision` is the same.
  public func revision() throws(StoreError) -> Int64 {
    try read { try $0.single("PRAGMA data_version") } + madeSince
  }

  /// What was read before the database was made may be stale: another process may have made it.
  var madeSince: Int64 { retired == nil ? 0 : 1 << 40 }

  private func statements(_ db: Database) throws -> Statements {
    if let open { return open }
    guard let handle = db.sqliteConnection else {
      throw StoreError(.other, "database: is closed")
    }
    let made = try Statements(handle)
    open = made
    statementLog?.follow(handle)
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

  deinit { close() }
}
