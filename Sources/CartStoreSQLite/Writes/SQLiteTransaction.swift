import CartModel
import CartStorage

/// A transaction of a SQLite file: writes events and what follows from them, and reads what it wrote.
///
/// Confined to the thread of its storage.
final class SQLiteTransaction: WriteTransaction, SQLReads {
  private let statements: Statements
  private let start: WriteStart
  let seen: StorageStamp
  let totals: RowTotals?
  private let explained: (any Error) -> StoreError
  private let operations: OperationWriter
  private let events: EventWriter
  private let cartRows: CartWriter
  private var counters = CounterWriter()

  init(
    _ statements: Statements, _ start: WriteStart, recorded: Timestamp, seen: StorageStamp,
    totals: RowTotals?, random: @escaping () -> UInt64,
    explained: @escaping (any Error) -> StoreError
  ) throws(StoreError) {
    self.statements = statements
    self.start = start
    self.seen = seen
    self.totals = totals
    self.explained = explained
    let facts = try FactWriter(statements, after: start.lastFact, random)
    operations = OperationWriter(statements, facts, start)
    events = try EventWriter(statements, facts, start, recorded: recorded, random: random)
    cartRows = try CartWriter(statements, totals, priced: start.priced)
  }

  // MARK: Reading

  func read<T>(_ body: (Statements) throws -> T) throws(StoreError) -> T {
    do { return try body(statements) } catch { throw explained(error) }
  }

  func consistently<T>(_ body: (Statements) throws -> T) throws(StoreError) -> T {
    try read(body)
  }

  func cursor<T>(_ body: (Statements) throws -> T) throws -> T {
    do { return try body(statements) } catch let error as StoreError { throw explained(error) }
  }

  // MARK: The transaction

  var revision: ChangeToken { ChangeToken(start.revision) }
  var hasUndos: Bool { start.hasUndos }
  /// By which settings the database says that its rows are priced.
  var priced: String { cartRows.priced }

  func set(_ name: String, _ value: String) throws(StoreError) {
    if name == RowTotals.key { cartRows.priced = value }
    try MetaTable(statements).set(name, value)
  }

  func markRestored(_ mark: String) throws(StoreError) {
    try set(FileWatch.restorationKey, mark)
  }

  /// Writes what was gathered, and the commit's link of the hash chain.
  func finish() throws(StoreError) {
    try counters.write(statements)
    try events.finish(operations, after: start.commit)
  }

  // MARK: Events and carts

  func nextCart() throws(StoreError) -> Int64 { try cartRows.nextKey() }

  func begin(_ operation: Operation) throws(StoreError) -> (id: Int64, isNew: Bool) {
    try operations.begin(operation, after: events.seq)
  }

  func countCart(of operation: Int64) { operations.countCart(of: operation) }

  @discardableResult
  func append(_ event: Event, prev: Int64, key: EventKey?, origin: String) throws(StoreError)
    -> Int64
  {
    operations.countEvent(of: event.operation)
    return try events.append(event, prev: prev, key: key, origin: origin)
  }

  func save(_ cart: Cart) throws(StoreError) { try cartRows.save(cart) }

  func add(alias: String, for cart: Int64) throws(StoreError) {
    try cartRows.add(alias: alias, for: cart)
  }

  func add(order: String, for cart: Int64) throws(StoreError) {
    try cartRows.add(order: order, for: cart)
  }

  // MARK: Catalogue

  func save(_ product: Product) throws(StoreError) { try statements.products.save(product) }

  func save(customer key: String, _ shopper: Shopper) throws(StoreError) {
    try CustomerTable(statements).save(key, shopper)
  }

  func count(_ change: ProductCount, at time: Timestamp) throws(StoreError) {
    counters.add(
      quarter: time.quarter,
      product: try statements.products.number(of: change.sku, name: change.name),
      (change.added, change.removed, change.ordered))
  }

  // MARK: Lists and rules

  func save(_ entry: ListEntry) throws(StoreError) { try ListTable(statements).save(entry) }

  func remove(_ entry: ListEntry) throws(StoreError) { try ListTable(statements).remove(entry) }

  func save(source digest: String, _ text: String) throws(StoreError) {
    try RuleTable(statements).save(source: digest, text)
  }

  func save(_ decision: Decision, on cart: Int64, at time: Timestamp) throws(StoreError) {
    try RuleTable(statements).save(decision, on: cart, at: time)
  }

  func save(_ look: StoreLook, of cart: Int64) throws(StoreError) {
    try LookTable(statements).save(look, of: cart)
  }

  // MARK: Bulk runs and imports

  func begin(_ job: Job, carts: [Int64], made: [Int64]) throws(StoreError) -> Int64 {
    try JobTable(statements).begin(job, carts: carts, made: made)
  }

  func set(origin: String, ofJob id: Int64) throws(StoreError) {
    try JobTable(statements).set(origin: origin, ofJob: id)
  }

  func set(made: [Int64], of operation: String) throws(StoreError) {
    try JobTable(statements).set(made: made, of: operation)
  }

  func advance(job: Int64, from: Int64, to: Int64) throws(StoreError) {
    try JobTable(statements).advance(job: job, from: from, to: to)
  }

  func fail(job: Int64, cart: Int64, _ message: String) throws(StoreError) {
    try JobTable(statements).fail(job: job, cart: cart, message)
  }

  func succeed(job: Int64, cart: Int64) throws(StoreError) {
    try JobTable(statements).succeed(job: job, cart: cart)
  }

  func record(rejected lines: [EventKey], by operation: String) throws(StoreError) {
    try RejectTable(statements).record(lines, by: operation)
  }

  func close(rejectionsOf operation: Int64) throws(StoreError) {
    try RejectTable(statements).close(operation)
  }
}
