import CartModel
import CartStorage
import Synchronization

/// What a connector asks of the shop's carts, from any thread: a reader of its own.
final class KnownCarts: Sendable {
  private struct Held: @unchecked Sendable { let storage: any Storage }
  private let held: Mutex<Held>

  init(_ storage: any Storage) { held = Mutex(Held(storage: storage)) }

  /// The store's time of the newest version of a cart that is known; nil where it is not known.
  func lastUpdate(_ id: String) -> Timestamp? {
    held.withLock { held in
      guard let key = try? held.storage.key(named: id) else { return nil }
      return (try? held.storage.look(of: key))?.updated
    }
  }

  func close() { held.withLock { $0.storage.close() } }
}
