import CartEngine
import CartModel
import CartStorage
import CartSupport

/// Puts a backup in the place of a home's database, once that is confirmed.
public struct DatabaseRestore {
  private let backup: String
  private let home: Home
  /// Shows a question and reads its answer; nil where nobody can be asked.
  private let ask: ((String) -> Confirmer.Answer)?
  /// Told what a user should know, a line each.
  private let messages: (String) -> Void
  private var path: String { home.databasePath }

  public init(
    _ backup: String, _ home: Home, ask: ((String) -> Confirmer.Answer)?,
    messages: @escaping (String) -> Void
  ) {
    (self.backup, self.home, self.ask, self.messages) = (backup, home, ask, messages)
  }

  /// Restores it; what was there is kept in `backups/`.
  ///
  /// - Throws: `unconfirmed`, `usage`, `file`; then nothing was changed.
  public func run() throws {
    guard !home.access.isReadOnly, home.sources.now == nil else {
      throw ApplicationError.usage("restore: writes; not with --read-only or --now")
    }
    // What cannot be read says so as a file does.
    try Files.checkReadable(backup)
    for database in [backup, path] { try DatabaseFiles.check(database) }
    guard !Files.areSame(backup, path) else {
      throw ApplicationError.usage("restore: \(backup) is the database itself; name a backup of it")
    }
    let restore = try Restore(
      backup, home.storage, now: Home.clock(), random: Home.random())
    let current = try open()
    defer { current?.close() }
    var before: Restore.Summary?
    if let current { before = try summary(current) }
    try confirm(restore.summary, before)
    let kept = try keptPath()
    if let current, let time = try put(restore, into: current, keeping: kept) {
      return say(restore, before, kept, time)
    }
    // What is damaged is kept as it is.
    current?.close()
    let hasKept = try restore.put(at: path, keeping: kept)
    say(restore, before, hasKept ? kept : nil, nil)
  }

  /// - Returns: how long others could not write; nil where the database is damaged.
  private func put(_ restore: Restore, into store: any Storage, keeping kept: String) throws
    -> Duration?
  {
    do throws(EngineError) { return try restore.put(into: store, keeping: kept) } catch {
      guard error.code == .damaged else { throw error }
      return nil
    }
  }

  /// The database that is there; nil if it does not exist or cannot be read.
  private func open() throws -> (any Storage)? {
    guard Files.exists(home.databasePath) else { return nil }
    do throws(StoreError) {
      return try home.storage.open(.file(home.databasePath), random: Home.random())
    } catch {
      guard [.corrupt, .replaced].contains(error.code) else { throw error }
      return nil
    }
  }

  /// Nil where it is damaged.
  private func summary(_ store: any Storage) throws -> Restore.Summary? {
    do throws(EngineError) { return try Restore.Summary(store) } catch {
      guard error.code == .damaged else { throw error }
      return nil
    }
  }

  private func confirm(_ new: Restore.Summary, _ old: Restore.Summary?) throws {
    if new.isPractice, let old, old.events > 0, !old.isPractice {
      messages("note: \(printable(backup)) is a practice store; \(printable(path)) is not")
    }
    try Confirmer(saysYes: home.access.saysYes, ask: ask).confirm(
      restoring: backup, words(new), over: path, words(old))
  }

  private func words(_ summary: Restore.Summary?) -> String {
    summary.map {
      "\(CountText.carts(Int($0.carts))), \(CountText.grouped(Int($0.events))) events"
    } ?? "cannot be read"
  }

  /// A name in `backups/` that is not used yet: `cartio-20261130T135012Z.db`.
  private func keptPath() throws -> String {
    let folder = home.folder + "/backups"
    try Files.makeFolder(folder)
    var name = Files.name(home.databasePath)
    if name.hasSuffix(".db") { name = String(name.dropLast(3)) }
    let time = Home.clock().description.prefix(19).filter { $0 != "-" && $0 != ":" }
    let start = "\(folder)/\(name)-\(time)Z"
    var (path, number) = (start + ".db", 1)
    while Files.exists(path) {
      number += 1
      path = "\(start)-\(number).db"
    }
    return path
  }

  private func say(
    _ restore: Restore, _ before: Restore.Summary?, _ kept: String?, _ time: Duration?
  ) {
    let milliseconds = time.map { time in
      Int(time.components.seconds) * 1000
        + Int(time.components.attoseconds / 1_000_000_000_000_000)
    }
    messages(
      "restored \(printable(backup)) to \(printable(path)): \(words(before)) before, "
        + "\(words(restore.summary)) now"
        + (milliseconds.map { "; others could not write for \($0) ms" } ?? ""))
    guard let kept else { return }
    messages(
      "what was there is in \(printable(kept)); go back with: cartio restore "
        + printable(kept))
  }
}
