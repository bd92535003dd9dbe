import CartModel
import CartStore
import CartSupport

/// Takes events in as history: one operation, committed in batches.
///
/// No rule, policy, mail or store call follows. Importing a file twice changes nothing: an event is
/// known by its id, else by its text and how often that stood before in the file.
public final class EventImport {
  let shop: Shop
  /// A connection of its own for look-ups, since a batch is written while the next one is decided.
  let store: CartStore
  private let writer: BatchWriter
  var ruleCheck = RuleImportCheck()
  let decoder: EventDecoder
  let unit: UnitOfWork
  let slot: UnitOfWork.OperationSlot
  let options: Options
  private let onReject: (Reject) throws(EngineError) -> Void
  var groups: [String: UnitOfWork.OperationSlot] = [:]
  var keys: ImportKeys
  private let keyLog = KeyLog()
  /// Marks whose events are still to come, by the ids of their carts.
  var marks: [String: PendingMark] = [:]
  /// Operations that no more events may be added to, by the ids of carts.
  var closed: [String: Set<Int64>] = [:]
  private var imported = [Int](repeating: 0, count: 256)
  private var pending = 0
  private var batches = 0
  /// Whether lines were recorded as rejected.
  private var hasRejections = false
  /// Neighbours in a file are mostly of one cart.
  var latest: (name: String, entry: UnitOfWork.Entry)?
  private var reasons: [String: Int] = [:]
  /// The line that was rejected last.
  private var lastReject = 0
  var report = ImportReport()
  /// The operations of verdicts, by the rule's name.
  private var verdicts: [String: UnitOfWork.OperationSlot] = [:]
  private lazy var lists = ShopLists(store)

  public struct Options: Sendable {
    /// Skip types that are not known, instead of rejecting them.
    public var lenient = false
    /// Work everything out and save nothing.
    public var dry = false
    /// Judge each changed cart by the lists, as if it happened now.
    public var live = false
    /// How many events a transaction holds.
    var batch = 10_000

    public init() {}
  }

  /// Batches between two checkpoints: about 32 MB of log.
  private static let checkpointInterval = 8

  public init(
    _ shop: Shop, actor: Actor = .importer, source: String, options: Options = .init(),
    onReject: @escaping (Reject) throws(EngineError) -> Void
  ) throws(EngineError) {
    self.shop = shop
    self.options = options
    self.onReject = onReject
    decoder = EventDecoder(currency: shop.settings.currency)
    let version: Int64
    do throws(StoreError) {
      version = try shop.store.dataVersion()
      store = try shop.store.reader()
      keys = try ImportKeys(store)
    } catch { throw EngineError(error) }
    unit = UnitOfWork(store: store, version: version)
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
  }

  /// Takes in a file of JSON lines.
  ///
  /// - Parameter each: called with each line's number.
  public func accept(_ reader: LineReader, each: (Int) throws -> Void) throws {
    try store.confined {
      let texts = TextCache()
      while true {
        let lines = try reader.nextLines()
        guard !lines.isEmpty else { break }
        for read in lines {
          guard var line = decoder.parse(read.bytes, number: read.number, keyLog, texts) else {
            continue
          }
          if case .rejected = line.content, read.text == nil {
            line.content = .rejected(reader.input.invalidReason)
          }
          try accept(line) { Self.shown(read.bytes) }
          try each(read.number)
        }
      }
    }
  }

  deinit {
    store.close()
    try? shop.store.checkpointsItself(true)
  }

  /// Takes in one line of JSON.
  public func accept(line: ArraySlice<UInt8>, number: Int) throws(EngineError) {
    guard let parsed = decoder.parse(line, number: number, keyLog) else { return }
    try accept(parsed) { Self.shown(line) }
  }

  /// Imports one event that was made from a line.
  ///
  /// - Parameter text: the line, as a reject shows it; nil for the event itself.
  /// - Returns: whether it was not rejected.
  @discardableResult
  public func accept(_ json: JSONValue, number: Int, text: String? = nil) throws(EngineError)
    -> Bool
  {
    var writer = JSONWriter()
    writer.value(nil, json)
    let bytes = writer.bytes[...]
    lastReject = 0
    try accept(decoder.parse(json, bytes, number: number, keyLog)) { text ?? Self.shown(bytes) }
    return lastReject != number
  }

  /// Counts a row that the shop has already.
  func countKnown() { report.known += 1 }

  /// What is wrong with the keys of an event that a script made; nil where all of them are known.
  public func unknownKey(in json: JSONValue) -> String? { decoder.unknownKey(in: json, keyLog) }

  /// Rejects an event for what the shop is like, and remembers that it did.
  func reject(_ incoming: IncomingEvent, _ reason: String, _ text: String) throws(EngineError) {
    keys.reject(incoming.lineKey)
    try reject(incoming.line, reason, text)
  }

  /// Counts a line that cannot be imported.
  ///
  /// - Parameter kind: what rejects of one reason share; nil for the reason without what it quotes.
  public func reject(_ line: Int, _ reason: String, _ text: String, kind: String? = nil)
    throws(EngineError)
  {
    report.rejects += 1
    lastReject = line
    let kind = kind.map { String($0.prefix(200)) } ?? Self.kind(of: reason)
    reasons[kind, default: 0] += 1
    try onReject(
      Reject(line: line, reason: CardNumber.masked(reason), text: CardNumber.masked(text)))
  }

  /// Takes a cart out of sale that the lists are against.
  func judge(_ entry: UnitOfWork.Entry, _ time: Timestamp) throws {
    guard options.live, entry.cart.state == .open,
      let cause = try lists.entry(against: entry.cart, at: slot.operation.at, unit)?.cause
    else { return }
    let slot =
      verdicts[cause.rule]
      ?? .init(
        Operation(
          key: shop.newOperationKey(), actor: .rule(cause.rule), command: cause.rule,
          at: shop.now()))
    verdicts[cause.rule] = slot
    report.held += 1
    unit.add(
      UnitOfWork.Step(
        events: try decide(.hold(cause), on: entry.cart, shop.settings),
        actor: slot.operation.actor, at: time, operation: slot, again: .command(.hold(cause))),
      to: entry)
  }

  /// Saves what is left and gives the numbers.
  public func finish() throws(EngineError) -> ImportReport {
    try failMarks()
    try flushAll()
    try closeRejections()
    return summary()
  }

  /// Records the lines that were rejected after the last batch, and that the import is over.
  private func closeRejections() throws(EngineError) {
    let lines = keys.takeRejected()
    guard let id = slot.id, !options.dry, hasRejections || !lines.isEmpty else { return }
    do {
      try shop.store.write(recorded: shop.now()) { writer in
        try writer.record(rejected: lines, by: slot.operation.key)
        try writer.close(rejectionsOf: id)
      }
    } catch { throw EngineError(error) }
  }

  /// Ends an import that failed: saves what is left where that can be, and says what was imported.
  public func abandon() -> ImportReport {
    do throws(EngineError) { return try finish() } catch {
      while writer.count > 0 { try? settle() }
      if let rest = unit.detach() { forget(rest) }
      return summary()
    }
  }

  private func summary() -> ImportReport {
    report.operation = slot.id
    for type in EventType.allCases where imported[Int(type.rawValue)] > 0 {
      report.imported[type.name] = imported[Int(type.rawValue)]
    }
    report.reasons = reasons.map { ($0.key, $0.value) }.sorted {
      $0.1 != $1.1 ? $0.1 > $1.1 : $0.0 < $1.0
    }
    return report
  }

  /// Takes out of the count what was not written.
  private func forget(_ batch: Batch) {
    for type in batch.sources { imported[Int(type.rawValue)] -= 1 }
  }

  private func accept(_ line: ParsedLine, _ text: () -> String) throws(EngineError) {
    let stated: StatedEvent
    switch line.content {
    case .event(let event): stated = event
    case .rejected(let reason):
      try reject(line.number, reason, text())
      return
    case .unknownType(let name):
      if options.lenient {
        report.skipped += 1
      } else {
        try reject(line.number, "unknown type \(quoted(name))", text())
      }
      return
    }
    let own = keys.keys(of: stated, line.digest)
    // Whether the first line of this key is imported decides what this one is.
    if !marks.isEmpty, keys.isWaiting(own.event) { try failMarks() }
    let isKnown: Bool
    do throws(StoreError) {
      isKnown = try keys.isKnown(own.event, isGiven: !stated.id.isEmpty)
    } catch { throw EngineError(error) }
    guard !isKnown else {
      report.known += 1
      return
    }
    try take(IncomingEvent(stated, own, line: line.number, unknown: line.unknown), text)
    if pending >= options.batch { try flush() }
  }

  /// Takes an event in, or rejects it.
  func take(_ incoming: IncomingEvent, _ text: () -> String) throws(EngineError) {
    do throws(EngineError) {
      switch try admit(incoming, text) {
      case .imported: count(incoming)
      case .held: break
      case .rejected(let reason): try reject(incoming, reason, text())
      }
    } catch {
      // What the rules refuse is a reject; a full disk is the end.
      guard !error.endsRun else { throw error }
      try reject(incoming, error.message, text())
    }
  }

  /// Counts an event that was taken in.
  func count(_ incoming: IncomingEvent) {
    imported[Int(incoming.event.type.rawValue)] += 1
    if !incoming.event.id.isEmpty { keys.give(incoming.key) }
    report.ahead.add(incoming.event.at, now: slot.operation.at)
    for path in incoming.unknown {
      report.ignored.add(path, of: incoming.event.type, hint: keyLog.hints[path] ?? "")
    }
    // A reason belongs to an operation, and those of one import are told apart by their groups.
    if !incoming.event.reason.isEmpty, incoming.event.group.isEmpty {
      report.ignored.add(
        "reason", of: incoming.event.type, hint: "; a reason is kept for events that have a group")
    }
    pending += 1
  }

  /// Counts the IPs and e-mails that lists and rules will not know.
  func countUnchecked(_ events: [EventBody]) {
    for event in events {
      switch event {
      case .cartCreated(_, let changes, _), .shopperIdentified(let changes):
        report.unchecked.add(changes)
      default: break
      }
    }
  }

  /// Hands over what was gathered; at most two batches are under way.
  private func flush() throws(EngineError) {
    pending = 0
    guard !options.dry else { return }
    if writer.count > 1 { try settle() }
    if batches > 0, batches % Self.checkpointInterval == 0 { try checkpoint() }
    guard let batch = unit.detach() else { return }
    // Its events may all be of groups that another import brought.
    batch.owner = slot
    let (lines, operation) = (keys.takeRejected(), slot.operation.key)
    if !lines.isEmpty {
      hasRejections = true
      batch.alongside = { writer, _ in try writer.record(rejected: lines, by: operation) }
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
    let version = unit.dataVersion
    do {
      for failure in try unit.settle(batch, result) {
        guard let step = failure.step else { continue }
        imported[Int(step.type.rawValue)] -= 1
        if let error = failure.error {
          keys.reject(step.lineKey)
          try reject(step.line, error.message, "")
        } else {
          report.known += 1
        }
      }
      try store.refresh()
      // Somebody else wrote: what was not there may be there now.
      if unit.dataVersion != version { try keys.refresh() }
    } catch { throw EngineError(error) }
  }

  private func checkpoint() throws(EngineError) {
    while writer.count > 0 { try settle() }
    do throws(StoreError) { try shop.store.checkpoint() } catch { throw EngineError(error) }
  }

  private static func kind(of reason: String) -> String {
    var out = ""
    var isQuoted = false
    for character in reason {
      if character == "'" {
        isQuoted.toggle()
        out += isQuoted ? "'…" : "'"
      } else if !isQuoted {
        out.append(character)
      }
    }
    return String(out.prefix(100))
  }

  /// The line as a reject shows it; a card's number is masked.
  private static func shown(_ line: ArraySlice<UInt8>) -> String {
    let json = line.withUnsafeBytes { bytes in try? JSONParser.parse(bytes) }
    guard case .object(var members)? = json else { return shownText(textPrefix(line, 4096)) }
    var isMasked = false
    for place in members.indices where ["card", "code", "result"].contains(members[place].key) {
      guard let text = members[place].value.scalar, CardNumber.isWithin(text) else { continue }
      (members[place].value, isMasked) = (.string(CardNumber.mask), true)
    }
    guard isMasked else { return shownText(textPrefix(line, 4096)) }
    var writer = JSONWriter()
    writer.value(nil, .object(members))
    return shownText(textPrefix(writer.bytes[...], 4096))
  }
}
