import CartModel

/// Reads of when stores were looked at.
public protocol LookReads: AnyObject {
  /// The last look at a cart in its store; nil for a cart of none, or where nobody looked.
  func look(of cart: Int64) throws(StoreError) -> StoreLook?

  /// The carts whose store still has them, those first that a sweep asked for longest ago.
  func sweepKeys(limit: Int) throws(StoreError) -> [Int64]
}

/// Writes of when stores were looked at.
public protocol LookWrites: AnyObject {
  /// Records a look at a cart in its store.
  func save(_ look: StoreLook, of cart: Int64) throws(StoreError)
}
