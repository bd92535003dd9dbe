import CartModel
import CartStorage
import CartSupport

/// Admits stated events as history: one operation, committed in batches.
///
/// No rule, policy, mail or store call follows. Admitting an event twice changes nothing: it is known
/// by its id, else by the text of its line and how often that stood before.
package final class ImportAdmission {
  /// Its connection is one of its own for look-ups, since a batch is written while the next one is
  /// decided.
  let unit: UnitOfWork
  private(set) var admission: Admission
  let operations: ImportOperations
  let options: Options
  private let onReject: (Reject) throws(EngineError) -> Void
  private let batches: ImportBatches
  private let live: ImportJudge
  var ruleCheck = RuleImportCheck()
  var keys: ImportKeys
  /// Marks whose events are still to come, by the ids of their carts.
  var marks: [String: PendingMark] = [:]
  var tally: ImportTally
  /// Neighbours in a file are mostly of one cart.
  var latest: (name: String, entry: UnitOfWork.Entry)?

  package struct Options: Sendable {
    /// Work everything out and save nothing.
    package var isDry = false
    /// Judge each changed cart by the lists, as if it happened now.
    package var isLive = false
    /// How many events a transaction holds.
    package var batch = 10_000

    package init() {}
  }

  /// - Parameters:
  ///   - source: the file, as the operation names it.
  ///   - onReject: called with each line that is not imported.
  package init(
    _ shop: Shop, actor: Actor, source: String, options: Options,
    onReject: @escaping (Reject) throws(EngineError) -> Void
  ) throws(EngineError) {
    (self.options, self.onReject) = (options, onReject)
    let (store, revision): (any ReadSnapshot, ChangeToken)
    do throws(StoreError) {
      revision = try shop.store.revision()
      store = try shop.store.snapshot()
      keys = try ImportKeys(store)
      try store.refresh()
    } catch { throw EngineError(error) }
    unit = UnitOfWork(store: store, revision: revision)
    admission = Admission(shop, unit)
    if !shop.store.isReadOnly {
      do throws(StoreError) { try shop.store.writesMuch(true) } catch {
        throw EngineError(error)
      }
    }
    let own = Operation(
      key: shop.newOperationKey(), actor: actor, kind: .importing, command: "import \(source)",
      at: shop.now())
    operations = ImportOperations(own, unit, store, isDry: options.isDry)
    batches = ImportBatches(shop, unit, size: options.batch, isDry: options.isDry)
    live = ImportJudge(admission, at: own.at)
    tally = ImportTally(began: own.at)
  }

  deinit {
    // The thread that writes uses the storage until its batches are written.
    while batches.take() != nil {}
    store.close()
    try? shop.store.writesMuch(false)
  }

  var shop: Shop { admission.shop }
  var store: any ReadSnapshot { operations.store }

  /// The settings, as the file says by now.
  package var settings: StoreSettings { admission.settings }
  package var currency: Currency { settings.currency }

  /// When the import began.
  package var began: Timestamp { operations.own.operation.at }

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
    if batches.isFull { try flush() }
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
    batches.countEvent()
  }

  /// Holds a cart that the lists match, in a live import.
  func judge(_ entry: UnitOfWork.Entry, _ time: Timestamp) throws {
    if options.isLive, try live.judge(entry, time) { tally.report.held += 1 }
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
    guard let id = operations.own.id, !options.isDry, keys.hasRecorded || !lines.isEmpty else {
      return
    }
    do {
      try shop.store.write(recorded: shop.now()) { writer in
        try writer.record(rejected: lines, by: operations.own.operation.key)
        try writer.close(rejectionsOf: id)
      }
    } catch { throw EngineError(error) }
  }

  /// Ends an import that failed: saves what is left where that can be, and says what was imported.
  package func abandon() -> ImportReport {
    do throws(EngineError) { return try finish() } catch {
      while batches.isUnderway { try? settle() }
      if let rest = unit.detach() { forget(rest) }
      return summary()
    }
  }

  private func summary() -> ImportReport { tally.summary(operations.own.id) }

  /// Takes out of the count what was not written.
  private func forget(_ batch: Batch) { for type in batch.sources { tally.forget(type) } }

  // MARK: Batches

  /// Hands over what was gathered; at most two batches are under way.
  private func flush() throws(EngineError) {
    try batches.flush(settle: settle) { batch in
      // Its events may all be of groups that another import brought.
      batch.owner = operations.own
      let lines = keys.takeRejected()
      guard !lines.isEmpty else { return }
      batch.terms.participants = [
        RejectedLines(lines: lines, operation: operations.own.operation.key)
      ]
    }
  }

  func flushAll() throws(EngineError) {
    try flush()
    while batches.isUnderway { try settle() }
  }

  private func settle() throws(EngineError) {
    guard let (batch, result) = batches.take() else { return }
    latest = nil
    switch result {
    case .success: tally.add(batch.written)
    case .failure: forget(batch)
    }
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
}
