import CartSupport

/// The file that a connection has open, compared with what is at its path now.
///
/// In WAL mode SQLite does not notice that its file was moved, removed or overwritten: it would go on
/// writing where nobody reads.
struct DatabaseFile {
  enum Loss: Equatable {
    /// Nothing is at the path.
    case removed
    /// Another file is at the path.
    case replaced
    /// Another content was written into the file.
    case overwritten
    /// The log beside it is gone, or is another.
    case logRemoved
  }

  let path: String
  /// As the main file was when it last held what this connection knows.
  private(set) var main: FileStamp
  /// Nil for a file that is opened to read and has none.
  private let log: FileStamp?

  static func logPath(_ path: String) -> String { path + "-wal" }
  static func indexPath(_ path: String) -> String { path + "-shm" }

  /// The least size of a database: a header of 100 bytes in a page of 512.
  private static let leastSize: Int64 = 512

  /// - Parameter path: of a database that is open and was read from: then its log exists.
  init?(_ path: String) {
    guard let main = FileStamp(path) else { return nil }
    self.path = path
    self.main = main
    log = FileStamp(Self.logPath(path))
  }

  /// What happened to the file since; nil where it is in place. Two calls of stat(2).
  ///
  /// - Parameter holdsOurs: asked when the main file was written to, as each checkpoint does.
  mutating func loss(_ holdsOurs: () -> Bool) -> Loss? {
    guard let now = FileStamp(path) else { return .removed }
    guard now.isSameFile(as: main) else { return .replaced }
    guard now.size >= Self.leastSize else { return .overwritten }
    if now != main {
      guard holdsOurs() else { return .overwritten }
      main = now
    }
    return isLogInPlace ? nil : .logRemoved
  }

  /// Whether the log at the path is the one that this connection writes.
  var isLogInPlace: Bool {
    guard let log else { return true }
    return FileStamp(Self.logPath(path)).map { $0.isSameFile(as: log) } ?? false
  }

  /// Where the main file was moved to; nil where it has no name any more.
  var movedTo: String? { main.openPath }
}

extension DatabaseFile {
  /// What a user is told, and what to do next.
  func message(_ loss: Loss) -> String {
    let what =
      switch loss {
      case .removed: "was moved or removed while it was open"
      case .replaced: "was replaced by another file while it was open"
      case .overwritten: "was overwritten or cut short while it was open"
      case .logRemoved: "lost its log \(Self.logPath(path)) while it was open"
      }
    let earlier =
      switch loss {
      case .removed, .replaced:
        movedTo.map { " Earlier changes are in \($0)." }
          ?? " Earlier changes are lost, unless there is a copy of the old file."
      case .overwritten: " Earlier changes may be lost."
      case .logRemoved: " Earlier changes are written to it when this program ends."
      }
    let next =
      switch loss {
      case .removed: " Leave, put the file back, and start again."
      case .replaced: " Leave, and start again to use the file that is there now."
      case .overwritten: " Leave, and put a backup in place: cartio restore BACKUP"
      case .logRemoved: " Leave, start again, and run 'cartio check'."
      }
    return "database: \(path) \(what). This was not saved.\(earlier)\(next)"
  }
}
