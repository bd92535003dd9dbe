import CartEngine
import CartModel
import CartStorage
import CartStoreSQLite
import CartSupport
import CartTesting
import CartSync
import Synchronization

/// A scripted store with records beside its carts, which a test gives.
final class RecordedStore: Storefront, StoreRecords {
  let script: ScriptedStore
  struct Records: Sendable {
    var orders: [SeenOrder] = []
    var products: [Product] = []
    var customers: [SeenCustomer] = []
    var tokens: [String: String] = [:]
    /// Given to the next question, once.
    var failures: [StorefrontError] = []
    /// The ids that were looked at, in order.
    var asked: [String] = []
    var pageSize = 2
  }
  let records = Mutex(Records())

  init(_ script: ScriptedStore) { self.script = script }

  var name: String { script.name }
  var abilities: StorefrontAbilities { script.abilities }
  var asked: [String] { records.withLock { $0.asked } }

  func fail(_ errors: StorefrontError...) { records.withLock { $0.failures = errors } }

  private func failNext() throws(StorefrontError) {
    let next = records.withLock { $0.failures.isEmpty ? nil : $0.failures.removeFirst() }
    if let next { throw next }
  }

  func look(_ id: String, isGone: Bool) throws(StorefrontError) -> Seen {
    records.withLock { $0.asked.append(id) }
    try failNext()
    return try script.look(id, isGone: isGone)
  }

  func changed(since time: Timestamp) throws(StorefrontError) -> [String] {
    try script.changed(since: time)
  }

  func send(_ request: StoreRequest, base: Int64?) throws(StorefrontError) -> StoreAnswer {
    try script.send(request, base: base)
  }

  private func page<Record>(
    _ number: Int64, _ list: (Records) -> [Record]
  ) throws(StorefrontError) -> RecordPage<Record> {
    try failNext()
    let (all, size) = records.withLock { (list($0), $0.pageSize) }
    let start = (Int(number) - 1) * size
    let records = Array(all.dropFirst(start).prefix(size))
    return RecordPage(records, next: start + size < all.count ? number + 1 : nil)
  }

  func orders(changedSince time: Timestamp, page number: Int64) throws(StorefrontError)
    -> RecordPage<SeenOrder>
  { try page(number) { $0.orders.filter { $0.updated >= time } } }

  func order(_ id: String) throws(StorefrontError) -> SeenOrder {
    try failNext()
    guard let order = records.withLock({ $0.orders.first { $0.id == id } }) else {
      throw StorefrontError(.notFound, "no order \(id)")
    }
    return order
  }

  func products(changedSince time: Timestamp?, page number: Int64) throws(StorefrontError)
    -> RecordPage<Product>
  { try page(number) { $0.products } }

  func products(of id: String) throws(StorefrontError) -> [Product] {
    records.withLock { $0.products.filter { $0.sku == id } }
  }

  func customers(changedSince time: Timestamp?, page number: Int64) throws(StorefrontError)
    -> RecordPage<SeenCustomer>
  { try page(number) { $0.customers } }

  func cart(ofToken token: String) throws(StorefrontError) -> String {
    guard let cart = records.withLock({ $0.tokens[token] }) else {
      throw StorefrontError(.notFound, "no cart of this token")
    }
    return cart
  }
}

/// A shop beside a store, with an inbox and a loop that asks by itself.
final class SyncWorld {
  let test: TestShop
  let store: RecordedStore
  let inbox: any Inbox
  let handler: CommandHandler
  private(set) var loop: SyncLoop
  private(set) var log: [String] = []
  /// Thrown by the next save.
  var failure: (any Error)?
  private let options: SyncOptions

  init(seed: UInt64 = 1, _ change: (inout SyncOptions) -> Void = { _ in }) throws {
    test = try TestShop(seed: seed)
    try test.take(TestShop.products)
    store = RecordedStore(
      ScriptedStore(
        "bigcommerce", [.versions, .hooks, .delete, .ownPrices, .orders], seed: seed,
        at: TestShop.start))
    inbox = try SQLiteStorageFactory().inbox(test.folder.file("inbox.db"))
    handler = CommandHandler(test.shop, actor: .sync, consent: .given)
    var options = SyncOptions()
    options.workers = 0
    change(&options)
    self.options = options
    loop = Self.loop(store, inbox, test.shop, options) { _ in try Self.refused() }
    restart()
  }

  private static func refused() throws -> Outcome { throw EngineError(.refused, "not begun") }

  private static func loop(
    _ store: RecordedStore, _ inbox: any Inbox, _ shop: Shop, _ options: SyncOptions,
    _ perform: @escaping SyncLoop.Perform
  ) -> SyncLoop {
    SyncLoop(
      ConnectedStore(store, store), inbox, shop, options: options, perform: perform)
  }

  /// Forgets what only a process knows.
  func restart() {
    loop = Self.loop(store, inbox, test.shop, options) { [unowned self] body in
      if let failure {
        self.failure = nil
        throw failure
      }
      let run = handler.begin("sync")
      do { try body(run) } catch {
        _ = run.abandon()
        throw error
      }
      return try run.finish()
    }
    loop.log = { [unowned self] in log.append($0) }
  }

  func hint(_ hints: LookHint...) throws {
    var change = InboxChange()
    change.hints = hints
    try inbox.write(change, at: test.clock.now)
  }

  /// Turns until nothing is due.
  func settle(_ most: Int = 1_000) throws {
    for _ in 0..<most { guard try loop.turn(wait: 0) else { return } }
  }

  func cart(_ id: String) throws -> Cart? {
    guard let key = try test.shop.store.key(named: id) else { return nil }
    return try test.shop.store.cart(key)
  }
}
