import CartModel
import CartStore

/// What a run did, in truthful numbers.
public struct Outcome: Equatable, Sendable {
  /// The operation's number; nil where nothing was saved.
  public var operation: Int64?
  public var carts: Int
  public var events: Int
  /// Whether something left the house that undo cannot take back.
  public var isFinal = false
  /// Carts that somebody else had changed so that the command no longer fits.
  public var failures: [EngineError]
}

/// The one way to change carts: commands in, events out.
///
/// The mode says what becomes of the unit of work: `live` flushes it, `sandbox` never does.
public final class CommandHandler {
  public let shop: Shop
  public let mode: Mode
  /// The clock of this run, fixed when it began.
  public private(set) var now: Timestamp
  public var actor: Actor
  private let unit: UnitOfWork
  private var slot: UnitOfWork.OperationSlot?
  private var changed: Set<Int64> = []
  private var eventCount = 0
  private var isFinal = false
  private var failures: [EngineError] = []
  private var lastFlush: Timestamp

  /// Whether a write to many carts may go on; asked for once a run.
  public var consent: Consent

  public enum Mode: String, Sendable { case live, sandbox }

  public enum Consent: Equatable, Sendable {
    /// Somebody is there to be asked at the end.
    case askAtEnd
    /// Nobody can be asked: more carts than the settings allow are an error.
    case refuse
    /// Yes to all.
    case given
    /// Yes to this many carts.
    case upTo(Int64)
  }

  static let flushInterval: Int64 = 100
  static let flushCarts = 256

  public init(_ shop: Shop, mode: Mode = .live, actor: Actor, consent: Consent = .refuse) {
    self.shop = shop
    self.mode = mode
    self.actor = actor
    self.consent = consent
    now = shop.now()
    lastFlush = now
    unit = UnitOfWork(store: shop.store)
  }

  // MARK: A run

  /// Starts a run: one verb, one chunk, one script.
  ///
  /// - Parameter command: what was typed, for the list of operations.
  public func begin(
    _ command: String, kind: Operation.Kind = .change, target: Int64? = nil,
    targetCart: Int64? = nil, reason: String = "", at: Timestamp? = nil
  ) {
    if mode == .live { unit.refresh() }
    revision += 1
    now = at ?? shop.now()
    lastFlush = shop.now()
    changed = []
    eventCount = 0
    isFinal = false
    failures = []
    slot = UnitOfWork.OperationSlot(
      Operation(
        key: "", actor: actor, kind: kind, command: String(command.prefix(2000)), at: now,
        target: target, targetCart: targetCart, reason: reason))
  }

  /// Says why; an operation has one reason, the first that is given.
  ///
  /// - Throws: `refused` for a NUL or more than 2000 bytes.
  public func note(reason: String) throws(EngineError) {
    guard reason.utf8.count <= 2000, !reason.utf8.contains(0) else {
      throw EngineError(
        .refused,
        "reason: expected at most 2000 bytes without a NUL, got \(quoted(reason)) of "
          + "\(reason.utf8.count) bytes")
    }
    if currentSlot.operation.reason.isEmpty { currentSlot.operation.reason = reason }
  }

  /// Counts what may have changed the carts as this run sees them.
  public private(set) var revision = 0

  /// How many carts this run has changed.
  public var changedCarts: Int { changed.count }
  /// Whether anything of this run is saved already.
  public var hasFlushed: Bool { slot?.id != nil }
  public var operationNumber: Int64? { slot?.id }
  public var needsConfirmation: Bool {
    consent == .askAtEnd && Int64(changed.count) > shop.settings.confirmAbove
  }

  /// Ends a run: saves what is left, in live mode.
  public func finish() throws(EngineError) -> Outcome {
    if mode == .live { try flush() }
    let outcome = Outcome(
      operation: slot?.id, carts: changed.count - failures.count, events: eventCount,
      isFinal: isFinal, failures: failures)
    return outcome
  }

  /// Ends a run that failed: drops what was not saved and says what was.
  public func abandon() -> Outcome {
    if mode == .live { unit.discard() }
    revision += 1
    return Outcome(
      operation: slot?.id, carts: slot?.carts.count ?? 0, events: eventCount, failures: failures)
  }

  // MARK: Reading

  public func cart(_ key: Int64) throws(EngineError) -> Cart? {
    do throws(StoreError) { return try unit.entry(key)?.cart } catch { throw EngineError(error) }
  }

  public func key(named name: String) throws(EngineError) -> Int64? {
    do throws(StoreError) { return try unit.key(named: name) } catch { throw EngineError(error) }
  }

  public func key(order: String) throws(EngineError) -> Int64? {
    do throws(StoreError) { return try unit.key(order: order) } catch { throw EngineError(error) }
  }

  public var context: FilterContext { FilterContext(now: now, settings: shop.settings) }

  /// The keys of the carts that match, as this run sees them.
  public func keys(matching filter: Filter) throws(EngineError) -> [Int64] {
    do {
      if unit.dirty.isEmpty { return try shop.store.keys(matching: filter, context) }
      let mine = Set(unit.dirty.map(\.cart.key))
      var carts: [Cart] = []
      for key in try shop.store.keys(matching: filter, context, excluding: mine) {
        if let cart = try shop.store.cart(key) { carts.append(cart) }
      }
      carts += unit.dirty.map(\.cart).filter { filter.matches($0, context) }
      return filter.arrange(carts, context).map(\.key)
    } catch { throw EngineError(error) }
  }

  /// Finds the one cart that a name means: an id, an alias, or a prefix of at least 4 characters.
  public func find(_ name: String) throws(EngineError) -> Int64 {
    if let key = try key(named: name) { return key }
    guard name.count >= 4 else {
      throw EngineError(
        .notFound,
        "cart \(quoted(name)): expected an id or at least its first 4 characters")
    }
    var keys: Set<Int64>
    do throws(StoreError) {
      keys = Set(try shop.store.keys(prefix: name, limit: 6))
    } catch { throw EngineError(error) }
    keys.formUnion(unit.newKeys(prefix: name))
    guard let key = keys.first else {
      throw EngineError(.notFound, "cart \(quoted(name)): there is none of this id")
    }
    guard keys.count == 1 else {
      var names: [String] = []
      for key in keys.sorted().prefix(5) { names.append(try cart(key)?.id ?? "") }
      throw EngineError(
        .ambiguous,
        "cart \(quoted(name)): several begin so: \(names.joined(separator: ", "))"
          + (keys.count > 5 ? ", …" : "") + "; type more of it")
    }
    return key
  }

  // MARK: Changing

  /// Decides a command on a cart and puts its events into the unit of work.
  ///
  /// - Returns: the cart as it then is.
  /// - Throws: `refused`, `notFound`, `conflict`, `unconfirmed`.
  @discardableResult
  public func execute(_ command: Command, on key: Int64) throws(EngineError) -> Cart {
    let entry: UnitOfWork.Entry
    do {
      guard let found = try unit.entry(key) else {
        throw EngineError(.notFound, "cart: it does not exist any more")
      }
      entry = found
      var command = pinned(command, entry.cart)
      if case .order(var request) = command, request.id.isEmpty {
        request.id = try OrderNumbers.next(shop) { try unit.key(order: $0) != nil }
        command = .order(request)
      }
      let events = try decide(command, on: entry.cart, shop.settings)
      guard !events.isEmpty else { return entry.cart }
      try willChange(entry.cart.key)
      if events.contains(where: \.isFinal) { isFinal = true }
      unit.add(step(command, events, at: max(now, entry.cart.updated)), to: entry)
      eventCount += events.count
      revision += 1
    } catch { throw EngineError(error) }
    try flushIfDue()
    return entry.cart
  }

  /// Makes a new cart.
  public func create(
    id: String? = nil, currency: Currency? = nil, _ fields: [ShopperField: String] = [:]
  ) throws(EngineError) -> Cart {
    let name = id ?? shop.newID()
    guard try key(named: name) == nil else {
      throw EngineError(.conflict, "cart \(quoted(name)): exists already")
    }
    let command = Command.create(currency ?? shop.settings.currency, fields)
    do {
      let events = try decide(command, on: nil, shop.settings)
      try willChange(0)
      let entry = unit.create(id: name, step(command, events, at: now))
      changed.remove(0)
      changed.insert(entry.cart.key)
      eventCount += events.count
      revision += 1
      return entry.cart
    } catch { throw EngineError(error) }
  }

  /// Puts events into the unit that were decided elsewhere: undo.
  func record(_ events: [EventBody], on key: Int64) throws(EngineError) {
    do {
      guard let entry = try unit.entry(key) else { return }
      try willChange(entry.cart.key)
      unit.add(step(nil, events, at: max(now, entry.cart.updated)), to: entry)
      eventCount += events.count
      revision += 1
    } catch { throw EngineError(error) }
  }

  /// Does work under an operation of its own, between what this run did before and does after.
  func separately<T>(_ operation: Operation, _ body: () throws(EngineError) -> T)
    throws(EngineError) -> (T, Int64?)
  {
    if mode == .live { try flush() }
    let outer = (slot, changed, eventCount, isFinal)
    (slot, changed, eventCount) = (UnitOfWork.OperationSlot(operation), [], 0)
    defer { (slot, changed, eventCount, isFinal) = outer }
    do throws(EngineError) {
      let result = try body()
      if mode == .live { try flush() }
      return (result, slot?.id)
    } catch {
      unit.discard()
      revision += 1
      throw error
    }
  }

  /// Remembers, for the moment of commit, the quantity that the line had when it was decided.
  private func pinned(_ command: Command, _ cart: Cart) -> Command {
    switch command {
    case .setQuantity(let line, let quantity, nil):
      guard let index = try? cart.index(of: line) else { return command }
      return .setQuantity(
        .id(cart.lines[index].id), quantity, expected: cart.lines[index].quantity)
    case .remove(let line, nil):
      guard let index = try? cart.index(of: line) else { return command }
      return .remove(.id(cart.lines[index].id), expected: cart.lines[index].quantity)
    default: return command
    }
  }

  private func step(_ command: Command?, _ events: [EventBody], at time: Timestamp)
    -> UnitOfWork.Step
  {
    UnitOfWork.Step(
      command: command, events: events, actor: actor, at: time, operation: currentSlot)
  }

  private var currentSlot: UnitOfWork.OperationSlot {
    if slot == nil { begin("") }
    guard let slot else {
      return UnitOfWork.OperationSlot(Operation(key: "", actor: actor, command: "", at: now))
    }
    return slot
  }

  private func willChange(_ key: Int64) throws(EngineError) {
    guard mode == .live, !changed.contains(key) else { return }
    let count = Int64(changed.count + 1)
    switch consent {
    case .refuse where count > shop.settings.confirmAbove:
      throw EngineError(
        .unconfirmed,
        "this changes more than \(shop.settings.confirmAbove) carts and nobody confirmed it; "
          + "nothing was changed; run it with --yes, or with confirm=N")
    case .upTo(let limit) where count > limit:
      throw EngineError(
        .unconfirmed, "this changes more than the \(limit) carts that were confirmed")
    default: break
    }
    changed.insert(key)
  }

  private func flushIfDue() throws(EngineError) {
    guard mode == .live, consent == .given || hasFlushed else { return }
    guard
      unit.dirty.count >= Self.flushCarts
        || shop.now().milliseconds - lastFlush.milliseconds >= Self.flushInterval
    else { return }
    try flush()
  }

  private func flush() throws(EngineError) {
    guard !unit.isClean else { return }
    do {
      try recordSettings()
      let slot = currentSlot
      if slot.operation.key.isEmpty { slot.operation.key = shop.newOperationKey() }
      failures += try unit.flush(shop).compactMap(\.error)
      revision += 1
      lastFlush = shop.now()
    } catch { throw EngineError(error) }
  }

  /// Journals the settings when they are not the recorded ones, as an operation of their own.
  private func recordSettings() throws {
    let current = shop.settings.json
    guard current != shop.recordedSettings,
      !(shop.recordedSettings.isEmpty && shop.settings == StoreSettings())
    else { return }
    let own = UnitOfWork(store: shop.store)
    let operation = Operation(
      key: shop.newOperationKey(), actor: actor, command: "settings", at: now)
    own.add(
      loose: .init(
        command: nil,
        events: [.settingsChanged(before: shop.recordedSettings, after: current)],
        actor: actor, at: now, operation: .init(operation)))
    _ = try own.flush(shop)
    shop.recorded(current)
  }
}
