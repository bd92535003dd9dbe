import CartSupport
import Glibc

/// SQLite's files, told by their first bytes and names.
public enum DatabaseFiles {
  private static let header = Array("SQLite format 3\0".utf8)
  /// Of a log (SQLite, "WAL-mode File Format") and of a rollback journal.
  private static let others: [[UInt8]] = [
    [0x37, 0x7f, 0x06, 0x82], [0x37, 0x7f, 0x06, 0x83],
    [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7],
  ]

  public static func isDatabase(_ path: String) -> Bool { start(of: path) == header }

  /// What SQLite keeps beside a database.
  private static let ends = ["-wal", "-shm", "-journal"]

  /// What a file is to SQLite, in words; nil where it is nothing of it.
  public static func kind(of path: String) -> String? {
    let start = start(of: path)
    if start == header { return "a database" }
    if others.contains(where: { start.starts(with: $0) }) { return "part of a database" }
    // In any case of letters: some file systems do not tell them apart.
    for end in ends where path.lowercased().hasSuffix(end) {
      let database = String(path.dropLast(end.count))
      // SQLite would take it for the part of a database that is made there later.
      if isDatabase(database) || Files.size(database) ?? 0 == 0 { return "part of a database" }
    }
    return nil
  }

  /// - Throws: `file`, where SQLite would wait for a pipe or read a device.
  public static func check(_ path: String) throws(EngineError) {
    for end in [""] + ends {
      var status = stat()
      guard stat(path + end, &status) == 0, let kind = Files.kind(of: status), kind != "folder"
      else { continue }
      throw EngineError(.file, "file \(path)\(end): is a \(kind); expected a file")
    }
  }

  private static func start(of path: String) -> [UInt8] {
    guard let file = try? InputFile(path) else { return [] }
    var bytes: [UInt8] = []
    _ = try? file.read(16, onto: &bytes)
    return bytes
  }
}
