import CSQLiteShim
import CartStorage

/// Opens SQLite files.
///
/// Where file or folder may only be read, and no log is beside it, it is read as it is on disk.
/// A scratch database is a file without a name for what does not fit into the cache (SQLite,
/// "In-Memory Databases", section 3).
public struct SQLiteStorageFactory: StorageFactory {
  public init() {}

  /// Once in a process.
  private static let countsNoMemory = cs_count_no_memory()

  public func open(_ place: StoragePlace, cache: Int, random: @escaping () -> UInt64)
    throws(StoreError) -> any Storage
  {
    _ = Self.countsNoMemory
    return switch place {
    case .file(let path, let readOnly):
      try SQLiteStorage(path: path, readOnly: readOnly, cache: cache, random: random)
    case .missing(let path, let makeFolder):
      try SQLiteStorage(path: path, cache: cache, makingFolder: makeFolder, random: random)
    case .scratch: try SQLiteStorage(path: Opening.scratch, cache: cache, random: random)
    case .copy(let backup): try SQLiteStorage(copyOf: backup, random: random)
    }
  }
  public func inbox(_ path: String) throws(StoreError) -> any Inbox {
    _ = Self.countsNoMemory
    return try SQLiteInbox(path)
  }
}
