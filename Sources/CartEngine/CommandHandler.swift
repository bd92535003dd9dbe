import CartModel
import CartStore
import CartSupport

/// What a run did, in truthful numbers.
public struct Outcome: Equatable, Sendable {
  /// The operation's number; nil where nothing was saved.
  public var operation: Int64?
  /// The verb that takes it back, `.undo 7`, or `.redo 5` for what took 5 back; empty where nothing
  /// was saved.
  public var reversal: String
  public var carts: Int
  public var events: Int
  /// What of it was saved.
  public var changes = RunChanges()
  /// Whether an order or mail was made, which cannot be undone.
  public var isFinal = false
  /// Carts that were left as they are: another writer had changed them so that the command no longer
  /// fits, or a bulk run failed on them.
  public var failures: [EngineError]
  /// The bulk jobs that this run was, or went on with.
  public var jobs: [Job]
  /// What rules and lists did beside it.
  public var rules: [RuleOperation]

  public struct RuleOperation: Equatable, Sendable {
    public var operation: Int64
    public var actor: Actor
    public var carts: Int
  }

  /// The one to speak of first: that is not finished, or failed on a cart, or came last.
  public var job: Job? {
    jobs.first { !$0.isFinished } ?? jobs.first { $0.failed > 0 } ?? jobs.last
  }
}

/// The one way to change carts: commands in, events out.
///
/// The mode says what becomes of the unit of work: `live` flushes it, `plan` and `sandbox` never do.
public final class CommandHandler {
  public let shop: Shop
  public internal(set) var mode: Mode
  /// The clock of this run, fixed when it began.
  public internal(set) var now: Timestamp
  public var actor: Actor
  /// Whether a write to many carts may go on; asked for once a run.
  public var consent: Consent
  /// Called with how many carts of a bulk run are done, of how many.
  public var onProgress: ((_ done: Int, _ total: Int) -> Void)?
  /// Told how many bytes the unsaved changes take; gives the bound that this exceeds, if any.
  public var exceededBound: ((_ bytes: Int) -> Int?)?
  /// Called when something of the run was saved.
  public var onSaved: (() -> Void)?
  /// Asked between the carts of a bulk run; true ends it there.
  public var shouldStop: (() -> Bool)?
  /// Whether what cannot be undone wants a yes of its own, though the carts were confirmed.
  public var asksForFinal = false

  let unit: UnitOfWork
  var slot: UnitOfWork.OperationSlot?
  /// Operations within this run that are none of its own: undo, redo, and what rules and lists did.
  var others: [UnitOfWork.OperationSlot] = []
  var changed: Set<Int64> = []
  /// Carts of which the run only notes that an operation is undone: that changes nothing of them.
  var marked: Set<Int64> = []
  var written = RunChanges()
  var eventCount = 0
  var isFinal = false
  var failures: [EngineError] = []
  /// Carts whose changes were refused when they were written.
  var lost: Set<Int64> = []
  /// Why the run cannot end well, whatever a script makes of it: too many carts for what was
  /// confirmed, or a write that failed.
  var refusal: EngineError?
  var lastFlush: Timestamp
  /// The settings that rows were priced by last. Once is enough: two programs with other settings would
  /// go on pricing against each other.
  private var pricedBy: String?
  /// Set while everything is read as it stood then.
  public internal(set) var moment: Timestamp?
  /// The keys of carts that a plan of this run makes, by their names.
  var promised: [String: Int64] = [:]
  var past = PastCarts()
  var jobs = JobState()
  lazy var lists = ShopLists(shop.store)
  lazy var facts = SharedFacts(shop.store)
  /// Told how long work took that is not the asking script's: what many questions share; nanoseconds.
  public var onSharedWork: ((UInt64) -> Void)?
  /// Whether that work counts as the script's own and ends with its time.
  public var boundsSharedWork = false
  let unsaved = UnsavedFacts()
  /// Brings the rules; the lists are judged without it.
  public weak var judge: (any Judge)?
  /// Asks before what many carts, or what cannot be undone, is about.
  public private(set) lazy var confirmer = Confirmer(self)
  /// The cart that is looked at as it stood; see `looking(at:)`.
  var focus: Cart?
  /// The last event of the event log that counts for it.
  var focusSeq = Int64.max
  var guarding = GuardState(rewinds: 0)
  /// The entries of the blacklist that take changed carts out of sale; the others only keep them from
  /// being ordered.
  var holdingEntries: (ListEntry) -> Bool = { _ in true }

  public enum Mode: String, Sendable { case live, plan, sandbox }

  public enum Consent: Equatable, Sendable {
    /// A person can be asked at the end.
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
    prepareUnit()
  }

  /// Changes the mode; what was not saved is dropped.
  ///
  /// - Returns: how many changed carts were dropped.
  @discardableResult
  public func enter(_ mode: Mode) -> Int {
    let dropped = unit.dirty.count
    unit.discard()
    revision += 1
    self.mode = mode
    prepareUnit()
    return dropped
  }

  private func prepareUnit() {
    guard mode == .live else {
      // Nothing is written: a plan does not keep the earlier state of each of its carts.
      unit.onWritten = nil
      return unit.savepoint()
    }
    unit.onWritten = { [unowned self] in gather($0) }
  }

  // MARK: A run

  /// Starts a run: one verb, one chunk, one script.
  ///
  /// - Parameter command: what was typed, for the list of operations.
  public func begin(_ command: String) {
    // What an earlier run left behind without ending is none of this one's.
    if mode == .live { unit.discard() }
    shop.store.look()
    unit.refresh()
    revision += 1
    now = moment ?? shop.now()
    lastFlush = shop.now()
    (changed, marked, eventCount, isFinal) = ([], [], 0, false)
    written = RunChanges()
    unit.expected = [:]
    (failures, others, lost, refusal) = ([], [], [], nil)
    past = PastCarts()
    guarding = GuardState(rewinds: unit.rewinds)
    lists.refresh()
    jobs = JobState(origin: jobs.origin)
    slot = UnitOfWork.OperationSlot(
      Operation(key: "", actor: actor, command: String(command.prefix(2000)), at: now))
    beginSavepoint()
  }

  /// A run of the sandbox can be undone by itself, and one that may be asked about can become a
  /// plan.
  private func beginSavepoint() {
    switch mode {
    case .sandbox:
      while unit.savepoints.count > 1, unit.isIdle { unit.release() }
      unit.savepoint()
    case .live where consent == .askAtEnd: unit.savepoint()
    default: break
    }
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
    do throws(ModelError) { try CardNumber.refuse(reason, "reason") } catch {
      throw EngineError(.refused, error.message)
    }
    if currentSlot.operation.reason.isEmpty { currentSlot.operation.reason = reason }
  }

  /// Says whose cart it must be when what this run does to it is written.
  public func expect(_ shopper: Shopper, of key: Int64) { unit.expected[key] = shopper }

  /// The carts that lists or rules took out of sale in this run, as they are now.
  public func heldCarts() throws(EngineError) -> [Cart] {
    var carts: [Cart] = []
    for key in guarding.held {
      if let cart = try cart(key), cart.heldBy != nil { carts.append(cart) }
    }
    return carts
  }

  /// Counts what may have changed the carts as this run sees them.
  public internal(set) var revision = 0

  /// How many carts this run has changed.
  public var changedCarts: Int { changed.count }
  /// Whether anything of this run is saved already.
  public var hasFlushed: Bool { slot?.id != nil || others.contains { $0.id != nil } }
  public var operationNumber: Int64? { slot?.id }
  public var needsConfirmation: Bool {
    mode == .live && consent == .askAtEnd && Int64(changed.count) > shop.settings.confirmAbove
  }

  /// Ends a run: saves what is left, in live mode.
  public func finish() throws(EngineError) -> Outcome {
    if mode == .live {
      if let refusal { throw refusal }
      try checkReached()
      unit.savepoints = []
      try flush()
      try holdRefused()
    }
    if mode == .sandbox { try gatherChanges() }
    return Outcome(
      operation: saved?.id, reversal: reversal,
      carts: changed.count - lost.count, events: eventCount, changes: written, isFinal: isFinal,
      failures: failures, jobs: jobs.saved, rules: ruleOperations)
  }

  /// What the run did in the sandbox, which writes nothing.
  private func gatherChanges() throws(EngineError) {
    do throws(StoreError) {
      try unit.forEachChange(since: max(0, unit.savepoints.count - 1)) { change in
        gather(.init(before: change.before, after: change.entry.cart))
      }
    } catch { throw EngineError(error) }
  }

  private func gather(_ change: RunChanges.Change) {
    let key = change.after.key
    guard changed.contains(key) || !marked.contains(key) else { return }
    written.add(change, shop.settings)
  }

  /// Ends a run that failed: drops what was not saved and says what was.
  public func abandon() -> Outcome {
    switch mode {
    case .live:
      unit.discard()
      do throws(EngineError) { try holdRefused() } catch { failures.append(error) }
    case .plan: enter(.plan)
    case .sandbox: if unit.savepoints.count > 1 { unit.rollback() }
    }
    revision += 1
    return Outcome(
      operation: saved?.id, reversal: reversal,
      carts: (slot?.carts.count ?? 0) - jobs.carriedCarts,
      events: eventCount, changes: written, failures: failures, jobs: jobs.saved,
      rules: ruleOperations)
  }

  /// The operation that this run is known by.
  private var saved: UnitOfWork.OperationSlot? {
    slot?.id != nil
      ? slot : others.last { $0.id != nil && ($0.operation.kind != .change) }
  }

  /// What rules and lists did in this run, an operation each.
  private var ruleOperations: [Outcome.RuleOperation] {
    others.compactMap { slot in
      guard let id = slot.id, slot.operation.kind == .change, !slot.carts.isEmpty else {
        return nil
      }
      return .init(operation: id, actor: slot.operation.actor, carts: slot.carts.count)
    }
  }

  private var reversal: String {
    guard let saved, let id = saved.id else { return "" }
    switch (saved.operation.kind, saved.operation.target) {
    case (.undo, let target?): return ".redo \(target)"
    case (.redo, let target?): return ".undo \(target)"
    default: return ".undo \(id)"
    }
  }

  /// The carts that rules and lists did something to in this run, as far as it is saved: another
  /// process may have been first.
  public var cartsOfRules: Set<Int64> {
    others.reduce(into: []) { set, slot in
      if slot.operation.kind == .change { set.formUnion(slot.carts) }
    }
  }

  /// Does work under an operation of its own, within this run.
  func within<T>(_ operation: Operation, _ body: () throws(EngineError) -> T) throws(EngineError)
    -> T
  {
    let (outer, own) = (currentSlot, UnitOfWork.OperationSlot(operation))
    slot = own
    others.append(own)
    defer { slot = outer }
    return try body()
  }

  var currentSlot: UnitOfWork.OperationSlot {
    if slot == nil { begin("") }
    if let slot { return slot }
    let made = UnitOfWork.OperationSlot(Operation(key: "", actor: actor, command: "", at: now))
    slot = made
    return made
  }

  // MARK: Saving

  func flushIfDue() throws(EngineError) {
    guard mode == .live, unit.savepoints.isEmpty, consent == .given || hasFlushed else { return }
    guard
      unit.dirty.count >= Self.flushCarts || unit.log.count >= 20 * Self.flushCarts
        || shop.now().milliseconds - lastFlush.milliseconds >= Self.flushInterval
    else { return }
    try flush()
  }

  func flush() throws(EngineError) {
    guard !unit.isClean || jobs.isUnsaved else { return }
    do {
      resetCaps()
      try shop.recordSettings(by: actor, at: now)
      for slot in [currentSlot] + others where slot.operation.key.isEmpty {
        slot.operation.key = shop.newOperationKey()
      }
      if unit.isClean {
        try shop.store.write(recorded: shop.now()) { try saveJobs($0, []) }
      } else {
        for failure in try unit.flush(shop, alongside: saveJobs, checkOrder: checkOrder) {
          if let error = failure.error { failures.append(error) }
          lost.insert(failure.cart)
        }
      }
      jobs.wereSaved()
      // A new cart has another key from now on.
      for key in changed where key < 0 {
        guard let stored = try unit.entry(key)?.cart.key, stored > 0 else { continue }
        changed.remove(key)
        changed.insert(stored)
      }
      revision += 1
      lastFlush = shop.now()
      lists.refresh()
      try priceRows()
      onSaved?()
    } catch {
      // What was acknowledged to the script is lost with it: the run cannot end as if it were not.
      let error = EngineError(error)
      refusal = error
      throw fatal(error)
    }
  }

  /// Prices the rows again when the settings have changed; a program whose settings are not the recorded
  /// ones leaves that to those who have them.
  private func priceRows() throws {
    guard pricedBy != shop.recordedSettings, unit.isClean, shop.store.leftUnpriced,
      try shop.store.needsPricing(),
      try shop.store.meta("settings") == shop.recordedSettings
    else { return }
    pricedBy = shop.recordedSettings
    try shop.store.priceRows(recorded: shop.now())
  }
}
