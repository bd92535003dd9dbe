import CartModel
import CartStorage

/// The carts that a run has read and changed, between it and the store.
///
/// Every mode writes here, and later reads of the same run see it; whether and when it is flushed
/// is the command handler's policy. Carts that are not stored yet have negative keys.
final class UnitOfWork {
  let store: any StorageReads
  var entries: [Int64: Entry] = [:]
  /// What only this unit knows: what was gathered, and the names of the batches under way.
  var gathered = Gathered()
  var underway: [Unsaved] = []
  private var keys = ProvisionalKeys()
  var read: ReadState
  var past = HistoryCache()
  var generations = Generations()
  /// Where it can go back to, the innermost last; nothing is flushed while there is one.
  var savepoints: [Savepoint] = []
  /// Told of each cart that a flush wrote.
  var onWritten: ((RunChanges.Change) -> Void)?

  static let cacheLimit = 5_000
  /// What an entry takes beside its cart: its name, and its places in the lists of entries and changes.
  private static let entryFootprint = 400

  /// - Parameters:
  ///   - store: where it reads; a flush may go over another connection.
  ///   - revision: of the writing connection, before anything was read; nil where it is not known.
  init(store: any StorageReads, revision: ChangeToken? = nil) {
    self.store = store
    read = ReadState(revision: revision, gatheredFrom: revision)
  }

  var dirty: [Entry] { gathered.changed }
  var log: [Batch.Logged] { gathered.log }
  var footprint: Int { gathered.footprint }
  var revision: ChangeToken? { read.revision }
  var rewinds: Int { generations.rewinds }
  var isClean: Bool { gathered.log.isEmpty }

  /// The number of an operation, which is negative until the operation is stored.
  func number(of slot: OperationSlot) -> Int64 { keys.number(of: slot) }

  // MARK: Reading

  /// The cart as this run sees it; nil if it does not exist.
  func entry(_ key: Int64) throws(StoreError) -> Entry? {
    if let entry = entries[key] { return entry }
    let key = current(key)
    if let entry = entries[key] { return entry }
    guard key > 0, let cart = try store.cart(key) else { return nil }
    // A long loop reads more carts than it changes.
    if entries.count > Self.cacheLimit + 2 * dirty.count { dropIdle() }
    let entry = Entry(stored: cart)
    entries[key] = entry
    return entry
  }

  /// The cart of a row that was just read, as this run sees it.
  func entry(_ row: borrowing CartRow) throws(StoreError) -> Entry {
    if let entry = entries[row.key] { return entry }
    if entries.count > Self.cacheLimit + 2 * dirty.count { dropIdle() }
    // When a store was looked at stands in no row.
    var cart = try row.cart()
    if row.isOfStore, let whole = try store.cart(row.key) { cart = whole }
    let entry = Entry(stored: cart)
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

  func dropIdle() { entries = entries.filter { !$0.value.isIdle } }

  /// Forgets carts that nothing was done to, so that they are read afresh.
  func forget(idle keys: some Sequence<Int64>) {
    for key in keys where entries[key]?.isIdle == true { entries[key] = nil }
  }

  func key(named name: String) throws(StoreError) -> Int64? {
    if let key = unsaved({ $0.names[name] }) { return key }
    return try store.key(named: name)
  }

  func key(order: String) throws(StoreError) -> Int64? {
    if let key = unsaved({ $0.orders[order] }) { return key }
    return try store.key(order: order)
  }

  /// - Parameter reads: what answers within a transaction; nil for the storage.
  func product(_ sku: String, _ reads: (any StorageReads)? = nil) throws(StoreError) -> Product? {
    if let product = unsaved({ $0.products[sku] }) { return product }
    return try (reads ?? store).product(sku)
  }

  func customer(_ key: String) throws(StoreError) -> Shopper? {
    var customer = try store.customer(key)
    for batch in underway + [gathered.names] {
      guard let fields = batch.customers[key] else { continue }
      var known = customer ?? Shopper()
      for (field, text) in fields { known[field] = text }
      customer = known
    }
    return customer
  }

  private func unsaved<T>(_ value: (Unsaved) -> T?) -> T? {
    if let found = value(gathered.names) { return found }
    for batch in underway.reversed() {
      if let found = value(batch) { return found }
    }
    return nil
  }

  /// Entries of lists that are not stored yet, by their ids; nil for one that was removed.
  var unsavedEntries: [String: ListEntry?] {
    (underway + [gathered.names]).reduce(into: [:]) { $0.merge($1.entries) { $1 } }
  }

  /// The keys of new carts whose name begins so.
  func newKeys(prefix: String) -> [Int64] {
    gathered.names.names.filter { $0.key.hasPrefix(prefix) }.map(\.value)
  }

  // MARK: Changing

  /// Puts a new cart in; it is stored with the next flush.
  func create(id: String, _ step: Step) -> Entry {
    var cart = Cart(key: keys.cart(), id: id, currency: .eur, at: step.at)
    gathered.names.names[id] = cart.key
    cart.head = 0
    let entry = Entry(new: cart)
    entries[cart.key] = entry
    savepoints.last?.keep(new: entry)
    add(step, to: entry)
    return entry
  }

  /// The key that a cart goes by since it was stored.
  func current(_ key: Int64) -> Int64 { keys.current(key) }

  /// Lets a key that a plan used for a new cart mean the cart that came of it.
  func rename(_ key: Int64, to entry: Entry) { keys.rename(key, to: entry.cart.key) }

  /// Applies a step to a cart.
  func add(_ step: Step, to entry: Entry) {
    gathered.footprint += savepoints.last?.keep(entry) ?? 0
    let place = entry.place ?? gathered.changed.count
    if entry.place == nil {
      entry.place = place
      entry.before = onWritten != nil && entry.cart.key > 0 ? entry.cart : nil
      gathered.changed.append(entry)
      gathered.footprint += Self.entryFootprint + entry.cart.footprint
    }
    // What an event brings stands in it and in the cart.
    gathered.footprint += step.footprint + step.events.reduce(0) { $0 + $1.footprint }
    for body in step.events {
      entry.cart.apply(body, version: entry.cart.version + 1, actor: step.actor, at: step.at)
      if let order = body.orderRecord { gathered.names.orders[order.id] = entry.cart.key }
      if let binding = body.binding { gathered.names.names[binding.storeID] = entry.cart.key }
    }
    gathered.log.append(.init(place: place, step: step))
  }

  /// Adds events that belong to no cart.
  func add(loose step: Step) {
    gathered.footprint += 2 * step.footprint
    for body in step.events {
      switch body.ofShop {
      case .product(let product): gathered.names.products[product.sku] = product
      case .customer(let key, let changes):
        for change in changes {
          gathered.names.customers[key, default: [:]][change.field] = change.after
        }
      case .entryAdded(let entry):
        gathered.names.entries[entry.id] = .some(entry)
        noteListChange()
      case .entryRemoved(let entry):
        gathered.names.entries[entry.id] = .some(nil)
        noteListChange()
      case .settings, .rule, nil: break
      }
    }
    gathered.log.append(.init(place: nil, step: step))
  }

  /// Forgets carts without changes, so that they are read afresh where the database has changed.
  func refresh() {
    guard store.seen != read.stamp else { return }
    read.stamp = store.seen
    past.reverted = nil
    guard !dirty.isEmpty else {
      past.events = 0
      entries.removeAll(keepingCapacity: true)
      // Nothing is left that was read before.
      if underway.isEmpty, let seen = store.seen.revision {
        (read.revision, read.gatheredFrom) = (seen, seen)
      }
      return
    }
    entries = entries.filter { $0.value.place != nil }
  }

  /// Drops all that was not flushed.
  func discard() {
    for entry in dirty { entries[entry.cart.key] = nil }
    savepoints = []
    empty()
  }
}
