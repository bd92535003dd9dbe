import CartModel

/// One database of a shop, as one thread uses it.
///
/// Reads of the storage itself see its latest state each; reads of one question that must agree are
/// made of a `snapshot`. Within `write` only the transaction answers: a read of the storage then fails.
public protocol Storage: StorageReads {
  /// Its file, as messages name it; empty where it has none.
  var path: String { get }
  /// Whether it was opened only to read: every write then fails.
  var isReadOnly: Bool { get }
  /// Whether the database is only of this connection.
  var isInMemory: Bool { get }
  /// What a user should know of how it was opened; one sentence each.
  var notes: [String] { get }
  /// Why nothing can be read or written any more; nil while all is in place.
  var failure: StoreError? { get }
  /// Whether a transaction of this connection is under way.
  var isWriting: Bool { get }
  /// Asked now and then during a read; true ends it with an error. Writes are never ended.
  var shouldStop: (() -> Bool)? { get set }

  /// What others have committed by now: another token than before means that there was something.
  ///
  /// Within a transaction, `WriteTransaction.revision` is the same.
  func revision() throws(StoreError) -> ChangeToken

  /// Notices that another database is in its place; then every later access fails.
  ///
  /// A command calls this before it reads: a write asks by itself.
  func look()

  /// One state of the database, read by a connection of its own.
  func snapshot() throws(StoreError) -> any ReadSnapshot

  /// Holds the write lock for one transaction: all that the body writes is kept, or none.
  ///
  /// - Parameters:
  ///   - needs: what the body asks under the lock; it is looked up before, or with the lock.
  ///   - recorded: when it is written.
  /// - Throws: what the body throws; `busy` after five seconds of waiting for the lock; `replaced` or
  ///   `restored`, and then nothing is in the database that is now in its place.
  func write<T>(
    _ needs: WriteNeeds, recorded: Timestamp, _ body: (any WriteTransaction) throws -> T
  ) throws -> T

  /// Another connection to the same database, only to read.
  ///
  /// - Throws: `replaced` where another database is in its place by now.
  func reader() throws(StoreError) -> any Storage

  /// Another connection to the same database, which can write while this one reads.
  ///
  /// - Parameter random: where its keys and salts come from; nil for where this one's do.
  /// - Throws: as `reader`.
  func sibling(random: (() -> UInt64)?) throws(StoreError) -> any Storage

  /// An empty private database of the same kind, which is deleted when it is closed.
  ///
  /// - Parameter cache: how much of it is kept in memory; KiB.
  func scratch(cache: Int, random: @escaping () -> UInt64) throws(StoreError) -> any Storage

  /// Opens the database that this one stands for where another connection has made it since.
  ///
  /// - Returns: whether it has.
  func openIfMade() throws(StoreError) -> Bool

  /// Closes the connection; every later access fails. Called again it does nothing.
  func close()

  // MARK: Durability

  /// Sets whether each commit waits for the disk.
  func sync(_ synchronous: StoreSettings.Synchronous) throws(StoreError)

  /// Turns automatic checkpoints off during many writes; call `checkpoint` now and then.
  func writesMuch(_ does: Bool) throws(StoreError)

  /// Lets what was committed take no more room than it needs, as far as readers allow it.
  func checkpoint() throws(StoreError)

  /// Copies the database as it is at this moment to a file; writers are not held up.
  ///
  /// - Returns: the number of its last event.
  /// - Throws: `corrupt` where the copy is not sound, `full`.
  func backup(to path: String) throws(StoreError) -> Int64

  /// Rebuilds states, counters, names and hashes from the event log and compares.
  ///
  /// - Parameter productChanges: how an event counts pieces of products.
  /// - Complexity: O(events); reads one state of the database, writers are not held up.
  func check(productChanges: @escaping (EventBody) -> [ProductCount]) throws(StoreError)
    -> CheckReport

  /// Exchanges all content for another storage's of the same kind, in one transaction; other processes
  /// see the one or the other, and those that have it open notice.
  ///
  /// Nobody else can write meanwhile; what they wrote before is in the copy.
  ///
  /// - Parameter keep: copies the database as it is, once nobody else can write.
  /// - Returns: how long nobody else could write.
  /// - Throws: `busy`; what `keep` throws. Then nothing was changed.
  func replaceContent(with source: any Storage, keep: (any Storage) throws -> Void) throws
    -> Duration

  // MARK: Totals

  /// Sets the settings that price carts from now on.
  ///
  /// - Parameter mark: names them: the same for settings that give the same prices.
  func price(by settings: StoreSettings, mark: @escaping () -> String)

  /// Whether this connection's last write left totals that may be others than the settings give.
  var leftUnpriced: Bool { get }

  /// Whether a stored total may be another one than the settings give.
  func needsPricing() throws(StoreError) -> Bool

  /// Prices all carts again, some thousand in a transaction; others may write in between.
  ///
  /// A process with other settings that writes meanwhile ends it without effect.
  /// - Complexity: O(carts).
  func priceRows(recorded: Timestamp) throws

  // MARK: Shared facts

  /// Writes the rows of a key for all that is recorded, and keeps them from then on.
  ///
  /// In many transactions, so that no process waits long for the lock; one that is interrupted, or builds
  /// the same at once, does no harm: a row follows from the event log alone.
  ///
  /// - Complexity: O(event log).
  func keep(_ key: SharedKey, recorded: Timestamp) throws
}

extension Storage {
  /// A transaction of which nothing is known before.
  public func write<T>(
    recorded: Timestamp, _ body: (any WriteTransaction) throws -> T
  ) throws -> T { try write(WriteNeeds(), recorded: recorded, body) }

  public func sibling() throws(StoreError) -> any Storage { try sibling(random: nil) }

  public func scratch(random: @escaping () -> UInt64) throws(StoreError) -> any Storage {
    try scratch(cache: 65_536, random: random)
  }
}

/// What a transaction asks under the lock, gathered before.
public struct WriteNeeds: Sendable {
  public var actors: Set<Actor> = []
  public var skus: Set<String> = []

  public init() {}
}

/// How much is read at once.
public enum StorageLimits {
  /// How many carts a caller should read at a time.
  public static let cartsAtOnce = 500
}
