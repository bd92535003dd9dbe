import CartModel
import CartStorage

/// A shop's storage in memory: for fixtures and tests, and for what is worked out and not kept.
///
/// Confined to one thread; siblings of it may be used by others.
final class MemoryStorage: Storage, MemoryReads {
  private let database: MemoryDatabase
  private let random: () -> UInt64
  let isReadOnly: Bool
  private(set) var seen = StorageStamp()
  private(set) var isWriting = false
  var shouldStop: (() -> Bool)?
  private var isClosed = false

  /// An empty one.
  ///
  /// - Parameter random: keys of events come from it.
  convenience init(random: @escaping () -> UInt64) {
    let secret = EventKey(high: random(), low: random())
    self.init(MemoryDatabase(MemoryState(secret: secret)), isReadOnly: false, random)
  }

  private init(_ database: MemoryDatabase, isReadOnly: Bool, _ random: @escaping () -> UInt64) {
    self.database = database
    self.isReadOnly = isReadOnly
    self.random = random
  }

  var path: String { "" }
  var isInMemory: Bool { true }
  var notes: [String] { [] }
  var failure: StoreError? { nil }

  /// - Throws: `other` once it is closed, and within a transaction of this connection.
  func state() throws(StoreError) -> MemoryState {
    try checkUsable()
    return database.state
  }

  /// - Throws: `other` once it is closed, and within a transaction of this connection.
  private func checkUsable() throws(StoreError) {
    guard !isClosed else { throw StoreError.isClosed }
    guard !isWriting else { throw StoreError.isWriting }
  }

  /// - Throws: `readOnly`; `other` once it is closed, and within a transaction of this connection.
  private func checkWritable() throws(StoreError) {
    try checkUsable()
    guard !isReadOnly else {
      throw StoreError(.readOnly, "database: opened only to read; nothing was changed")
    }
  }

  func revision() throws(StoreError) -> ChangeToken { othersCommitted }

  private var othersCommitted: ChangeToken { ChangeToken(database.commits - Int64(seen.writes)) }

  func look() { seen.revision = othersCommitted }

  func snapshot() throws(StoreError) -> any ReadSnapshot {
    MemorySnapshot(MemoryStorage(database, isReadOnly: true) { 0 })
  }

  func write<T>(
    _ needs: WriteNeeds, recorded: Timestamp, _ body: (any WriteTransaction) throws -> T
  ) throws -> T {
    try checkWritable()
    isWriting = true
    defer { isWriting = false }
    let result = try database.write { state in
      seen.revision = othersCommitted
      let transaction = MemoryTransaction(state, seen, recorded: recorded, random)
      let result = try body(transaction)
      state = transaction.finished()
      return result
    }
    seen.writes += 1
    return result
  }

  func reader() throws(StoreError) -> any Storage {
    MemoryStorage(database, isReadOnly: true) { 0 }
  }

  func sibling(random: (() -> UInt64)?) throws(StoreError) -> any Storage {
    let storage = MemoryStorage(database, isReadOnly: isReadOnly, random ?? self.random)
    storage.shouldStop = shouldStop
    return storage
  }

  func scratch(cache: Int, random: @escaping () -> UInt64) throws(StoreError)
    -> any Storage
  { MemoryStorage(random: random) }

  func openIfMade() throws(StoreError) -> Bool { false }

  func close() { isClosed = true }

  // MARK: What only a database on disk has

  func sync(_ synchronous: StoreSettings.Synchronous) throws(StoreError) {}
  func writesMuch(_ does: Bool) throws(StoreError) {}
  func checkpoint() throws(StoreError) {}

  func backup(to path: String) throws(StoreError) -> Int64 {
    throw StoreError(.other, "database: it is in memory; nothing was written to \(path)")
  }

  func replaceContent(with source: any Storage, keep: (any Storage) throws -> Void) throws
    -> Duration
  { throw StoreError(.other, "database: it is in memory; nothing was changed") }

  // MARK: Derived rows

  /// Totals are worked out when they are asked for.
  func price(by settings: StoreSettings, mark: @escaping () -> String) {}
  var leftUnpriced: Bool { false }
  func needsPricing() throws(StoreError) -> Bool { false }
  func priceRows(recorded: Timestamp) throws {}

  func keep(_ key: SharedKey, recorded: Timestamp) throws {
    try checkWritable()
    try database.write { $0.shared.keep(key, $0.log) }
    seen.writes += 1
  }

  func check(productChanges: @escaping (EventBody) -> [ProductCount]) throws(StoreError)
    -> CheckReport
  { MemoryCheck(try state()).report(productChanges) }
}
