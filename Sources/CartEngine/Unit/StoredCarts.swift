import CartModel
import CartStore

/// The carts of a batch as they are stored when it is written, read in two statements.
struct StoredCarts {
  var carts: [Int64: Cart] = [:]
  /// The keys of those that have the names of new carts.
  var names: [String: Int64] = [:]

  /// None.
  init() {}

  init(_ changes: [Batch.Change], _ store: CartStore) throws(StoreError) {
    let stored = changes.compactMap { $0.entry.stored.base?.key }
    names = try store.keys(
      named: changes.filter { $0.entry.stored.base == nil }.map(\.cart.id))
    carts = try store.carts(stored + names.values)
  }
}
