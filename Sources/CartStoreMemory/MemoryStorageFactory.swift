import CartStorage

/// Opens storages in memory, an empty one each time.
public struct MemoryStorageFactory: StorageFactory {
  public init() {}

  /// - Throws: `missing` for any place but `scratch`: nothing outlives the storage.
  public func open(_ place: StoragePlace, cache: Int, random: @escaping () -> UInt64)
    throws(StoreError) -> any Storage
  {
    switch place {
    case .scratch: return MemoryStorage(random: random)
    case .file(let path, _), .missing(let path, _), .copy(let path):
      throw StoreError(.missing, "database: \(path) cannot be opened in memory")
    }
  }
  /// - Throws: `missing`: an inbox outlives its process.
  public func inbox(_ path: String) throws(StoreError) -> any Inbox {
    throw StoreError(.missing, "inbox: \(path) cannot be opened in memory")
  }
}
