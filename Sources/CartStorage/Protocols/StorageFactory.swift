/// Where the database of a shop lies.
public enum StoragePlace {
  /// A file, which is made where there is none, unless it is opened only to read.
  case file(_ path: String, readOnly: Bool = false)
  /// A file that the first write makes; until then it reads as empty. `makingFolder` is called before.
  case missing(_ path: String, makingFolder: () throws -> Void)
  /// A private database that is deleted when it is closed; what does not fit into the cache may go to
  /// disk.
  case scratch
  /// A scratch copy of a backup, which stays as it is.
  case copy(of: String)
}

/// Opens the databases of shops; an executable chooses one kind.
public protocol StorageFactory: Sendable {
  /// - Parameters:
  ///   - cache: how much of the database is kept in memory; KiB.
  ///   - random: salts and keys of events come from it.
  /// - Throws: `notADatabase`, `newerSchema`, `missing`, `permission`, `busy`, `replaced`; `corrupt`
  ///   for a damaged backup.
  func open(_ place: StoragePlace, cache: Int, random: @escaping () -> UInt64) throws(StoreError)
    -> any Storage

  /// Opens the inbox of a store's connection, and makes it where there is none.
  ///
  /// - Throws: `notADatabase`, `newerSchema`, `permission`, `busy`, `missing` where nothing is kept.
  func inbox(_ path: String) throws(StoreError) -> any Inbox
}

extension StorageFactory {
  public func open(_ place: StoragePlace, random: @escaping () -> UInt64) throws(StoreError)
    -> any Storage
  { try open(place, cache: 65_536, random: random) }
}
