import CartModel
import CartStore
import CartSupport

/// Admits stated events as history: one operation, committed in batches.
///
/// No rule, policy, mail or store call follows. Admitting an event twice changes nothing: it is known
/// by its id, else by the text of its line and how often that stood before.
package final class ImportAdmission {
  let shop: Shop
  /// A connection of its own for look-ups, since a batch is written while the next one is decided.
  let store: CartStore
  private let writer: BatchWriter
  var ruleCheck = RuleImportCheck()
  let unit: UnitOfWork
  private(set) var admission: Admission
  let slot: UnitOfWork.OperationSlot
  let isDry: Bool
  let isLive: Bool
  private let batch: Int
  private let onReject: (Reject) throws(EngineError) -> Void
  var groups: [String: UnitOfWork.OperationSlot] = [:]
  var keys: ImportKeys
  /// Marks whose events are still to come, by the ids of their carts.
  var marks: [String: PendingMark] = [:]
  /// Operations that no more events may be added to, by the ids of carts.
  var closed: [String: Set<Int64>] = [:]
  var tally: ImportTally
  private var pending = 0
  private var batches = 0
  /// Whether lines were recorded as rejected.
  private var hasRejections = false
  /// Neighbours in a file are mostly of one cart.
  var latest: (name: String, entry: UnitOfWork.Entry)?
  /// The operations of verdicts, by the rule's name.
  private var verdicts: [String: UnitOfWork.OperationSlot] = [:]
  private lazy var lists = ShopLists(store)

  package struct Options: Sendable {
    /// Work everything out and save nothing.
    package var isDry = false
    /// Judge each changed cart by the lists, as if it happened now.
    package var isLive = false
    /// How many events a transaction holds.
    package var batch = 10_000

    package init() {}
  }

  /// Batches between two checkpoints: about 32 MB of log.
  private static let checkpointInterval = 8

  /// - Parameters:
  ///   - source: the file, as the operation names it.
  ///   - onReject: called with each line that is not imported.
  package init(
    _ shop: Shop, actor: Actor, source: String, options: Options,
    onReject: @escaping (Reject) throws(EngineError) -> Void
  ) throws(EngineError) {
    self.shop = shop
    (isDry, isLive, batch) = (options.isDry, options.isLive, options.batch)
    self.onReject = onReject
    let revision: Int64
    do throws(StoreError) {
      revision = try shop.store.revision()
      store = try shop.store.reader()
      keys = try ImportKeys(store)
    } catch { throw EngineError(error) }
    unit = UnitOfWork(store: store, revision: revision)
    admission = Admission(shop, unit)
    if !shop.store.isReadOnly {
      do throws(StoreError) { try shop.store.checkpointsItself(false) } catch {
        throw EngineError(error)
      }
    }
    writer = BatchWriter(shop)
    slot = UnitOfWork.OperationSlot(
      Operation(
        key: shop.newOperationKey(), actor: actor, kind: .importing, command: "import \(source)",
        at: shop.now()))
    tally = ImportTally(began: slot.operation.at)
  }

  deinit {
    store.close()
    try? shop.store.checkpointsItself(true)
  }

  /// When the import began.
  package var began: Timestamp { slot.operation.at }

  /// Lends the connection for look-ups to a body that admits many lines.
  package func confined<T>(_ body: () throws -> T) throws -> T { try store.confined(body) }

  // MARK: Lines

  /// Imports the event of a line, or rejects the line.
  ///
  /// - Parameter text: the line, as a reject shows it.
  /// - Returns: false where it was rejected.
  /// - Throws: what ends the import: `store`, `damaged`, `file`, `interrupted`.
  @discardableResult
  package func admit(_ line: StatedLine, _ text: () -> String) throws(EngineError) -> Bool {
    let own = keys.keys(of: line.event, line.digest)
    // Whether the first line of this key is imported decides what this one is.
    if !marks.isEmpty, keys.isWaiting(own.event) { try failMarks() }
    let isKnown: Bool
    do throws(StoreError) {
      isKnown = try keys.isKnown(own.event, isGiven: !line.event.id.isEmpty)
    } catch { throw EngineError(error) }
    guard !isKnown else {
      // Later lines may be new.
      if case .settings(let text) = line.event.payload { try follow(known: text) }
      countKnown()
      return true
    }
    let isTaken = try take(IncomingEvent(line, own), text)
    if pending >= batch { try flush() }
    return isTaken
  }

  /// Decides the lines after this one by settings that the file records: an order of which it
  /// states no total came to what they make of it.
  ///
  /// - Throws: `malformed` for a time zone that is none, `file` where the zones are not installed.
  func follow(settings text: String) throws(EngineError) {
    admission.statedSettings = Boxed(try shop.resolved(StoreSettings(json: text)).settings)
  }

  /// Follows settings that the shop has already, unless their zone is none here.
  private func follow(known text: String) throws(EngineError) {
    do throws(EngineError) { try follow(settings: text) } catch {
      guard !error.endsRun else { throw error }
    }
  }

  /// Counts a line that the shop has already.
  package func countKnown() { tally.report.known += 1 }

  /// Counts a line that is left out.
  package func countSkipped() { tally.report.skipped += 1 }

  /// Counts a line that cannot be imported.
  ///
  /// - Parameter kind: what rejects of one reason share; nil for the reason without what it quotes.
  package func reject(_ line: Int, _ reason: String, _ text: String, kind: String? = nil)
    throws(EngineError)
  {
    tally.reject(reason, kind: kind)
    try onReject(
      Reject(line: line, reason: CardNumber.masked(reason), text: CardNumber.masked(text)))
  }

  /// Rejects an event for what the shop is like, and remembers that it did.
  func reject(_ incoming: IncomingEvent, _ reason: String, _ text: String) throws(EngineError) {
    keys.reject(incoming.lineKey)
    try reject(incoming.line, reason, text)
  }

  /// Takes an event in, or rejects it.
  ///
  /// - Returns: false where it was rejected.
  @discardableResult
  func take(_ incoming: IncomingEvent, _ text: () -> String) throws(EngineError) -> Bool {
    let reason: String
    do throws(EngineError) {
      switch try admit(incoming, text) {
      case .imported:
        count(incoming)
        return true
      case .held: return true
      case .rejected(let words): reason = words
      }
    } catch {
      // What the rules refuse is a reject; a full disk is the end.
      guard !error.endsRun else { throw error }
      reason = error.message
    }
    try reject(incoming, reason, text())
    return false
  }

  /// Counts an event that was taken in.
  func count(_ incoming: IncomingEvent) {
    tally.count(incoming)
    if !incoming.event.id.isEmpty { keys.give(incoming.key) }
    pending += 1
  }

  /// Holds a cart that the lists match.
  func judge(_ entry: UnitOfWork.Entry, _ time: Timestamp) throws {
    guard isLive, entry.cart.state == .open,
      let cause = try lists.entry(against: entry.cart, at: slot.operation.at, unit)?.cause
    else { return }
    let slot =
      verdicts[cause.rule]
      ?? .init(
        Operation(
          key: shop.newOperationKey(), actor: .rule(cause.rule), command: cause.rule,
          at: shop.now()))
    verdicts[cause.rule] = slot
    tally.report.held += 1
    try admission.admit(.command(.hold(cause)), to: entry, from: .init(slot, at: time))
  }

  /// Saves what is left and gives the numbers.
  package func finish() throws(EngineError) -> ImportReport {
    try failMarks()
    try flushAll()
    try closeRejections()
    return summary()
  }

  /// Records the lines that were rejected after the last batch, and that the import is over.
  private func closeRejections() throws(EngineError) {
    let lines = keys.takeRejected()
    guard let id = slot.id, !isDry, hasRejections || !lines.isEmpty else { return }
    do {
      try shop.store.write(recorded: shop.now()) { writer in
        try writer.record(rejected: lines, by: slot.operation.key)
        try writer.close(rejectionsOf: id)
      }
    } catch { throw EngineError(error) }
  }

  /// Ends an import that failed: saves what is left where that can be, and says what was imported.
  package func abandon() -> ImportReport {
    do throws(EngineError) { return try finish() } catch {
      while writer.count > 0 { try? settle() }
      if let rest = unit.detach() { forget(rest) }
      return summary()
    }
  }

  private func summary() -> ImportReport { tally.summary(slot.id) }

  /// Takes out of the count what was not written.
  private func forget(_ batch: Batch) { for type in batch.sources { tally.forget(type) } }

  // MARK: Batches

  /// Hands over what was gathered; at most two batches are under way.
  private func flush() throws(EngineError) {
    pending = 0
    guard !isDry else { return }
    if writer.count > 1 { try settle() }
    if batches > 0, batches % Self.checkpointInterval == 0 { try checkpoint() }
    guard let batch = unit.detach() else { return }
    // Its events may all be of groups that another import brought.
    batch.owner = slot
    let (lines, operation) = (keys.takeRejected(), slot.operation.key)
    if !lines.isEmpty {
      hasRejections = true
      batch.participants = [RejectedLines(lines: lines, operation: operation)]
    }
    writer.start(batch)
    batches += 1
  }

  func flushAll() throws(EngineError) {
    try flush()
    while writer.count > 0 { try settle() }
  }

  private func settle() throws(EngineError) {
    guard let (batch, result) = writer.take() else { return }
    latest = nil
    if case .failure = result { forget(batch) }
    let revision = unit.revision
    do {
      for failure in try unit.settle(batch, result) {
        guard let step = failure.step else { continue }
        tally.forget(step.type)
        if let error = failure.error {
          keys.reject(step.lineKey)
          try reject(step.line, error.message, "")
        } else {
          countKnown()
        }
      }
      try store.refresh()
      // Another writer committed: a name that was missing may exist now.
      if unit.revision != revision { try keys.refresh() }
    } catch { throw EngineError(error) }
  }

  private func checkpoint() throws(EngineError) {
    while writer.count > 0 { try settle() }
    do throws(StoreError) { try shop.store.checkpoint() } catch { throw EngineError(error) }
  }
}
