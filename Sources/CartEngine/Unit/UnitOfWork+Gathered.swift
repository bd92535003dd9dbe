import CartModel
import CartStorage

extension UnitOfWork {
  /// What was decided since the last flush, and is not written.
  struct Gathered {
    /// Changed carts in the order of their first change.
    var changed: [Entry] = []
    /// All steps in the order in which they came, which is the event log's.
    var log: [Batch.Logged] = []
    /// Places of changed carts that are written together or not at all.
    var bonds: [[Int]] = []
    /// About how many bytes the steps and the carts that they change take.
    var footprint = 0
    var names = Unsaved()
  }

  /// Names that are not stored yet.
  struct Unsaved {
    var names: [String: Int64] = [:]
    var orders: [String: Int64] = [:]
    var products: [String: Product] = [:]
    /// Fields of customers by their keys.
    var customers: [String: [ShopperField: String]] = [:]
    /// Entries of lists by their ids; nil for one that was removed.
    var entries: [String: ListEntry?] = [:]
  }

  /// Keys of carts and numbers of operations that are not stored yet: both are negative.
  struct ProvisionalKeys {
    private var nextCart: Int64 = -1
    private var nextOperation: Int64 = -1
    /// The keys that carts were stored under, or go by now.
    private var current: [Int64: Int64] = [:]

    mutating func cart() -> Int64 {
      defer { nextCart -= 1 }
      return nextCart
    }

    /// The number of an operation, which is negative until the operation is stored.
    mutating func number(of slot: OperationSlot) -> Int64 {
      if let id = slot.id { return id }
      if slot.provisional == 0 {
        slot.provisional = nextOperation
        nextOperation -= 1
      }
      return slot.provisional
    }

    /// The key that a cart goes by since it was stored.
    func current(_ key: Int64) -> Int64 {
      var key = key
      while let next = current[key] { key = next }
      return key
    }

    mutating func rename(_ key: Int64, to next: Int64) { current[key] = next }
  }

  /// As of when the unit has read.
  struct ReadState {
    /// The store's revision as the last flush saw it; nil where it is not known.
    var revision: ChangeToken?
    /// The same when gathering began.
    var gatheredFrom: ChangeToken?
    /// The state of the database that what was read is of.
    var stamp: StorageStamp?
  }

  /// What was read of histories and operations, for the next question.
  struct HistoryCache {
    /// How many events the histories have that are kept.
    var events = 0
    /// The places in the log of each changed cart's steps, as far as they were asked for.
    var steps = StepPlaces()
    /// See `operation(_:)`.
    var reverted: Reverted?
  }

  /// Counters by which others know that what they remember of the unit is old.
  struct Generations {
    /// What may have changed the unsaved entries of lists.
    fileprivate(set) var lists = 0
    /// How often steps were taken out again.
    fileprivate(set) var rewinds = 0
  }

  /// Notes that an entry of a list was added or removed.
  func noteListChange() { generations.lists += 1 }

  /// Takes all that was gathered out of the unit.
  func empty() {
    if !gathered.names.entries.isEmpty { noteListChange() }
    generations.rewinds += 1
    gathered = Gathered()
  }

  /// Takes out again what was gathered since a savepoint.
  func cut(to savepoint: Savepoint) {
    if !gathered.names.entries.isEmpty { noteListChange() }
    generations.rewinds += 1
    gathered.log.removeSubrange(savepoint.log...)
    gathered.changed.removeSubrange(savepoint.dirty...)
    gathered.bonds.removeSubrange(savepoint.bonds...)
    (gathered.names, gathered.footprint) = (savepoint.names, savepoint.footprint)
  }

  // MARK: Lists

  /// The entry of an id, as this run sees it.
  func entry(id: String) throws(StoreError) -> ListEntry? {
    if let known = unsavedEntries[id] { return known }
    return try store.entry(id)
  }

  /// The entries of the same list about the same.
  func entries(about entry: ListEntry) throws(StoreError) -> [ListEntry] {
    let unsaved = unsavedEntries
    let own = unsaved.values.compactMap { $0 }
    return (try store.entries(about: entry).filter { unsaved[$0.id] == nil } + own).filter {
      $0.list == entry.list && $0.pattern == entry.pattern
    }
  }

  /// All entries of both lists as this run sees them.
  ///
  /// - Parameter reads: what answers within a transaction; nil for the storage.
  func listEntries(_ reads: (any StorageReads)? = nil) throws(StoreError) -> [ListEntry] {
    let stored = try (reads ?? store).entries()
    let changes = unsavedEntries
    guard !changes.isEmpty else { return stored }
    return (stored.filter { changes[$0.id] == nil } + changes.values.compactMap { $0 })
      .sorted { $0.id < $1.id }
  }
}
