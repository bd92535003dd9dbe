import CartModel
import CartStorage
import CartSync

/// What a connector asks of the shop's carts, from any thread: a reader of its own.
final class KnownCarts: Sendable {
  private let storage: Guarded<any Storage>

  init(_ storage: any Storage) { self.storage = Guarded(storage) }

  /// The store's time of the newest version of a cart that is known; nil where it is not known.
  func lastUpdate(_ id: String) -> Timestamp? {
    storage.use { storage in
      guard let key = try? storage.key(named: id) else { return nil }
      return (try? storage.look(of: key))?.updated
    }
  }

  func close() { storage.use { $0.close() } }
}
