import CartModel
import CartStorage

/// The carts of a batch as they are stored when it is written, read in two statements.
struct StoredCarts {
  var carts: [Int64: Cart] = [:]
  /// The keys of those that have the names of new carts, by the keys of these.
  var taken: [Int64: Int64] = [:]

  /// None.
  init() {}

  init(_ changes: [Batch.Change], _ store: any StorageReads) throws(StoreError) {
    let stored = changes.compactMap { $0.entry.stored.base?.key }
    let new = changes.filter { $0.entry.stored.base == nil }.map(\.cart)
    for (cart, key) in zip(new, try store.keys(named: new.map(\.id))) { taken[cart.key] = key }
    carts = try store.carts(stored + taken.values)
  }
}
