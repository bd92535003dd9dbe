import CartModel

extension CartStore {
  /// Where the database of a shop lies.
  public enum Place {
    /// A file, which is made where there is none, unless it is opened only to read.
    case file(_ path: String, readOnly: Bool = false)
    /// A file that the first write makes; until then it reads as empty. `makingFolder` is called before.
    case missing(_ path: String, makingFolder: () throws -> Void)
    /// A private database that is deleted when it is closed; what does not fit into the cache goes to a
    /// file without a name (SQLite, "In-Memory Databases", section 3).
    case scratch
    /// A scratch copy of a backup, which stays as it is.
    case copy(of: String)
  }

  /// Opens the database of a shop; all stores are opened here.
  ///
  /// Where file or folder may only be read, and no log is beside it, it is read as it is on disk.
  ///
  /// - Parameters:
  ///   - cache: how much of the file is kept in memory; KiB.
  ///   - random: salts and keys of events come from it.
  /// - Throws: `notADatabase`, `newerSchema`, `missing`, `permission`, `busy`, `replaced`; `corrupt`
  ///   for a damaged backup.
  public static func open(
    _ place: Place, cache: Int = 65_536, random: @escaping () -> UInt64
  ) throws(StoreError) -> CartStore {
    switch place {
    case .file(let path, let readOnly):
      try CartStore(path: path, readOnly: readOnly, cache: cache, random: random)
    case .missing(let path, let makeFolder):
      try CartStore(path: path, cache: cache, makingFolder: makeFolder, random: random)
    case .scratch: try CartStore(path: scratch, cache: cache, random: random)
    case .copy(let backup): try CartStore(copyOf: backup, random: random)
    }
  }
}
