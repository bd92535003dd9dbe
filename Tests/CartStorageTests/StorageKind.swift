import CartModel
import CartStorage
import CartStoreMemory
import CartStoreSQLite
import CartSupport
import CartTesting
import ProgramTesting

/// The kinds of storage, all of which must do the same.
enum StorageKind: String, CaseIterable {
  case sqlite, memory

  func open(_ folder: TemporaryFolder, _ random: @escaping () -> UInt64) throws -> any Storage {
    switch self {
    case .sqlite:
      try SQLiteStorageFactory().open(.file(folder.file("s.db")), random: random)
    case .memory: try MemoryStorageFactory().open(.scratch, random: random)
    }
  }
}

/// A storage of a kind without an engine above it.
final class Bare {
  let store: any Storage
  private let folder = TemporaryFolder()
  static let now = TestShop.start

  init(_ kind: StorageKind, seed: UInt64 = 1) throws {
    var random = SeededRandom(seed: seed)
    store = try kind.open(folder) { random.next() }
  }

  @discardableResult
  func write<T>(_ body: (any WriteTransaction) throws -> T) throws -> T {
    try store.write(recorded: Self.now, body)
  }

  /// Begins an operation and appends bodies of one cart, or of none.
  @discardableResult
  func append(
    _ bodies: [EventBody], cart: Int64 = 0, key: String, kind: Operation.Kind = .change,
    actor: Actor = .staff("anna"), at: Timestamp = now, parent: Int64? = nil,
    target: Int64? = nil, targetCart: Int64? = nil
  ) throws -> Int64 {
    try write { writer in
      let begun = try writer.begin(
        Operation(
          key: key, actor: actor, kind: kind, command: "test", at: at, target: target,
          targetCart: targetCart, parent: parent))
      var made =
        try writer.cart(cart) ?? Cart(key: cart, id: "c\(cart)", currency: .eur, at: at)
      if cart != 0, made.version == 0 { try writer.add(alias: made.id, for: cart) }
      if cart != 0, !bodies.isEmpty { writer.countCart(of: begun.id) }
      for body in bodies {
        let version = cart == 0 ? 0 : made.version + 1
        if cart != 0 { made.apply(body, version: version, actor: actor, at: at) }
        made.head = try writer.append(
          Event(
            seq: 0, cart: cart, version: version, operation: begun.id, actor: actor, at: at,
            body: body), prev: made.head)
      }
      if cart != 0 { try writer.save(made) }
      return begun.id
    }
  }
}
