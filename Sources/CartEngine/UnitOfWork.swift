import CartModel
import CartStore
import Dispatch

/// The carts that a run has read and changed, between it and the store.
///
/// Every mode writes here, and later reads of the same run see it; whether and when it is flushed
/// is the command handler's policy. Carts that are not stored yet have negative keys.
final class UnitOfWork {
  private let store: CartStore
  private(set) var entries: [Int64: Entry] = [:]
  /// Changed carts in the order of their first change since the last flush.
  private(set) var dirty: [Entry] = []
  /// All steps in the order in which they came, which is the journal's.
  private var log: [LogEntry] = []
  /// Names of new carts, and of orders, that only this unit knows.
  private(set) var newNames: [String: Int64] = [:]
  private(set) var newOrders: [String: Int64] = [:]
  private var keyAfterFlush: [Int64: Int64] = [:]
  private var nextProvisional: Int64 = -1
  private var dataVersion: Int64?

  private enum LogEntry {
    /// Events that belong to no cart.
    case loose(Step)
    /// The step of a cart, by its place among the cart's own.
    case cart(Entry, Int)
  }

  /// One cart with what was done to it and not yet flushed.
  final class Entry {
    /// As the store had it; nil for a new one.
    fileprivate(set) var base: Cart?
    fileprivate(set) var cart: Cart
    fileprivate(set) var steps: [Step] = []

    init(base: Cart?, cart: Cart) {
      self.base = base
      self.cart = cart
    }
  }

  /// One command, and the events that it became.
  struct Step {
    var command: Command?
    var events: [EventBody]
    var actor: Actor
    var at: Timestamp
    var operation: OperationSlot
    /// Keys for the events where the world outside gave one; else they are made.
    var keys: [EventKey] = []
    var origin = ""
  }

  /// An operation that gets its number when it is first flushed.
  final class OperationSlot {
    var operation: Operation
    let parent: OperationSlot?
    var id: Int64?
    /// Carts that an earlier flush of this operation changed.
    var carts: Set<Int64> = []

    init(_ operation: Operation, parent: OperationSlot? = nil) {
      self.operation = operation
      self.parent = parent
    }
  }

  init(store: CartStore) { self.store = store }

  var isClean: Bool { log.isEmpty }

  /// The cart as this run sees it; nil where there is none.
  func entry(_ key: Int64) throws(StoreError) -> Entry? {
    let key = keyAfterFlush[key] ?? key
    if let entry = entries[key] { return entry }
    guard key > 0, let cart = try store.cart(key) else { return nil }
    let entry = Entry(base: cart, cart: cart)
    entries[key] = entry
    return entry
  }

  func key(named name: String) throws(StoreError) -> Int64? {
    if let key = newNames[name] { return key }
    return try store.key(named: name)
  }

  func key(order: String) throws(StoreError) -> Int64? {
    if let key = newOrders[order] { return key }
    return try store.key(order: order)
  }

  /// Puts a new cart in; it is stored with the next flush.
  func create(id: String, _ step: Step) -> Entry {
    var cart = Cart(key: nextProvisional, id: id, currency: .eur, at: step.at)
    nextProvisional -= 1
    newNames[id] = cart.key
    cart.head = 0
    let entry = Entry(base: nil, cart: cart)
    entries[cart.key] = entry
    add(step, to: entry)
    return entry
  }

  /// Applies a step to a cart.
  func add(_ step: Step, to entry: Entry) {
    if entry.steps.isEmpty { dirty.append(entry) }
    log.append(.cart(entry, entry.steps.count))
    entry.steps.append(step)
    for body in step.events {
      let event = Event(
        seq: entry.cart.head, cart: entry.cart.key, version: entry.cart.version + 1, operation: 0,
        actor: step.actor, at: step.at, body: body)
      entry.cart.apply(event)
      if case .cartOrdered(let record) = body { newOrders[record.id] = entry.cart.key }
    }
  }

  /// Adds events that belong to no cart.
  func add(loose step: Step) { log.append(.loose(step)) }

  /// Forgets carts without changes, so that they are read afresh.
  func refresh() {
    guard !dirty.isEmpty else {
      entries.removeAll(keepingCapacity: true)
      return
    }
    entries = entries.filter { !$0.value.steps.isEmpty }
  }

  /// Drops all that was not flushed.
  func discard() {
    for entry in dirty { entries[entry.cart.key] = nil }
    dirty = []
    log = []
    newNames = [:]
    newOrders = [:]
  }

  /// Writes all steps in one transaction.
  ///
  /// A cart that somebody else changed since it was read has its commands decided again on what it
  /// is now; what then fails is in the result, and the cart is left as it is.
  func flush(_ shop: Shop) throws -> [Int64: EngineError] {
    guard !isClean else { return [:] }
    var failed: [Int64: EngineError] = [:]
    let result = try store.write(recorded: shop.now()) { writer in
      var flusher = UnitFlusher(writer: writer, shop: shop)
      let version = try store.dataVersion()
      let othersWrote = version != dataVersion
      var works: [ObjectIdentifier: UnitFlusher.Work] = [:]
      for entry in dirty {
        do throws(EngineError) {
          if othersWrote { try rebase(entry, shop) }
        } catch { failed[entry.cart.key] = error }
      }
      for item in log {
        switch item {
        case .loose(let step): try flusher.write(loose: step)
        case .cart(let entry, let index):
          if !failed.isEmpty, failed[entry.cart.key] != nil { continue }
          let id = ObjectIdentifier(entry)
          let work = try works[id] ?? flusher.begin(entry.cart, base: entry.base)
          if index == 0 { works[id] = work }
          try flusher.write(entry.steps[index], work)
        }
      }
      var saved: [(Entry, Cart)] = []
      for entry in dirty {
        guard let work = works[ObjectIdentifier(entry)] else { continue }
        try flusher.end(work)
        saved.append((entry, work.cart))
      }
      return (saved, version, flusher.operations)
    }
    for (slot, id) in result.2 { slot.id = id }
    let leftovers = Leftovers(steps: dirty.map(\.steps), log: log)
    for entry in dirty { entry.steps = [] }
    log = []
    leftovers.free()
    for (entry, cart) in result.0 {
      if entry.cart.key != cart.key {
        keyAfterFlush[entry.cart.key] = cart.key
        entries[entry.cart.key] = nil
      }
      entry.cart = cart
      entry.base = cart
      entries[cart.key] = entry
    }
    for key in failed.keys { entries[key] = nil }
    dirty = []
    log = []
    newNames = [:]
    newOrders = [:]
    if dataVersion != result.1 {
      entries = entries.filter { saved in result.0.contains { $0.0 === saved.value } }
      dataVersion = result.1
    }
    if entries.count > 50_000 { entries.removeAll(keepingCapacity: true) }
    return failed
  }

  /// What a flush leaves behind: freeing ten thousand events takes a fifth of the time of an import,
  /// and another thread can do it.
  private final class Leftovers: @unchecked Sendable {
    private var steps: [[Step]]
    private var log: [LogEntry]

    init(steps: [[Step]], log: [LogEntry]) {
      self.steps = steps
      self.log = log
    }

    /// Nobody else may hold on to them any more.
    func free() {
      guard steps.count > 1000 else { return }
      DispatchQueue.global(qos: .utility).async {
        self.steps = []
        self.log = []
      }
    }
  }

  /// Decides the entry's commands again if the stored cart is not the one they were decided on.
  private func rebase(_ entry: Entry, _ shop: Shop) throws(EngineError) {
    do {
      guard let base = entry.base else {
        if try store.key(named: entry.cart.id) != nil {
          throw ModelError(.conflict, "cart \(entry.cart.id): another process has made it")
        }
        return
      }
      guard try store.version(of: base.key) != base.version else { return }
      guard let current = try store.cart(base.key) else { return }
      let steps = entry.steps
      entry.base = current
      entry.cart = current
      entry.steps = []
      var decided: [Step] = []
      for var step in steps {
        guard let command = step.command else {
          throw ModelError(
            .conflict, "cart \(current.id): changed while this was worked out; do it again")
        }
        step.events = try decide(command, on: entry.cart, shop.settings)
        step.at = max(step.at, entry.cart.updated)
        for body in step.events {
          entry.cart.apply(
            Event(
              seq: 0, cart: current.key, version: entry.cart.version + 1, operation: 0,
              actor: step.actor, at: step.at, body: body))
        }
        decided.append(step)
      }
      entry.steps = decided
    } catch { throw EngineError(error) }
  }
}
