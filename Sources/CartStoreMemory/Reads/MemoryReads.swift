import CartStorage

/// What reads a state in memory: a storage, a snapshot and a transaction do.
///
/// The reads themselves are the extensions of this folder.
protocol MemoryReads: StorageReads {
  func state() throws(StoreError) -> MemoryState

  /// Asked now and then while many rows are read; true ends it with an error.
  var shouldStop: (() -> Bool)? { get }
}

extension MemoryReads {
  /// Calls with each element.
  ///
  /// - Throws: what the body throws; `interrupted`.
  func each<S: Sequence>(_ rows: S, _ body: (S.Element) throws -> Void) throws {
    for (place, row) in rows.enumerated() {
      if place % 256 == 0, shouldStop?() == true { throw StoreError(.interrupted, "interrupted") }
      try body(row)
    }
  }
}
