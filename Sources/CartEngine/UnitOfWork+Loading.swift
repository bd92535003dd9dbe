import CartModel
import CartStore

/// Reading many carts at once.
extension UnitOfWork {
  /// The cart of a row that was just read, as this run sees it.
  func entry(_ row: borrowing CartRow) throws(StoreError) -> Entry {
    if let entry = entries[row.key] { return entry }
    if entries.count > Self.cacheLimit + 2 * dirty.count { dropIdle() }
    let entry = Entry(stored: try row.cart())
    entries[row.key] = entry
    return entry
  }

  /// Reads carts that are asked for next, in one statement.
  func load(_ keys: some Sequence<Int64>) throws(StoreError) {
    let unknown = keys.filter { $0 > 0 && entries[$0] == nil && entries[current($0)] == nil }
    guard unknown.count > 1 else { return }
    if entries.count > Self.cacheLimit + 2 * dirty.count { dropIdle() }
    for (key, cart) in try store.carts(unknown) { entries[key] = Entry(stored: cart) }
  }
}
