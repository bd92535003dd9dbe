import CartModel
import CartStorage
import CartSupport

/// The database of a shop in a SQLite file: its event log, the carts that it makes, catalogue and
/// counters.
///
/// Confined to one thread; other processes may use the same file.
final class SQLiteStorage: Storage, SQLReads {
  private(set) var connection: Connection
  let random: () -> UInt64
  /// How rows are priced, and what the last write said of it.
  var pricing = RowPricing()
  /// Where the statements of this connection and of its siblings are recorded.
  var statementLog: StatementLog? {
    didSet { if let statementLog { connection.follow(statementLog) } }
  }
  var seen = StorageStamp()
  private(set) var opening: Opening
  /// Nil where there is no file that could be exchanged.
  var watch: FileWatch?
  /// The file that the first write makes; nil for one that is there.
  private var missing: MissingFile?

  /// A file that is not there yet.
  private struct MissingFile {
    /// Makes its folder.
    let makeFolder: () throws -> Void
    /// The empty database that was read until the file was made; a read of it may still be under way.
    var retired: Connection?
  }

  /// Opens the database; makes it where no file exists, unless `readOnly`.
  init(
    path: String, readOnly: Bool = false, cache: Int = 65_536, random: @escaping () -> UInt64
  ) throws(StoreError) {
    self.random = random
    let hasFile = !Self.isInMemory(path)
    opening =
      hasFile
      ? try Opening(path, readOnly: readOnly, cache: cache)
      : Opening(standingFor: path, cache: cache)
    connection = try opening.connect()
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
    self.random = random
    missing = MissingFile(makeFolder: makeFolder)
    opening = Opening(standingFor: path, cache: cache)
    connection = try opening.connect()
    try prepare(path)
  }

  /// A database of its own that is gone when it is closed, on a connection that holds its content.
  ///
  /// - Parameter name: what messages call it.
  init(scratch connection: Connection, name: String, random: @escaping () -> UInt64) throws {
    self.random = random
    self.connection = connection
    opening = Opening(cache: 65_536)
    guard try identity().tables > 0 else { throw StoreError.notOurs(name) }
    try prepare(name)
  }

  deinit { close() }

  var path: String { opening.path }
  var isReadOnly: Bool { opening.isReadOnly }
  var notes: [String] { opening.notes }
  var isWriting: Bool { connection.isWriting }
  var isInMemory: Bool { standsForMissing || Self.isInMemory(path) }
  var totals: RowTotals? { pricing.totals }

  var shouldStop: (() -> Bool)? {
    get { connection.shouldStop }
    set { connection.shouldStop = newValue }
  }

  private var standsForMissing: Bool { missing.map { $0.retired == nil } ?? false }

  static func isInMemory(_ path: String) -> Bool {
    path == ":memory:" || path == Opening.scratch
  }

  // MARK: A file that is made late

  /// Makes the database that this one stands for, or opens the one that another process made since.
  func makeIfMissing() throws(StoreError) {
    guard standsForMissing, let missing else { return }
    let (empty, before) = (connection, opening)
    do {
      try missing.makeFolder()
      opening = try Opening(path, readOnly: false, cache: opening.cache)
      connection = try opening.connect()
    } catch {
      opening = before
      throw explained(error)
    }
    self.missing?.retired = empty
    do throws(StoreError) {
      connection.shouldStop = empty.shouldStop
      if let statementLog { connection.follow(statementLog) }
      try prepare(path)
      try connection.sync(empty.synchronous)
      watch = try read { try FileWatch(path, $0) }
    } catch {
      connection.close()
      (connection, opening, self.missing) = (empty, before, missing)
      throw error
    }
  }

  func openIfMade() throws(StoreError) -> Bool {
    guard standsForMissing, FileStamp(path).map({ $0.size > 0 }) ?? false else { return false }
    try makeIfMissing()
    return true
  }

  /// What was read before the database was made may be stale: another process may have made it.
  var madeSince: Int64 { missing?.retired == nil ? 0 : 1 << 40 }

  func close() {
    guard !connection.isClosed else { return }
    if let statements = try? connection.statements { watch?.prepareToClose(statements) }
    connection.close()
    missing?.retired?.close()
    if isReadOnly, watch != nil, failure == nil { Opening.finishLog(path) }
  }

  // MARK: Reading

  func checkUsable() throws(StoreError) {
    if let failure = watch?.failure { throw failure }
  }

  /// - Throws: `other` within a transaction of this connection, which answers by itself.
  private func readable() throws(StoreError) -> Statements {
    try checkUsable()
    guard !connection.isWriting else {
      throw StoreError.isWriting
    }
    return try connection.statements
  }

  func read<T>(_ body: (Statements) throws -> T) throws(StoreError) -> T {
    let statements = try readable()
    do { return try body(statements) } catch { throw explained(error) }
  }

  func consistently<T>(_ body: (Statements) throws -> T) throws(StoreError) -> T {
    let statements = try readable()
    do {
      if connection.isInTransaction { return try body(statements) }
      return try connection.transaction(.deferred) { try body(statements) }
    } catch { throw explained(error) }
  }

  func cursor<T>(_ body: (Statements) throws -> T) throws -> T {
    let statements = try readable()
    do { return try body(statements) } catch let error as StoreError { throw explained(error) }
  }

  func snapshot() throws(StoreError) -> any ReadSnapshot {
    SQLiteSnapshot(try another(readOnly: true, random: { 0 }))
  }

  /// Any error, as this target throws it: that the file is damaged is said only where it is proven.
  func explained(_ error: any Error) -> StoreError {
    let error = StoreError(error, path: path, system: connection.systemError)
    guard error.code == .unsound else { return error }
    guard isInMemory else { return DamageCheck.verdict(on: path) }
    return StoreError(.corrupt, "database: a scratch database is damaged (\(error.message))")
  }
}
