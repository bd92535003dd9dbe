import CartModel

/// A transaction that holds the write lock; all that it writes is kept, or nothing.
///
/// Its reads see what it wrote. Valid only within `Storage.write`.
public protocol WriteTransaction: StorageReads, CartWrites, CatalogueWrites, ListWrites, JobWrites,
  LookWrites
{
  /// What others had committed when the lock was taken: another token than when carts were read means
  /// that another connection wrote meanwhile.
  var revision: ChangeToken { get }

  /// Whether any operation was ever undone.
  var hasUndos: Bool { get }

  /// Remembers a text by name; empty for nothing.
  func set(_ name: String, _ value: String) throws(StoreError)

  /// Marks the content as put in place by a restore.
  ///
  /// - Parameter mark: one that no other restore uses.
  func markRestored(_ mark: String) throws(StoreError)
}

/// Writes of operations, events and carts.
public protocol CartWrites: AnyObject {
  /// The key for the next new cart: each call gives another.
  func nextCart() throws(StoreError) -> Int64

  /// Starts an operation.
  ///
  /// - Returns: its number, and whether it is new: another process may have started the one of its key.
  func begin(_ operation: Operation) throws(StoreError) -> (id: Int64, isNew: Bool)

  /// Counts a cart that an operation changes for the first time; it may change it in more commits.
  func countCart(of operation: Int64)

  /// Appends an event and gives its place in the event log.
  ///
  /// - Parameters:
  ///   - event: with its cart, version, operation, actor, time and body; its `seq` is not read.
  ///   - prev: the cart's last event, or 0.
  ///   - key: nil for a new one.
  ///   - origin: the id in the file it came from, where that is not the key.
  @discardableResult
  func append(_ event: Event, prev: Int64, key: EventKey?, origin: String) throws(StoreError)
    -> Int64

  /// Saves a cart's state as its events made it.
  func save(_ cart: Cart) throws(StoreError)

  /// Gives a cart a name, its public id or an alias.
  func add(alias: String, for cart: Int64) throws(StoreError)

  /// Records which cart became an order.
  func add(order: String, for cart: Int64) throws(StoreError)
}

extension CartWrites {
  @discardableResult
  public func append(_ event: Event, prev: Int64) throws(StoreError) -> Int64 {
    try append(event, prev: prev, key: nil, origin: "")
  }
}

/// Writes of products, customers and counters.
public protocol CatalogueWrites: AnyObject {
  /// Saves a product in place of the one of its SKU.
  func save(_ product: Product) throws(StoreError)

  /// Saves what is known of a person under a key of the shop's.
  func save(customer key: String, _ shopper: Shopper) throws(StoreError)

  /// Counts pieces of a product; negative numbers subtract.
  func count(_ change: ProductCount, at: Timestamp) throws(StoreError)
}

/// Writes of lists and rules.
public protocol ListWrites: AnyObject {
  /// Puts an entry on its list, in place of the one of its id.
  func save(_ entry: ListEntry) throws(StoreError)

  /// Takes an entry off its list, whatever else is about the same.
  func remove(_ entry: ListEntry) throws(StoreError)

  /// Records the text of a rule, library or list file under its digest.
  func save(source digest: String, _ text: String) throws(StoreError)

  /// Records what a rule decided on a cart, in place of what it decided before.
  func save(_ decision: Decision, on cart: Int64, at time: Timestamp) throws(StoreError)
}

/// Writes of bulk runs, and of what imports rejected.
public protocol JobWrites: AnyObject {
  /// Records a bulk run and gives its number.
  ///
  /// - Parameter made: the carts that its operation made so far outside of bulk runs.
  func begin(_ job: Job, carts: [Int64], made: [Int64]) throws(StoreError) -> Int64

  /// Records how a bulk run can be run again.
  func set(origin: String, ofJob id: Int64) throws(StoreError)

  /// Records the carts that an operation made outside of its bulk runs.
  func set(made: [Int64], of operation: String) throws(StoreError)

  /// Records how far a bulk run came.
  ///
  /// - Throws: `conflict` where another process went on with it.
  func advance(job: Int64, from: Int64, to: Int64) throws(StoreError)

  /// Records why a bulk run failed on a cart.
  func fail(job: Int64, cart: Int64, _ message: String) throws(StoreError)

  /// Forgets a failure that was made good.
  ///
  /// - Throws: `conflict` where another process did.
  func succeed(job: Int64, cart: Int64) throws(StoreError)

  /// Records lines that an import rejected; `operation` is its key.
  func record(rejected lines: [EventKey], by operation: String) throws(StoreError)

  /// Records that an import ended: its rejections hold for the log as it is now.
  func close(rejectionsOf operation: Int64) throws(StoreError)
}
