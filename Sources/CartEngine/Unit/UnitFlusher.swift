import CartModel
import CartStorage

/// Turns the steps of a unit of work into event log rows, states, counters and names.
struct UnitFlusher {
  let writer: any WriteTransaction
  /// Operations that got their number in this flush.
  private(set) var operations: [(UnitOfWork.OperationSlot, Int64)] = []
  /// What is to be done outside for what was written.
  private(set) var effects: [Commit.Requested] = []
  private var numbers: [ObjectIdentifier: Int64] = [:]
  /// The versions of rules that are recorded; nil until they were asked for.
  private var ruleVersions: [RuleVersion]?

  init(writer: any WriteTransaction) { self.writer = writer }

  /// A cart between its first and its last step of this flush.
  final class Work {
    fileprivate let key: Int64
    fileprivate var version: Int64
    fileprivate var head: Int64
    fileprivate let wasOrdered: Bool
    /// Whether a store numbers its orders.
    fileprivate let isOfStore: Bool
    /// The operation of its latest step.
    fileprivate var latest: ObjectIdentifier?
    /// The number that its order got instead of one that was taken.
    fileprivate var order: String?
    /// Its stored events before this flush.
    fileprivate let stored: StoredHistory?
    /// Whether an import brought one of the operations of this flush.
    fileprivate var isBrought = false
    /// What this flush wrote of it so far.
    fileprivate var written: [Event] = []
    /// Operations that are marked as making up for others: what they do is not counted.
    fileprivate var compensating: Set<Int64> = []
    var isRenumbered: Bool { order != nil }

    fileprivate init(
      key: Int64, version: Int64, head: Int64, wasOrdered: Bool, isOfStore: Bool,
      stored: StoredHistory?
    ) {
      self.key = key
      self.isOfStore = isOfStore
      self.stored = stored
      self.version = version
      self.head = head
      self.wasOrdered = wasOrdered
    }
  }

  /// Gives an operation its number.
  mutating func begin(_ slot: UnitOfWork.OperationSlot) throws { _ = try number(slot) }

  /// Begins with a cart as the writer knows it; gives a new one its key and name.
  ///
  /// - Parameters:
  ///   - isOfStore: whether a store numbers its orders.
  ///   - history: its stored events as they were read before; nil where nobody asked.
  func begin(_ cart: Batch.Stored, isOfStore: Bool, history: StoredHistory?) throws -> Work {
    if let base = cart.base {
      // Events are never changed: those that lead to the same one are the same.
      let isCurrent = history?.events.last?.seq == base.head
      return Work(
        key: base.key, version: base.version, head: base.head, wasOrdered: base.isOrdered,
        isOfStore: isOfStore, stored: isCurrent ? history : nil)
    }
    let key = try writer.nextCart()
    try writer.add(alias: cart.name, for: key)
    return Work(
      key: key, version: 0, head: 0, wasOrdered: false, isOfStore: isOfStore,
      stored: StoredHistory())
  }

  /// Writes one step's events.
  mutating func write(_ step: UnitOfWork.Step, _ work: Work) throws {
    let operation = try number(step.operation)
    if work.latest != ObjectIdentifier(step.operation) {
      work.latest = ObjectIdentifier(step.operation)
      if step.operation.parent != nil { work.isBrought = true }
      if step.operation.carts.insert(work.key).inserted {
        writer.countCart(of: operation)
      } else if step.operation.operation.kind.isReversal {
        let history = History(try stored(work).events, id: "")
        work.compensating.formUnion(history.compensatingOperations())
      }
    }
    for (index, body) in step.events.enumerated() {
      work.version += 1
      let event = Event(
        seq: 0, cart: work.key, version: work.version, operation: operation,
        actor: step.actor, at: step.at, body: try numbered(body, work, step))
      let identity = step.identity(of: index)
      work.head = try writer.append(
        event, prev: work.head, key: identity.key, origin: identity.origin)
      try count(event, work)
      if let binding = event.body.binding { try name(work, binding.storeID) }
      work.written.append(event)
    }
    for effect in step.effects {
      effects.append(
        .init(effect: effect, cart: work.key, version: work.version, operation: operation))
    }
  }

  /// Gives a cart the name that its store calls it by.
  private func name(_ work: Work, _ name: String) throws {
    guard let other = try writer.key(named: name) else {
      return try writer.add(alias: name, for: work.key)
    }
    guard other == work.key else {
      throw ModelError(.conflict, "cart \(name): another cart has this id")
    }
  }

  /// Saves a cart as its steps made it, with its key and head.
  func end(_ work: Work, _ cart: inout Cart) throws {
    cart.key = work.key
    cart.head = work.head
    if let order = work.order { cart.order?.id = order }
    if cart.state == .ordered, !work.wasOrdered, let order = cart.order {
      try writer.add(order: order.id, for: cart.key)
    }
    try writer.save(cart)
  }

  /// Writes events that belong to no cart.
  mutating func write(loose step: UnitOfWork.Step) throws {
    let operation = try number(step.operation)
    var events = step.events
    // Another process may have put an entry on that is about the same.
    for case .entryAdded(let entry) in step.events where !step.isImported {
      let removed = step.events.compactMap {
        if case .entryRemoved(let old) = $0 { old.id } else { nil }
      }
      for old in try writer.entries(about: entry)
      where old.id != entry.id && !removed.contains(old.id) {
        events.insert(.entryRemoved(old), at: 0)
      }
    }
    events = try events.compactMap { body in
      guard case .ruleVersioned(let version) = body, !step.isImported else { return body }
      return try numbered(version).map { .ruleVersioned($0) }
    }
    for (index, body) in events.enumerated() {
      let event = Event(
        seq: 0, cart: 0, version: 0, operation: operation, actor: step.actor, at: step.at,
        body: body)
      let identity = step.identity(of: index)
      try writer.append(event, prev: 0, key: identity.key, origin: identity.origin)
      switch body.ofShop {
      case .product(let product): try writer.save(product)
      case .customer(let key, let changes):
        var shopper = try writer.customer(key) ?? Shopper()
        for change in changes { shopper[change.field] = change.after }
        try writer.save(customer: key, shopper)
      case .settings(let after): try writer.set(SettingName.settings, after)
      case .entryAdded(let entry): try writer.save(entry)
      case .entryRemoved(let entry): try writer.remove(entry)
      case .rule(.source(let digest, let text)): try writer.save(source: digest, text)
      case .rule(.decision(let decision)):
        let stored = step.about > 0 ? step.about : try writer.key(named: decision.cart)
        if let stored { try writer.save(decision, on: stored, at: step.at) }
      case .rule(.version), .rule(.setting), .rule(.policyRun), nil: break
      }
    }
  }

  /// Another process may have recorded the same version, or another of the same number, meanwhile.
  private mutating func numbered(_ version: RuleVersion) throws -> RuleVersion? {
    var (newest, version) = (Int64(0), version)
    let stored: [RuleVersion] =
      try ruleVersions
      ?? {
        try writer.ruleEvents().compactMap {
          if case .ruleVersioned(let known) = $0.body { known } else { nil }
        }
      }()
    ruleVersions = stored
    for known in stored where known.rule == version.rule {
      if known.number == version.number, known.isSame(as: version) { return nil }
      newest = max(newest, known.number)
    }
    version.number = max(version.number, newest + 1)
    ruleVersions?.append(version)
    return version
  }

  private mutating func number(_ slot: UnitOfWork.OperationSlot) throws -> Int64 {
    if let id = slot.id ?? numbers[ObjectIdentifier(slot)] { return id }
    var operation = slot.operation
    // Another import may have brought the same group meanwhile: then its own is not begun for it.
    var known: Int64?
    if let parent = slot.parent {
      known = try writer.operation(key: operation.key)
      if known == nil { operation.parent = try number(parent) }
    }
    let begun =
      if let known { (id: known, isNew: false) } else { try writer.begin(operation) }
    if !begun.isNew, let stored = try writer.operation(begun.id) {
      slot.carts = Set(try writer.carts(of: stored))
    }
    numbers[ObjectIdentifier(slot)] = begun.id
    operations.append((slot, begun.id))
    return begun.id
  }

  /// The events of a cart before this flush.
  private func stored(_ work: Work) throws -> StoredHistory {
    if let stored = work.stored { return stored }
    var history = try writer.histories(of: [work.key])[work.key] ?? StoredHistory()
    history.events.removeAll { $0.version > work.version - Int64(work.written.count) }
    return history
  }

  /// Another process may have taken the order number that this run foresaw; what a file states stays.
  private func numbered(_ body: EventBody, _ work: Work, _ step: UnitOfWork.Step) throws
    -> EventBody
  {
    guard case .cartOrdered(var record) = body else { return body }
    // A store numbers its orders itself.
    guard !work.isOfStore else { return body }
    if !step.isImported, Int64(record.id) != nil, try writer.key(order: record.id) != nil {
      record.id = try OrderNumbers.next(writer) { try writer.key(order: $0) != nil }
      work.order = record.id
    }
    try OrderNumbers.took(record.id, writer)
    return .cartOrdered(record)
  }

  /// Compensating events do not count; instead the undone ones are taken out where they happened.
  private func count(_ event: Event, _ work: Work) throws {
    if let mark = event.body.mark {
      work.compensating.insert(event.operation)
      if !mark.groups.isEmpty { try writer.set(SettingName.undoneGroups, "1") }
      return try recount(event, work)
    }
    guard !work.compensating.contains(event.operation) else { return }
    try ProductCounter.count(event.body, at: event.at, sign: 1, writer)
  }

  /// Corrects the product counters by the events that a mark changes: an import may hold groups that
  /// are undone already.
  private func recount(_ mark: Event, _ work: Work) throws {
    let stored = try stored(work)
    let events = stored.events + work.written
    let parents = work.isBrought ? try writer.parents(in: events) : stored.parents
    let before = History(events, id: "", parents: parents)
    let after = History(events + [mark], id: "", parents: parents)
    let compensating = after.compensatingOperations()
    let (undoneBefore, undoneAfter) = (before.undone(), after.undone())
    for event in events
    where !event.body.stands && !compensating.contains(event.operation) {
      let was = before.isUndone(event.operation, undoneBefore)
      let now = after.isUndone(event.operation, undoneAfter)
      guard was != now else { continue }
      try ProductCounter.count(event.body, at: event.at, sign: now ? -1 : 1, writer)
    }
  }
}
