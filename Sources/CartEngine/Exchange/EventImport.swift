import CartModel
import CartStore

/// What an import did, in truthful numbers.
public struct ImportReport: Equatable, Sendable {
  public var operation: Int64?
  /// Events that landed, by the name of their type.
  public var landed: [String: Int] = [:]
  /// Events that were there from an earlier import.
  public var known = 0
  public var skipped = 0
  public var rejects = 0
  /// How often each kind of reason stood, most often first.
  public var reasons: [(reason: String, count: Int)] = []

  public init() {}

  public var total: Int { landed.values.reduce(0, +) }

  public static func == (a: ImportReport, b: ImportReport) -> Bool {
    a.operation == b.operation && a.landed == b.landed && a.known == b.known
      && a.rejects == b.rejects
  }
}

/// A line of a file that could not be taken in.
public struct Reject: Equatable, Sendable {
  public var line: Int
  public var reason: String
  public var text: String
}

/// Takes events in as history: one operation, committed in batches.
///
/// No rule, policy, mail or store call follows. Importing a file twice changes nothing: an event is
/// known by its id, else by its text and how often that stood before in the file.
public final class EventImport {
  private let shop: Shop
  /// A connection of its own for look-ups, since a batch is written while the next one is decided.
  private let store: CartStore
  private let writer: BatchWriter
  private let decoder: EventDecoder
  private let unit: UnitOfWork
  private let slot: UnitOfWork.OperationSlot
  private let options: Options
  private let onReject: (Reject) throws(EngineError) -> Void
  private var groups: [String: UnitOfWork.OperationSlot] = [:]
  /// How often a line stood before, by half of its digest.
  private var seen: [UInt64: UInt32] = [:]
  /// Keys that this file gave.
  private var given: Set<EventKey> = []
  /// The greatest key of the store before this import.
  private var newest: EventKey?
  private var landed = [Int](repeating: 0, count: 256)
  private var pending = 0
  private var batches = 0
  /// Neighbours in a file are mostly of one cart.
  private var latest: (name: String, entry: UnitOfWork.Entry)?
  private var reasons: [String: Int] = [:]
  private var report = ImportReport()

  public struct Options: Sendable {
    /// Skip types that are not known, instead of rejecting them.
    public var lenient = false
    /// Work everything out and save nothing.
    public var dry = false

    public init() {}
  }

  static let batch = 10_000
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
    do throws(StoreError) {
      store = try shop.store.reader()
      newest = try store.lastEventKey()
    } catch { throw EngineError(error) }
    unit = UnitOfWork(store: store)
    writer = BatchWriter(shop)
    slot = UnitOfWork.OperationSlot(
      Operation(
        key: shop.newOperationKey(), actor: actor, kind: .importing, command: "import \(source)",
        at: shop.now()))
  }

  /// Takes in a file of JSON lines.
  ///
  /// - Parameter each: called with each line's number.
  public func accept(_ reader: LineReader, each: (Int) -> Void) throws {
    try store.confined {
      let texts = TextCache()
      while let chunk = try reader.nextChunk() {
        for number in chunk.numbers {
          let bytes = chunk.line(number)
          guard let line = decoder.parse(bytes, number: number, texts) else { continue }
          try accept(line) { Self.shown(bytes) }
          each(number)
        }
      }
    }
  }

  /// Takes in one line of JSON.
  public func accept(line: ArraySlice<UInt8>, number: Int) throws(EngineError) {
    guard let parsed = decoder.parse(line, number: number) else { return }
    try accept(parsed) { Self.shown(line) }
  }

  /// Takes in one event that a script made from a line.
  public func accept(_ json: JSONValue, number: Int) throws(EngineError) {
    var writer = JSONWriter()
    writer.value(nil, json)
    let bytes = writer.bytes[...]
    try accept(decoder.parse(json, bytes, number: number)) { Self.shown(bytes) }
  }

  /// Counts a line that cannot be taken in.
  public func reject(_ line: Int, _ reason: String, _ text: String) throws(EngineError) {
    report.rejects += 1
    // One kind of reason: what stands in quotes differs from line to line.
    let kind = Self.kind(of: reason)
    reasons[kind, default: 0] += 1
    try onReject(Reject(line: line, reason: reason, text: text))
  }

  /// Saves what is left and gives the numbers.
  public func finish() throws(EngineError) -> ImportReport {
    try flushAll()
    report.operation = slot.id
    for type in EventType.allCases where landed[Int(type.rawValue)] > 0 {
      report.landed[type.name] = landed[Int(type.rawValue)]
    }
    report.reasons = reasons.map { ($0.key, $0.value) }.sorted {
      $0.1 != $1.1 ? $0.1 > $1.1 : $0.0 < $1.0
    }
    return report
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
    do throws(EngineError) {
      let key = key(of: stated, line.digest)
      if try isKnown(key, isGiven: !stated.id.isEmpty) {
        report.known += 1
        return
      }
      if let reason = try land(stated, key) {
        try reject(line.number, reason, text())
        return
      }
      landed[Int(stated.type.rawValue)] += 1
    } catch {
      // What the rules refuse is a reject; a full disk is the end.
      guard error.code != .store, error.code != .file else { throw error }
      try reject(line.number, error.message, text())
      return
    }
    pending += 1
    if pending >= Self.batch { try flush() }
  }

  /// Hands over what was gathered; at most two batches are under way.
  private func flush() throws(EngineError) {
    pending = 0
    guard !options.dry else { return }
    if writer.count > 1 { try settle() }
    if batches > 0, batches % Self.checkpointInterval == 0 { try checkpoint() }
    guard let batch = unit.detach() else { return }
    writer.start(batch)
    batches += 1
  }

  private func flushAll() throws(EngineError) {
    try flush()
    while writer.count > 0 { try settle() }
  }

  private func settle() throws(EngineError) {
    guard let (batch, result) = writer.take() else { return }
    latest = nil
    do {
      for error in try unit.settle(batch, result).values { try reject(0, error.message, "") }
      try store.refresh()
    } catch { throw EngineError(error) }
  }

  private func checkpoint() throws(EngineError) {
    while writer.count > 0 { try settle() }
    do throws(StoreError) { try shop.store.checkpoint() } catch { throw EngineError(error) }
  }

  // MARK: Identity

  private func key(of event: StatedEvent, _ base: EventKey) -> EventKey {
    if !event.id.isEmpty { return EventKey(event.id) ?? Digest.key(of: "id:" + event.id) }
    let count = UInt64(seen[base.low, default: 0])
    seen[base.low] = UInt32(truncatingIfNeeded: count + 1)
    return EventKey(at: event.at, base.high, base.low &+ count &* 0x9e37_79b9_7f4a_7c15)
  }

  private func isKnown(_ key: EventKey, isGiven: Bool) throws(EngineError) -> Bool {
    // Made keys differ within a file by how often their line stood before.
    if isGiven, !given.insert(key).inserted { return true }
    // Most files run forward in time: a key behind all that were there before cannot be there.
    guard let newest, newest.high > key.high || newest.high == key.high && newest.low >= key.low
    else { return false }
    do throws(StoreError) { return try store.hasEvent(key) } catch {
      throw EngineError(error)
    }
  }

  // MARK: Landing

  /// - Returns: why the event cannot be taken in; nil when it was.
  private func land(_ stated: StatedEvent, _ key: EventKey) throws(EngineError) -> String? {
    do {
      let origin = stated.id.isEmpty || EventKey(stated.id) != nil ? "" : stated.id
      switch stated.payload {
      case .cart(let name, let command, let currency):
        return try land(stated, key, origin, cart: name, command, currency)
      case .order(let order, let state, let total):
        guard let cart = try unit.key(order: order), let entry = try unit.entry(cart) else {
          return "order \(quoted(order)): unknown"
        }
        var sum: Money?
        if let total { sum = try Money(total, entry.cart.currency) }
        return try land(stated, key, origin, .changeOrder(state, total: sum), on: entry)
      case .undone(let name, let target, let redo):
        try flushAll()
        guard let entry = try entry(named: name) else {
          return "cart \(quoted(name)): unknown"
        }
        guard let id = try store.operation(key: target) else {
          return "target \(quoted(target)): unknown operation"
        }
        let slot = try slot(for: stated, kind: redo ? .redo : .undo, target: id)
        guard slot.operation.kind == .undo || slot.operation.kind == .redo else {
          return "operation.undone: expected a group of its own"
        }
        unit.add(
          .init(
            command: nil,
            events: [redo ? .operationRedone(target: id) : .operationUndone(target: id)],
            actor: stated.actor ?? .shopper, at: stated.at, operation: slot, key: key,
            origin: origin), to: entry)
        return nil
      case .product(let product):
        let before = try unit.product(product.sku)
        try addLoose(.productUpserted(before: before, after: product), stated, key, origin)
      case .customer(let name, let fields):
        let changes = fields.map { FieldChange($0.key, after: $0.value) }
          .sorted { $0.field.rawValue < $1.field.rawValue }
        try addLoose(.customerUpserted(key: name, changes), stated, key, origin)
      case .settings(let text):
        try addLoose(
          .settingsChanged(before: shop.recordedSettings, after: text), stated, key, origin)
        shop.recorded(text)
      }
      return nil
    } catch { throw EngineError(error) }
  }

  private func addLoose(
    _ body: EventBody, _ stated: StatedEvent, _ key: EventKey, _ origin: String
  ) throws {
    unit.add(
      loose: .init(
        command: nil, events: [body], actor: stated.actor ?? .shopper, at: stated.at,
        operation: try slot(for: stated), key: key, origin: origin))
  }

  private func land(
    _ stated: StatedEvent, _ key: EventKey, _ origin: String, cart name: String,
    _ command: Command, _ currency: Currency?
  ) throws -> String? {
    if let entry = try entry(named: name) {
      if let currency, currency != entry.cart.currency, !command.isCreate {
        return "currency: the cart's is \(entry.cart.currency), got \(currency)"
      }
      return try land(stated, key, origin, command, on: entry)
    }
    switch command {
    case .create(let currency, let fields):
      try create(name, currency, fields, stated, key, origin)
      return nil
    case .add:
      // Decided first on an empty cart, so that a refused line leaves no cart behind.
      let own = currency ?? shop.settings.currency
      var blank = Cart(key: 0, id: name, currency: own, at: stated.at)
      blank.version = 1
      _ = try decide(command, on: blank, shop.settings)
      let made = Digest.key(of: "created:" + hexadecimal(key.bytes))
      let entry = try create(
        name, own, [:], stated, EventKey(at: stated.at, made.high, made.low), "")
      return try land(stated, key, origin, command, on: entry)
    default: return "cart \(quoted(name)): unknown"
    }
  }

  private func entry(named name: String) throws -> UnitOfWork.Entry? {
    if let latest, latest.name == name { return latest.entry }
    guard let cart = try unit.key(named: name), let entry = try unit.entry(cart) else {
      return nil
    }
    latest = (name, entry)
    return entry
  }

  @discardableResult
  private func create(
    _ name: String, _ currency: Currency, _ fields: [ShopperField: String],
    _ stated: StatedEvent, _ key: EventKey, _ origin: String
  ) throws -> UnitOfWork.Entry {
    let command = Command.create(currency, fields)
    let events = try decide(command, on: nil, shop.settings)
    return unit.create(
      id: name,
      .init(
        command: command, events: events, actor: stated.actor ?? .shopper, at: stated.at,
        operation: try slot(for: stated), key: key, origin: origin))
  }

  private func land(
    _ stated: StatedEvent, _ key: EventKey, _ origin: String, _ command: Command,
    on entry: UnitOfWork.Entry
  ) throws -> String? {
    guard stated.at >= entry.cart.updated else {
      return "at: \(stated.at) is before the cart's last event, \(entry.cart.updated)"
    }
    let slot = try slot(for: stated)
    let compensating = slot.operation.kind == .undo || slot.operation.kind == .redo
    if case .order(let request) = command, !request.id.isEmpty,
      try unit.key(order: request.id) != nil
    {
      return "order \(quoted(request.id)): exists already"
    }
    var events = try decide(command, on: entry.cart, shop.settings, compensating: compensating)
    // An event that changes nothing did happen all the same: a quantity set to what it was.
    if events.isEmpty { events = try command.unchanged(entry.cart) }
    unit.add(
      .init(
        command: compensating ? nil : command, events: events, actor: stated.actor ?? .shopper,
        at: stated.at, operation: slot, key: key, origin: origin), to: entry)
    return nil
  }

  /// The operation that an event belongs to: the import, or the group that the file names.
  private func slot(
    for event: StatedEvent, kind: Operation.Kind = .foreign, target: Int64? = nil
  ) throws -> UnitOfWork.OperationSlot {
    guard !event.group.isEmpty else { return slot }
    if let known = groups[event.group] { return known }
    let made = UnitOfWork.OperationSlot(
      Operation(
        key: event.group, actor: event.actor ?? .shopper, kind: kind, command: "", at: event.at,
        target: target, reason: event.reason), parent: slot)
    made.id = try store.operation(key: event.group)
    if let id = made.id, let stored = try store.operation(id) {
      made.operation = stored
      made.carts = Set(try store.carts(of: stored))
    }
    groups[event.group] = made
    return made
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

  private static func shown(_ line: ArraySlice<UInt8>) -> String {
    String(decoding: line.prefix(4096), as: UTF8.self)
  }
}

extension Command {
  fileprivate var isCreate: Bool { if case .create = self { true } else { false } }

  /// The event of a command that leaves the cart as it is.
  fileprivate func unchanged(_ cart: Cart) throws(ModelError) -> [EventBody] {
    switch self {
    case .setQuantity(let line, let quantity, _):
      return [.lineChanged(cart.lines[try cart.index(of: line)], quantity: quantity)]
    case .identify: return [.shopperIdentified([])]
    case .setAddress: return [.addressSet([])]
    default: return []
    }
  }
}
