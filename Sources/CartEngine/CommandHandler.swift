import CartModel
import CartStorage

/// A shop that is open for work: what stays from one run to the next.
///
/// Carts are read by ``reader`` and changed by a ``Run``. The mode says what becomes of a run's unit of
/// work: `live` flushes it, `plan` and `sandbox` never do.
public final class CommandHandler {
  public let shop: Shop
  public internal(set) var mode: Mode
  public var actor: Actor
  /// Whether a write to many carts may go on; only ``confirmer`` changes it.
  public internal(set) var consent: Consent
  public let hooks = RunHooks()
  /// Reads carts, customers, products and figures as the run sees them.
  public let reader: CartReader
  /// Answers what carts have in common.
  public let shared: SharedReader
  /// Provides the rules; without it only the lists judge.
  public weak var judge: (any Judge)?
  /// The entries of the blacklist that hold changed carts; the others only keep them from being ordered.
  var holdingEntries: (ListEntry) -> Bool = { _ in true }
  /// Who else writes rows beside the events of a run, as what is to reach a store.
  var participants: [any CommitParticipant] = []
  /// Asks before what many carts, or what cannot be undone, is about.
  public private(set) lazy var confirmer = Confirmer(self)
  /// The current run, or the last one. Only the confirmer and the unit's callback use it beside tests.
  @_spi(Testing) public private(set) var current: Run?
  let unit: UnitOfWork

  public enum Mode: String, Sendable { case live, plan, sandbox }

  public enum Consent: Equatable, Sendable {
    /// A person can be asked at the end.
    case askAtEnd
    /// Nobody can be asked: more carts than the settings allow are an error.
    case refuse
    /// Yes to all.
    case given
    /// Yes to this many carts beyond those that the run had changed before.
    case upTo(Int64, beyond: Int64)
  }

  public init(_ shop: Shop, mode: Mode = .live, actor: Actor, consent: Consent = .refuse) {
    self.shop = shop
    self.mode = mode
    self.actor = actor
    self.consent = consent
    unit = UnitOfWork(store: shop.store)
    reader = CartReader(shop, unit, hooks, at: shop.now())
    shared = SharedReader(reader)
    shared.mayWrite = { [unowned self] in self.mode == .live }
    prepareUnit()
  }

  /// The clock of the run, fixed when it began, or the moment that is read.
  public internal(set) var now: Timestamp {
    get { reader.now }
    set { reader.now = newValue }
  }

  /// The current settings, or those of the moment that is read.
  public var settings: StoreSettings { reader.settings }

  /// Changes the mode; what was not saved is dropped.
  ///
  /// - Returns: how many changed carts were dropped.
  @discardableResult
  public func enter(_ mode: Mode) -> Int {
    let dropped = unit.dirty.count
    unit.discard()
    reader.revision += 1
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
    unit.onWritten = { [unowned self] in current?.gather($0) }
  }

  /// Starts a run: one verb, one chunk, one script.
  ///
  /// - Parameter command: what was typed, for the list of operations.
  public func begin(_ command: String) -> Run {
    // What an earlier run left behind without ending is none of this one's.
    if mode == .live { unit.discard() }
    shop.store.look()
    unit.refresh()
    reader.begin(at: shop.now())
    let run = Run(self, command: command, at: reader.now)
    current = run
    beginSavepoint()
    return run
  }

  /// Starts a run that only reads: ``reader`` shows the shop as it is now.
  ///
  /// - Parameter command: what was typed.
  public func beginReading(_ command: String) { _ = begin(command) }

  /// Why each rule matches a cart as it is now; nothing follows from asking.
  public func explain(_ key: Int64) throws(EngineError) -> [Explanation] {
    guard let cart = try reader.cart(key), let judge else { return [] }
    return try judge.explain(cart)
  }

  /// About how many bytes the changes take that are not saved.
  public var unsavedBytes: Int { unit.footprint }

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
}
