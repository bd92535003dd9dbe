import CartStorage

/// One state of a database in memory.
final class MemorySnapshot: ReadSnapshot, MemoryReads {
  private let storage: MemoryStorage
  /// Nil before the first read.
  private var held: MemoryState?

  init(_ storage: MemoryStorage) { self.storage = storage }

  var seen: StorageStamp { storage.seen }
  var shouldStop: (() -> Bool)? { storage.shouldStop }

  func state() throws(StoreError) -> MemoryState {
    if let held { return held }
    let state = try storage.state()
    held = state
    return state
  }

  func refresh() throws(StoreError) {
    held = nil
    storage.look()
  }

  func close() {
    held = nil
    storage.close()
  }
}
