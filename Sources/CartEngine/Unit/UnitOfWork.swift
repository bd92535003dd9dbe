import CartModel
import CartStore

/// The carts that a run has read and changed, between it and the store.
///
/// Every mode writes here, and later reads of the same run see it; whether and when it is flushed
/// is the command handler's policy. Carts that are not stored yet have negative keys.
final class UnitOfWork {
  let store: CartStore
  var entries: [Int64: Entry] = [:]
  /// Changed carts in the order of their first change since the last flush.
  var dirty: [Entry] = []
  /// All steps in the order in which they came, which is the event log's.
  var log: [Batch.Logged] = []
  /// What only this unit knows: of the steps gathered, and of the batches under way.
  var gathered = Unsaved()
  var underway: [Unsaved] = []
  var keyAfterFlush: [Int64: Int64] = [:]
  private var nextProvisional: Int64 = -1
  private var nextOperation: Int64 = -1
  /// The places in the log of each changed cart's steps, as far as they were asked for.
  var stepPlaces = StepPlaces()
  /// Where it can go back to, the innermost last; nothing is flushed while there is one.
  var savepoints: [Savepoint] = []
  /// Places of changed carts that are written together or not at all.
  var bonds: [[Int]] = []
  /// About how many bytes the unsaved steps and the carts that they change take.
  var footprint = 0
  /// The store's revision as the last flush saw it, and as it was when gathering began.
  var revision: Int64?
  /// Counts what may have changed the unsaved entries of lists.
  var listChanges = 0
  /// Whose a cart must be when it is written.
  var expected: [Int64: Shopper] = [:]
  /// Told of each cart that a flush wrote.
  var onWritten: ((RunChanges.Change) -> Void)?
  /// Counts how often steps were taken out again.
  private(set) var rewinds = 0

  func rewind() { rewinds += 1 }
  var gatheredFrom: Int64?
  /// The state of the database that what was read is of.
  var stamp: CartStore.Stamp?
  /// See `operation(_:)`.
  var reverted: Reverted?
  /// How many events the histories have that are kept.
  var historyEvents = 0

  static let cacheLimit = 5_000
  /// What an entry takes beside its cart: its name, and its places in the lists of entries and changes.
  private static let entryFootprint = 400

  /// - Parameters:
  ///   - store: where it reads; a flush may go over another connection.
  ///   - revision: of the writing connection, before anything was read; nil where it is not known.
  init(store: CartStore, revision: Int64? = nil) {
    self.store = store
    self.revision = revision
    gatheredFrom = revision
  }

  var isClean: Bool { log.isEmpty }

  /// The number of an operation, which is negative until the operation is stored.
  func number(of slot: OperationSlot) -> Int64 {
    if let id = slot.id { return id }
    if slot.provisional == 0 {
      slot.provisional = nextOperation
      nextOperation -= 1
    }
    return slot.provisional
  }

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

  func product(_ sku: String) throws(StoreError) -> Product? {
    if let product = unsaved({ $0.products[sku] }) { return product }
    return try store.product(sku)
  }

  func customer(_ key: String) throws(StoreError) -> Shopper? {
    var customer = try store.customer(key)
    for batch in underway + [gathered] {
      guard let fields = batch.customers[key] else { continue }
      var known = customer ?? Shopper()
      for (field, text) in fields { known[field] = text }
      customer = known
    }
    return customer
  }

  private func unsaved<T>(_ value: (Unsaved) -> T?) -> T? {
    if let found = value(gathered) { return found }
    for batch in underway.reversed() {
      if let found = value(batch) { return found }
    }
    return nil
  }

  /// Entries of lists that are not stored yet, by their ids; nil for one that was taken off.
  var unsavedEntries: [String: ListEntry?] {
    (underway + [gathered]).reduce(into: [:]) { $0.merge($1.entries) { $1 } }
  }

  /// The keys of new carts whose name begins so.
  func newKeys(prefix: String) -> [Int64] {
    gathered.names.filter { $0.key.hasPrefix(prefix) }.map(\.value)
  }

  // MARK: Changing

  /// Puts a new cart in; it is stored with the next flush.
  func create(id: String, _ step: Step) -> Entry {
    var cart = Cart(key: nextProvisional, id: id, currency: .eur, at: step.at)
    nextProvisional -= 1
    gathered.names[id] = cart.key
    cart.head = 0
    let entry = Entry(new: cart)
    entries[cart.key] = entry
    savepoints.last?.keep(new: entry)
    add(step, to: entry)
    return entry
  }

  /// The key that a cart goes by since it was stored.
  func current(_ key: Int64) -> Int64 {
    var key = key
    while let next = keyAfterFlush[key] { key = next }
    return key
  }

  /// Lets a key that a plan used for a new cart mean the cart that came of it.
  func rename(_ key: Int64, to entry: Entry) { keyAfterFlush[key] = entry.cart.key }

  /// Applies a step to a cart.
  func add(_ step: Step, to entry: Entry) {
    footprint += savepoints.last?.keep(entry) ?? 0
    let place = entry.place ?? dirty.count
    if entry.place == nil {
      entry.place = place
      entry.before = onWritten != nil && entry.cart.key > 0 ? entry.cart : nil
      dirty.append(entry)
      footprint += Self.entryFootprint + entry.cart.footprint
    }
    // What an event brings stands in it and in the cart.
    footprint += step.footprint + step.events.reduce(0) { $0 + $1.footprint }
    for body in step.events {
      entry.cart.apply(body, version: entry.cart.version + 1, actor: step.actor, at: step.at)
      if let order = body.orderRecord { gathered.orders[order.id] = entry.cart.key }
    }
    log.append(.init(place: place, step: step))
  }

  /// Adds events that belong to no cart.
  func add(loose step: Step) {
    footprint += 2 * step.footprint
    for body in step.events {
      switch body.ofShop {
      case .product(let product): gathered.products[product.sku] = product
      case .customer(let key, let changes):
        for change in changes { gathered.customers[key, default: [:]][change.field] = change.after }
      case .entryAdded(let entry):
        gathered.entries[entry.id] = .some(entry)
        listChanges += 1
      case .entryRemoved(let entry):
        gathered.entries[entry.id] = .some(nil)
        listChanges += 1
      case .settings, .rule, nil: break
      }
    }
    log.append(.init(place: nil, step: step))
  }

  /// Forgets carts without changes, so that they are read afresh where the database has changed.
  func refresh() {
    guard store.seen != stamp else { return }
    stamp = store.seen
    reverted = nil
    guard !dirty.isEmpty else {
      historyEvents = 0
      entries.removeAll(keepingCapacity: true)
      // Nothing is left that was read before.
      if underway.isEmpty, let seen = store.seen.known { (revision, gatheredFrom) = (seen, seen) }
      return
    }
    entries = entries.filter { $0.value.place != nil }
  }

  /// Drops all that was not flushed.
  func discard() {
    for entry in dirty { entries[entry.cart.key] = nil }
    dirty = []
    log = []
    bonds = []
    savepoints = []
    footprint = 0
    if !gathered.entries.isEmpty { listChanges += 1 }
    rewind()
    gathered = Unsaved()
  }
}
