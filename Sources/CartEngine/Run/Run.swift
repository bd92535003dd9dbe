import CartModel
import CartStorage
import CartSupport

/// One run over a shop: a verb, a chunk or a script, from its begin to its end.
///
/// It is made by ``CommandHandler/begin(_:)``, and nothing can be changed without one. What belongs to one
/// run alone stands here and is gone with it.
public final class Run {
  /// The open shop that it works on.
  unowned let handler: CommandHandler
  var slots: OperationSlots
  /// What it did so far.
  var tally = RunTally()
  /// Why the run cannot end well, whatever a script makes of it: too many carts for what was
  /// confirmed, or a write that failed.
  var refusal: EngineError?
  /// When it saw the carts of stores.
  let looks = ObservedLooks()
  /// Ends a bulk loop: no more carts would fare better.
  var fatal: EngineError?
  /// What lists and rules did in it.
  var judged: GuardState
  /// What it knows of its bulk loops.
  var loops: JobState
  /// The keys of carts that a plan of this run makes, by their names.
  var promised: [String: Int64] = [:]
  /// Whose a cart must be when it is written.
  private var expected: [Int64: Shopper] = [:]
  private var lastFlush: Timestamp

  private static let flushInterval: Int64 = 100
  private static let flushCarts = 1_024

  init(_ handler: CommandHandler, command: String, at time: Timestamp) {
    self.handler = handler
    slots = OperationSlots(
      Operation(key: "", actor: handler.actor, command: String(command.prefix(2000)), at: time))
    judged = GuardState(rewinds: handler.unit.rewinds)
    loops = JobState(origin: handler.hooks.jobOrigin)
    lastFlush = handler.shop.now()
  }

  var shop: Shop { handler.shop }
  var unit: UnitOfWork { handler.unit }
  var reader: CartReader { handler.reader }
  var hooks: RunHooks { handler.hooks }
  var mode: CommandHandler.Mode { handler.mode }
  var consent: CommandHandler.Consent { handler.consent }
  var actor: Actor { handler.actor }
  var now: Timestamp { handler.now }

  // MARK: The parts that work on a run

  /// Decides what is proposed and adds it to the unit of work.
  var admission: Admission { Admission(shop, unit) }
  /// What lists and rules make of carts.
  public var `guard`: Guard { Guard(self) }
  /// Changes of the blacklist and the allowlist.
  public var lists: ListEditor { ListEditor(self) }
  /// Undo and redo.
  public var undo: Undo { Undo(self) }
  /// Bulk loops.
  public var jobs: Jobs { Jobs(self) }
  /// Plans of what would be done.
  public var plans: Plans { Plans(self) }
  /// Takes in what a connected store shows.
  public func observer(of storefront: String) -> Observer { Observer(self, storefront) }
  /// Orders that nobody types.
  public var policies: Policies { Policies(self) }

  // MARK: What is known of it

  /// How many carts this run has changed.
  public var changedCarts: Int { tally.changed.count }
  /// Whether anything of this run is saved already.
  public var hasFlushed: Bool { slots.isSaved }
  public var operationNumber: Int64? { slots.current.id }
  public var needsConfirmation: Bool {
    mode == .live && consent == .askAtEnd
      && Int64(tally.changed.count - tally.confirmed) > shop.settings.confirmAbove
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
      throw EngineError(.refused, of: error)
    }
    if slots.current.operation.reason.isEmpty { slots.current.operation.reason = reason }
  }

  /// Says whose cart it must be when what this run does to it is written.
  public func expect(_ shopper: Shopper, of key: Int64) { expected[key] = shopper }

  /// The carts that rules and lists changed in this run, as far as it is saved: another process may
  /// have been first.
  public var cartsOfRules: Set<Int64> {
    slots.others.reduce(into: []) { set, slot in
      if slot.operation.kind == .change { set.formUnion(slot.carts) }
    }
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
    guard !unit.isClean || loops.isUnsaved(made: tally.made.count) || looks.isUnsaved else {
      return
    }
    do {
      policies.resetCaps()
      try shop.recordSettings(by: actor, at: now)
      for slot in slots.all where slot.operation.key.isEmpty {
        slot.operation.key = shop.newOperationKey()
      }
      if unit.isClean {
        try shop.store.write(recorded: shop.now()) { try save($0) }
      } else {
        let failures = try unit.flush(
          shop,
          .init(participants: participants, expected: expected, checkOrder: `guard`.checkOrder))
        for failure in failures {
          if let error = failure.error { tally.failures.append(error) }
          tally.lost.insert(failure.cart)
        }
      }
      loops.wereSaved(made: tally.made.count)
      looks.wereSaved()
      // A new cart has another key from now on.
      try tally.changed.renameNew { key in
        try unit.entry(key).map(\.cart.key).flatMap { $0 > 0 ? $0 : nil }
      }
      reader.revision += 1
      lastFlush = shop.now()
      reader.lists.refresh()
      if unit.isClean { try shop.priceRows() }
      hooks.onSaved?()
    } catch {
      // What was acknowledged to the script is lost with it: the run cannot end as if it were not.
      throw refuse(EngineError(error))
    }
  }

  /// Who writes rows beside the events of this run.
  private var participants: [any CommitParticipant] { [jobs, looks] + handler.participants }

  private func save(_ writer: any WriteTransaction) throws {
    for participant in participants { try participant.save(Commit(), writer) }
  }

  /// Notes what was written of a cart.
  func gather(_ change: RunChanges.Change) {
    let key = change.after.key
    guard tally.changed.contains(key) || !tally.marked.contains(key) else { return }
    tally.written.add(change, shop.settings)
  }
}
