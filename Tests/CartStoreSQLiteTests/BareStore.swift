import CartModel
import CartStorage
import CartSupport
import CartTesting
import GRDB
import ProgramTesting
import Testing

@testable import CartStoreSQLite

/// A store without an engine above it.
final class BareStore {
  let folder = TemporaryFolder()
  let store: SQLiteStorage
  static let now = TestShop.start

  init(seed: UInt64 = 1) throws {
    var random = SeededRandom(seed: seed)
    store = try SQLiteStorage.open(.file(folder.file("s.db")), random: { random.next() })
  }

  /// Another connection to the same file.
  func another() throws -> SQLiteStorage {
    try SQLiteStorage.open(.file(folder.file("s.db")), random: { 7 })
  }

  @discardableResult
  func write<T>(_ body: (any WriteTransaction) throws -> T) throws -> T {
    try store.write(recorded: Self.now, body)
  }

  /// Begins an operation and appends bodies that belong to no cart.
  @discardableResult
  func append(
    _ bodies: [EventBody], key: String = "", actor: Actor = .staff("anna"), at: Timestamp = now,
    kind: Operation.Kind = .change, reason: String = ""
  ) throws -> Int64 {
    try write { writer in
      let begun = try writer.begin(
        Operation(
          key: key.isEmpty ? "k\(try writer.lastSeq())" : key, actor: actor, kind: kind,
          command: "test", at: at, reason: reason))
      for body in bodies {
        try writer.append(
          Event(
            seq: 0, cart: 0, version: 0, operation: begun.id, actor: actor, at: at, body: body),
          prev: 0)
      }
      return begun.id
    }
  }

  func count(_ table: String) throws -> Int64 {
    try store.read { try $0.single("SELECT count(*) FROM \(table)") }
  }

  func change(_ sql: String) throws {
    let queue = try DatabaseQueue(path: folder.file("s.db"))
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
  }
}

extension SQLiteStorage {
  static func open(
    _ place: StoragePlace, cache: Int = 65_536, random: @escaping () -> UInt64
  ) throws(StoreError) -> SQLiteStorage {
    let opened = try SQLiteStorageFactory().open(place, cache: cache, random: random)
    guard let storage = opened as? SQLiteStorage else {
      throw StoreError(.other, "not a SQLite file")
    }
    return storage
  }
}

extension Storage {
  var sqlite: SQLiteStorage {
    get throws { try #require(self as? SQLiteStorage) }
  }
}

extension TestShop {
  var sqlite: SQLiteStorage {
    get throws { try shop.store.sqlite }
  }
}
