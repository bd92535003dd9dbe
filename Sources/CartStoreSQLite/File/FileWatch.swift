import CSQLiteShim
import CartModel
import CartStorage
import CartSupport
import GRDBSQLite
import Glibc

/// Notices that the path of a connection leads to another file or content than the one it opened.
///
/// Confined to the thread of its store.
final class FileWatch {
  private let path: String
  private var file: DatabaseFile
  /// As they were before the last look at the file.
  private var checkpoints: Checkpoints?
  /// The last commit that the main file held at the last look; nil where it could not be read.
  private var content: MainFile.Commit?
  /// Whether the main file was one whose changes go to a log first, as all are that were ever written.
  private let isLogged: Bool
  /// Which `restore` the content comes from.
  private let restoration: String
  /// What happened; every later access fails with it.
  private(set) var failure: StoreError?
  private var loss: DatabaseFile.Loss?

  /// The entry of `meta` that each restore sets anew.
  static let restorationKey = "restored"

  /// Nil for a database without a file, or one that is read as it is on disk.
  init?(_ path: String, _ statements: Statements) throws(StoreError) {
    restoration = try Self.restoration(statements)
    let main = MainFile(path)
    isLogged = main?.isLogged ?? false
    // Looking at the log of a file that has none, as a backup, would make its index.
    let seen = isLogged ? Checkpoints(statements.connection) : nil
    guard let file = DatabaseFile(path) else { return nil }
    (self.path, self.file) = (path, file)
    checkpoints = seen
    content = main?.lastCommit
  }

  /// Asks whether the file is in place and its content goes on from what was read.
  ///
  /// - Throws: `replaced` or `restored`, from then on each time.
  func check(_ statements: Statements) throws(StoreError) {
    try checkFile(statements)
    try checkContent(statements)
  }

  /// Asks whether the content goes on from what was read.
  ///
  /// - Throws: `restored`, from then on each time.
  func checkContent(_ statements: Statements) throws(StoreError) {
    try checkContent((try? Self.restoration(statements)) ?? restoration)
  }

  /// The same where it is known which restore the content comes from now.
  func checkContent(_ current: String) throws(StoreError) {
    guard current == restoration else { throw fail(.restored, Self.restored(path)) }
  }

  /// Asks whether the file is in place.
  ///
  /// - Throws: as `check`.
  func checkFile(_ statements: Statements) throws(StoreError) {
    if let failure { throw failure }
    var isRestored = false
    let seen = isLogged ? Checkpoints(statements.connection) : nil
    let before = file.main
    let loss = file.loss {
      isRestored = (try? Self.restoration(statements)) ?? restoration != restoration
      return isRestored || holdsOurs(statements)
    }
    if isRestored { throw fail(.restored, Self.restored(path)) }
    guard let loss else {
      checkpoints = seen
      if file.main != before { content = MainFile(path)?.lastCommit }
      return
    }
    self.loss = loss
    throw fail(.replaced, file.message(loss))
  }

  /// Asks whether the same file is at the path, without a look at what it holds.
  ///
  /// - Throws: as `check`.
  func checkPlace() throws(StoreError) {
    if let loss = file.loss({ true }) { throw StoreError(.replaced, file.message(loss)) }
  }

  private func fail(_ code: StoreError.Code, _ message: String) -> StoreError {
    let error = StoreError(code, message)
    failure = error
    return error
  }

  private static func restored(_ path: String) -> String {
    "database: \(path) was restored from a backup while it was open. This was not done. Look at it "
      + "as it is now, and try again."
  }

  private static func restoration(_ statements: Statements) throws(StoreError) -> String {
    try MetaTable(statements).text(restorationKey)
  }

  /// Whether nothing but checkpoints wrote to the main file.
  ///
  /// After a partial one the file is a mixture of states: what it holds tells only after a whole one.
  private func holdsOurs(_ statements: Statements) -> Bool {
    guard let main = MainFile(path) else { return true }
    guard main.isLogged || !isLogged else { return false }
    guard let seen = checkpoints else { return true }
    guard let now = Checkpoints(statements.connection) else { return true }
    // Permissions, owner, links and times change without the content.
    guard !now.hasRested(since: seen) else {
      return main.isWhole && (content == nil || main.lastCommit == content)
    }
    guard now.isComplete, !now.isUnderWay else { return true }
    let isOurs =
      main.isWhole
      && main.lastCommit.map {
        $0.id == 0 || (try? Self.hash(of: $0.id, statements)) == $0.hash
      } == true
    // A commit or a checkpoint of another process meanwhile: what was read says nothing.
    return isOurs || Checkpoints(statements.connection) != now
  }

  private static func hash(of commit: Int64, _ statements: Statements) throws(StoreError)
    -> [UInt8]
  {
    let statement = try statements("SELECT hash FROM commits WHERE id = ?")
    statement.bind(1, commit)
    defer { statement.reset() }
    return try statement.step() ? [UInt8](statement.bytes(0)) : []
  }

  /// Makes closing safe for the file that is now at the path.
  ///
  /// SQLite's last close writes the log into the file that was opened and removes the log at the path:
  /// right only while both are still there.
  func prepareToClose(_ statements: Statements) {
    try? checkFile(statements)
    guard let loss else { return }
    let connection = statements.connection
    switch loss {
    case .removed, .replaced:
      cs_keep_log_on_close(connection)
      // The file that was opened gets what was acknowledged, wherever it is now.
      var (size, done) = (Int32(0), Int32(0))
      let code = sqlite3_wal_checkpoint_v2(
        connection, nil, SQLITE_CHECKPOINT_PASSIVE, &size, &done)
      guard code == SQLITE_OK, size == done, size > 0 else { return }
      StaleLog.remove(beside: path) { file.isLogInPlace }
    case .overwritten:
      cs_keep_log_on_close(connection)
      StaleLog.setAside(beside: path) { file.isLogInPlace }
    case .logRemoved:
      // Another process may have begun a log of its own.
      if FileStamp(DatabaseFile.logPath(path)) != nil { cs_keep_log_on_close(connection) }
    }
  }
}
