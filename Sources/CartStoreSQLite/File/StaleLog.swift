import CartStorage
import CartSupport
import Glibc

/// A write-ahead log that was left beside another file than its own.
///
/// SQLite replays whatever log has the right name: after a crash, a backup that was copied over the
/// database would be undone or damaged by it.
enum StaleLog {
  enum Finding: Equatable {
    /// There is no log, or it belongs to the file.
    case none
    /// It certainly belongs to another file.
    case foreign
    /// The file was written after the log and holds nothing of it: it was replaced after a crash, or
    /// both were copied from elsewhere, the file last.
    case doubtful
  }

  static func inspect(_ path: String) -> Finding {
    guard let logStamp = FileStamp(DatabaseFile.logPath(path)) else { return .none }
    let mainStamp = FileStamp(path)
    // Connections hold a lock on their main file as long as they are open.
    let locks = FileLocks()
    if let index = FileStamp(DatabaseFile.indexPath(path)),
      locks.holders(of: index).contains(where: { $0 != getpid() }),
      mainStamp.map({ locks.holders(of: $0).isEmpty }) != false
    {
      return .foreign
    }
    guard let mainStamp, mainStamp.size > 0 else {
      // SQLite would remove it without a word.
      return LogFile(DatabaseFile.logPath(path)).pages.isEmpty ? .none : .foreign
    }
    // Another process has the file open, and writes to this log.
    guard locks.holders(of: mainStamp).allSatisfy({ $0 == getpid() }) else { return .none }
    guard let main = MainFile(path) else { return .none }
    let isLogged = main.isLogged
    guard !isLogged || mainStamp.changed > logStamp.changed else { return .none }
    let log = LogFile(DatabaseFile.logPath(path))
    guard !log.pages.isEmpty else { return .none }
    guard isLogged else { return .foreign }
    return log.hasReached(main) || LogMark.isShared(main, log) ? .none : .doubtful
  }

  /// Moves a log away that belongs to another file, before SQLite opens the database.
  ///
  /// - Returns: what was done, for the user; nil where nothing was.
  /// - Throws: `replaced` where nobody but the user can know.
  static func settle(_ path: String) throws(StoreError) -> String? {
    var finding = inspect(path)
    // Other processes may commit and checkpoint while it is read.
    for _ in 0..<10 where finding == .doubtful {
      usleep(10_000)
      finding = inspect(path)
    }
    switch finding {
    case .none: return nil
    case .foreign:
      let hasPages = !LogFile(DatabaseFile.logPath(path)).pages.isEmpty
      guard setAside(beside: path, if: { inspect(path) == .foreign }), hasPages else { return nil }
      return "\(path) was replaced; changes made to the file before it are kept in "
        + "\(oldPath(path)), and are not part of it"
    case .doubtful:
      let (log, index) = (DatabaseFile.logPath(path), DatabaseFile.indexPath(path))
      throw StoreError(
        .replaced,
        "database: \(path) is newer than the changes in \(log), and holds none of them. Was the file "
          + "copied here after a crash, or only its permissions changed? To keep the changes: touch "
          + "\(log). Was it replaced by another file? To use it as it is: mv \(log) "
          + "\(oldPath(path)); rm -f \(index)")
    }
  }

  private static func oldPath(_ path: String) -> String { DatabaseFile.logPath(path) + ".old" }

  /// Renames a log and removes its index, if it still is the one that was meant.
  ///
  /// - Returns: whether no such log is left.
  @discardableResult
  static func setAside(beside path: String, if isMeant: () -> Bool) -> Bool {
    take(beside: path, if: isMeant) {
      rename(DatabaseFile.logPath(path), oldPath(path))
      unlink(DatabaseFile.indexPath(path))
    }
  }

  /// Removes a log whose content is in its own file, and its index.
  static func remove(beside path: String, if isMeant: () -> Bool) {
    take(beside: path, if: isMeant) {
      unlink(DatabaseFile.logPath(path))
      unlink(DatabaseFile.indexPath(path))
    }
  }

  /// Two processes must not both decide and then one remove what the other has begun anew: a lock on
  /// the folder keeps them apart.
  @discardableResult
  private static func take(beside path: String, if isMeant: () -> Bool, _ body: () -> Void)
    -> Bool
  {
    let folder = open(FileAccess.folder(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0, flock(folder, LOCK_EX) == 0 else { return false }
    defer { close(folder) }
    if isMeant() { body() }
    return FileStamp(DatabaseFile.logPath(path)) == nil
  }
}

/// Locks of all processes, from `/proc/locks` (proc(5)); none where the system does not tell.
struct FileLocks {
  private var text: [UInt8] = []

  init() {
    let descriptor = open("/proc/locks", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      guard count > 0 else { break }
      text += chunk[..<count]
    }
  }

  /// The processes that hold a lock on the file.
  func holders(of stamp: FileStamp) -> [pid_t] {
    // "1: POSIX  ADVISORY  READ 27980 fe:00:16326721 128 128"; what waits has "->" after the number.
    String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count == 8, words[1] == "POSIX",
        words[5].split(separator: ":").last.flatMap({ UInt64($0) }) == stamp.inode
      else { return nil }
      return pid_t(words[4])
    }
  }
}
