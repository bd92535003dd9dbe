import CartModel
import CartStorage

/// A transaction in memory: a copy of the state, which takes its place when it commits.
final class MemoryTransaction: WriteTransaction, MemoryReads {
  private var content: MemoryState
  let seen: StorageStamp
  private let recorded: Timestamp
  private let random: () -> UInt64
  private let first: Int64
  private var lastCart: Int64
  /// Writes are never ended.
  var shouldStop: (() -> Bool)? { nil }

  init(
    _ state: MemoryState, _ seen: StorageStamp, recorded: Timestamp,
    _ random: @escaping () -> UInt64
  ) {
    content = state
    self.seen = seen
    self.recorded = recorded
    self.random = random
    first = state.log.lastSeq + 1
    lastCart = state.lastCart
  }

  func state() throws(StoreError) -> MemoryState { content }

  /// The state that takes the place of the one before.
  func finished() -> MemoryState {
    content.log.close(first: first, recorded: recorded)
    return content
  }

  var revision: ChangeToken { seen.revision ?? ChangeToken(0) }
  var hasUndos: Bool { content.log.operations.contains { $0.target != nil } }

  func set(_ name: String, _ value: String) throws(StoreError) {
    content.meta[ExactText(name)] = value
  }

  func markRestored(_ mark: String) throws(StoreError) { try set("restored", mark) }

  // MARK: Events and carts

  func nextCart() throws(StoreError) -> Int64 {
    lastCart += 1
    return lastCart
  }

  func begin(_ operation: Operation) throws(StoreError) -> (id: Int64, isNew: Bool) {
    content.log.begin(operation)
  }

  func countCart(of operation: Int64) { content.log.countCart(of: operation) }

  @discardableResult
  func append(_ event: Event, prev: Int64, key: EventKey?, origin: String) throws(StoreError)
    -> Int64
  {
    let key = key ?? EventKey(at: event.at, random(), random())
    let seq = try content.log.append(event, key: key, origin: origin)
    content.shared.add(content.log[seq])
    return seq
  }

  func save(_ cart: Cart) throws(StoreError) { content.save(cart) }

  func add(alias: String, for cart: Int64) throws(StoreError) {
    try content.add(alias: alias, for: cart)
  }

  func add(order: String, for cart: Int64) throws(StoreError) {
    try content.add(order: order, for: cart)
  }

  // MARK: Catalogue

  func save(_ product: Product) throws(StoreError) { content.catalogue.save(product) }

  func save(customer key: String, _ shopper: Shopper) throws(StoreError) {
    content.catalogue.save(customer: key, shopper)
  }

  func count(_ change: ProductCount, at time: Timestamp) throws(StoreError) {
    content.catalogue.count(change, at: time)
  }

  // MARK: Lists and rules

  func save(_ entry: ListEntry) throws(StoreError) { content.rules.save(entry) }

  func remove(_ entry: ListEntry) throws(StoreError) { content.rules.remove(entry) }

  func save(source digest: String, _ text: String) throws(StoreError) {
    content.rules.sources[ExactText(digest)] = text
  }

  func save(_ decision: Decision, on cart: Int64, at time: Timestamp) throws(StoreError) {
    content.rules.save(decision, on: cart, at: time)
  }

  func save(_ look: StoreLook, of cart: Int64) throws(StoreError) { content.looks[cart] = look }

  // MARK: Bulk runs and imports

  func begin(_ job: Job, carts: [Int64], made: [Int64]) throws(StoreError) -> Int64 {
    try content.jobs.begin(job, carts: carts, made: made)
  }

  func set(origin: String, ofJob id: Int64) throws(StoreError) {
    content.jobs.change(id) { $0.job.origin = origin }
  }

  func set(made: [Int64], of operation: String) throws(StoreError) {
    content.jobs.set(made: made, of: operation)
  }

  func advance(job: Int64, from: Int64, to: Int64) throws(StoreError) {
    guard content.jobs[job]?.job.next ?? 0 == from else { throw .jobTaken(job) }
    content.jobs.change(job) { $0.job.next = to }
  }

  func fail(job: Int64, cart: Int64, _ message: String) throws(StoreError) {
    content.jobs.change(job) { $0.failures[cart] = message }
  }

  func succeed(job: Int64, cart: Int64) throws(StoreError) {
    guard content.jobs[job]?.failures[cart] != nil else { throw .jobTaken(job) }
    content.jobs.change(job) { $0.failures[cart] = nil }
  }

  func record(rejected lines: [EventKey], by operation: String) throws(StoreError) {
    guard let id = content.log.numbers[ExactText(operation)] else { return }
    content.jobs.reject(lines, by: id)
  }

  func close(rejectionsOf operation: Int64) throws(StoreError) {
    content.jobs.close(rejectionsOf: operation, at: content.log.lastSeq)
  }
}
